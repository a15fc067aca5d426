import { fstatSync, statSync } from 'node:fs'
import { devNull, homedir } from 'node:os'
import type { BunFile, FileSink } from 'bun'
import { attempt } from '../../base/attempt.ts'
import type { Machine } from '../../config/paths.ts'
import { commit } from '../../version.ts'
import { type Keychain, systemKeychain } from '../credentials/keychain.ts'
import { createPrompts, type Prompts } from './prompts.ts'
import { fold, usualColumns } from './wrap.ts'

/** What the command line has of the world. The only file that reads `process.env`. */
export interface Io {
  readonly machine: Machine
  /** What starts this very program: its own path; from the sources, bun and the file it runs. */
  readonly ownCommand: readonly string[]
  /** Of standard error: where a person reads along. */
  readonly isTerminal: boolean
  /** Of standard output: only then may colours go there. */
  readonly isOutTerminal: boolean
  /** Whether a person's terminal is behind any of the three streams: it sends its signals to all of its programs. */
  readonly hasTerminal: boolean
  /** Of standard error's terminal, now: people widen their windows. 80 where there is none. */
  readonly columns: number
  /** The same of standard output's terminal. */
  readonly outColumns: number
  readonly useColor: boolean
  /** What a script may want. */
  readonly out: (text: string) => void
  /** Everything else. */
  readonly err: (text: string) => void
  readonly keychain: Keychain
  /** Only where a person can answer: at a terminal, and not in a script or on a build machine. */
  readonly prompts?: Prompts
  /** What was piped in, to the end of its first line that is not blank; only where standard input is no terminal. */
  readonly pipedIn?: () => Promise<string>
  /** For tests that cannot wait, in milliseconds; the product's own values otherwise. */
  readonly times?: {
    readonly pingMs?: number
    readonly commitMs?: number
    readonly graceMs?: number
    /** How long `health` waits. */
    readonly healthMs?: number
    readonly keychainMs?: number
    /** How long a helper may take to print the key. */
    readonly helperMs?: number
    readonly keychainNoticeMs?: number
    /** After which a session without a request is logged. */
    readonly silenceMs?: number
  }
}

const isDevice = (descriptor: number): boolean =>
  attempt(() => {
    const found = fstatSync(descriptor)
    return found.isCharacterDevice() && found.rdev !== statSync(devNull).rdev
  }) === true

/** Asks `node:tty` only where it might say yes: it brings all of node's network with it, a millisecond of each start. */
const isTerminalAt = (descriptor: number): boolean =>
  (process.platform === 'win32' || isDevice(descriptor)) && process.getBuiltinModule('node:tty').isatty(descriptor)

type Write = (text: string) => void

/** Writes while somebody reads. A reader that has gone (`start 2>&1 | head`) does not end the server. */
const streamWriter = (stream: NodeJS.WriteStream): Write => {
  stream.on('error', () => {})
  return (text) => void stream.write(text)
}

const ignore = (): void => {}

/**
 * The same, by what is below `process.stderr` where that is no terminal: without node's streams, 2 ms of each start.
 * Not on Windows, where nobody has tried it with the kinds of pipes that there are.
 */
const sinkWriter = (file: BunFile): Write => {
  let sink: FileSink | undefined
  return (text) => {
    try {
      sink ??= file.writer()
      for (const settled of [sink.write(text), sink.flush()]) if (settled instanceof Promise) settled.catch(ignore)
    } catch {
      // Nobody reads.
    }
  }
}

/** More than any key or token; a stream that never ends is not read for ever. */
const maximumPipedBytes = 65_536

/** What is on it counts; a pipe may stay open for as long as its other program likes. */
const firstLine = /\S[^\n]*\n/

const readPiped = async (): Promise<string> => {
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  try {
    for await (const chunk of Bun.stdin.stream()) {
      text += decoder.decode(chunk, { stream: true })
      bytes += chunk.byteLength
      if (bytes > maximumPipedBytes || firstLine.test(text)) break
    }
  } catch {
    // Standard input was closed: nothing was piped in.
  }
  return text
}

/** A container's user may have neither HOME nor a line in /etc/passwd. The root is there, and has no configuration. */
const homeFolder = (): string => attempt(homedir) ?? '/'

/** Somebody may have deleted the folder one stands in: what looks into it then looks at home. */
const currentFolder = (home: string): string => attempt(() => process.cwd()) ?? home

/** Build machines set it; some people have it at `false`. */
const isBuildMachine = (ci: string | undefined): boolean => !['', '0', 'false'].includes((ci ?? '').toLowerCase())

export const processIo = (): Io => {
  const { env: environment } = process
  const home = homeFolder()
  const [isInputTerminal, isOutTerminal, isTerminal] = [isTerminalAt(0), isTerminalAt(1), isTerminalAt(2)]
  const columns = (): number => (isTerminal && process.stderr.columns) || usualColumns
  const needsStreams = process.platform === 'win32'
  const write = isTerminal || needsStreams ? streamWriter(process.stderr) : sinkWriter(Bun.stderr)
  const err = isTerminal ? (text: string): void => write(fold(text, columns())) : write
  const isDumb = environment['TERM'] === 'dumb'
  const canPrompt = isInputTerminal && isTerminal && !isBuildMachine(environment['CI'])
  return {
    machine: { platform: process.platform, home, currentDirectory: currentFolder(home), environment },
    // Inside of a built program the file is one that no other program sees.
    ownCommand: commit === 'source' ? [process.execPath, Bun.main] : [process.execPath],
    isTerminal,
    isOutTerminal,
    hasTerminal: isTerminal || isInputTerminal || isOutTerminal,
    get columns() {
      return columns()
    },
    get outColumns() {
      return (isOutTerminal && process.stdout.columns) || usualColumns
    },
    // https://no-color.org: any value that is not empty.
    useColor: isTerminal && !environment['NO_COLOR'] && !isDumb,
    out: isOutTerminal || needsStreams ? streamWriter(process.stdout) : sinkWriter(Bun.stdout),
    err,
    keychain: systemKeychain(),
    // Not touched before it is needed: a server does not listen to its terminal.
    ...(canPrompt && { prompts: createPrompts({ input: () => process.stdin, write: err, isDumb }) }),
    ...(!isInputTerminal && { pipedIn: readPiped }),
  }
}
