import { fstatSync, statSync } from 'node:fs'
import { availableParallelism, devNull, homedir } from 'node:os'
import type { BunFile, FileSink } from 'bun'
import { attempt } from '../../base/attempt.ts'
import type { Machine } from '../../config/paths.ts'
import { commit } from '../../version.ts'
import { type Keychain, systemKeychain } from '../credentials/keychain.ts'
import { hasOtherUsers } from '../system/other-users.ts'
import { createPrompts, type KeyboardInput, type Prompts } from './prompts.ts'
import { fold, usualColumns } from './wrap.ts'

/** The command line's input and output. Only this file reads `process.env`. */
export interface Io {
  readonly machine: Machine
  /** The command that starts this program: its path; from the sources, bun and the main file. */
  readonly ownCommand: readonly string[]
  /** The cores that this process may use, also in a container with fewer than the machine. */
  readonly cores: () => number
  /** Whether standard error is a terminal, so that a user reads it. */
  readonly isTerminal: boolean
  /** Whether standard output is a terminal; only then it may have colours. */
  readonly isOutTerminal: boolean
  /** Whether any of the three streams is a terminal: a terminal sends its signals to all of its programs. */
  readonly hasTerminal: boolean
  /** Current width of standard error's terminal, which users can resize; 80 without a terminal. */
  readonly columns: number
  /** Current width of standard output's terminal. */
  readonly outColumns: number
  readonly useColor: boolean
  /** Output for scripts. */
  readonly out: (text: string) => void
  /**
   * Resolves when the reader of standard output has taken all of it: large outputs wait for this. Resolves to false if
   * there is no reader any more (`| head`).
   */
  readonly drained?: () => Promise<boolean>
  /** All other output. */
  readonly err: (text: string) => void
  readonly keychain: Keychain
  /** Only at a terminal, not in a script or a CI job. */
  readonly prompts?: Prompts
  /** Opens the keyboard, under the same conditions. */
  readonly keyboard?: () => KeyboardInput
  /** Reads piped input up to its first line with text; only if standard input is not a terminal. */
  readonly pipedIn?: () => Promise<string>
  /** Whether other people can log in to this machine. */
  readonly hasOtherUsers?: () => boolean
  /** Shorter times for tests, in milliseconds; by default the product's values. */
  readonly times?: {
    readonly pingMs?: number
    readonly commitMs?: number
    readonly graceMs?: number
    /** Timeout of `health`. */
    readonly healthMs?: number
    readonly keychainMs?: number
    /** Timeout of a helper program that prints the key. */
    readonly helperMs?: number
    readonly keychainNoticeMs?: number
    /** Time after which a session without a request is logged. */
    readonly silenceMs?: number
    /** Time that a setup waits for another one. */
    readonly setupLockMs?: number
    /** Time between two lines of `usage watch`. */
    readonly watchMs?: number
  }
}

const isDevice = (descriptor: number): boolean =>
  attempt(() => {
    const found = fstatSync(descriptor)
    return found.isCharacterDevice() && found.rdev !== statSync(devNull).rdev
  }) === true

/** Loads `node:tty` only for devices: it loads node's network modules, which takes a millisecond at each start. */
const isTerminalAt = (descriptor: number): boolean =>
  (process.platform === 'win32' || isDevice(descriptor)) && process.getBuiltinModule('node:tty').isatty(descriptor)

interface Writer {
  readonly write: (text: string) => void
  readonly drained: () => Promise<boolean>
}

/** Ignores write errors: a closed pipe (`start 2>&1 | head`) must not end the server. */
const streamWriter = (stream: NodeJS.WriteStream): Writer => {
  let isOpen = true
  stream.on('error', () => {
    isOpen = false
  })
  return {
    write: (text) => void stream.write(text),
    drained: () => new Promise((resolve) => stream.write('', () => resolve(isOpen))),
  }
}

/**
 * Writes to the file below `process.stderr` if it is not a terminal: without node's streams, a start takes 2 ms less.
 * Not on Windows, because it is untested with the kinds of pipes there.
 */
const sinkWriter = (file: BunFile): Writer => {
  let sink: FileSink | undefined
  let isOpen = true
  const pending = new Set<Promise<unknown>>()
  const close = (): void => {
    isOpen = false
  }
  const track = (settled: unknown): void => {
    if (!(settled instanceof Promise)) return
    pending.add(settled)
    void settled.catch(close).finally(() => pending.delete(settled))
  }
  return {
    write(text) {
      try {
        sink ??= file.writer()
        track(sink.write(text))
        track(sink.flush())
      } catch {
        // The pipe is closed.
        close()
      }
    },
    async drained() {
      while (pending.size > 0) await Promise.allSettled(pending)
      return isOpen
    },
  }
}

/** Larger than any key or token; limits a stream without an end. */
const maximumPipedBytes = 65_536

/** Only the first line with text counts, because the other program may keep the pipe open. */
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
    // Standard input was closed: there is no input.
  }
  return text
}

/** A container's user may have neither HOME nor a line in /etc/passwd. The root folder exists, but has no settings. */
const homeFolder = (): string => attempt(homedir) ?? '/'

/** If the current folder was deleted, use the home folder. */
const currentFolder = (home: string): string => attempt(() => process.cwd()) ?? home

/** CI systems set this variable; some users set it to `false`. */
const isBuildMachine = (ci: string | undefined): boolean => !['', '0', 'false'].includes((ci ?? '').toLowerCase())

export const processIo = (): Io => {
  const { env: environment } = process
  const home = homeFolder()
  const [isInputTerminal, isOutTerminal, isTerminal] = [isTerminalAt(0), isTerminalAt(1), isTerminalAt(2)]
  const columns = (): number => (isTerminal && process.stderr.columns) || usualColumns
  const needsStreams = process.platform === 'win32'
  const { write } = isTerminal || needsStreams ? streamWriter(process.stderr) : sinkWriter(Bun.stderr)
  const err = isTerminal ? (text: string): void => write(fold(text, columns())) : write
  const output = isOutTerminal || needsStreams ? streamWriter(process.stdout) : sinkWriter(Bun.stdout)
  const isDumb = environment['TERM'] === 'dumb'
  const canPrompt = isInputTerminal && isTerminal && !isBuildMachine(environment['CI'])
  const keyboard = (): KeyboardInput => process.stdin
  const machine = { platform: process.platform, home, currentDirectory: currentFolder(home), environment }
  return {
    machine,
    // In a built program, the main file is virtual: no other program can read it.
    ownCommand: commit === 'source' ? [process.execPath, Bun.main] : [process.execPath],
    cores: availableParallelism,
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
    out: output.write,
    drained: output.drained,
    err,
    keychain: systemKeychain(),
    hasOtherUsers: () => hasOtherUsers(machine),
    // Standard input is opened only for a prompt: a server does not read its terminal.
    ...(canPrompt && { prompts: createPrompts({ input: keyboard, write: err, isDumb }), keyboard }),
    ...(!isInputTerminal && { pipedIn: readPiped }),
  }
}
