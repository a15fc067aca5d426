import { afterTest } from './cleanup.ts'
import { entry, temporaryFolder } from './cli.ts'

/** The program in a pseudo-terminal, and a test as the user who reads and types. */
export interface Terminal {
  readonly folder: string
  /** Waits for a match in the output after the last match. */
  readonly shows: (pattern: RegExp) => Promise<RegExpExecArray>
  readonly types: (keys: string) => void
  readonly kill: (signal: NodeJS.Signals) => void
  /** Whether the terminal echoes input. */
  readonly echoes: () => boolean
  /** The whole output so far. */
  readonly screen: () => string
  readonly ended: Promise<number | null>
  /** The signal that ended the program. */
  readonly signal: () => unknown
}

/** `ECHO` of termios, the same on Linux and macOS. */
const echoFlag = 8

/** Bun cannot open a terminal on Windows. */
export const hasTerminals = process.platform !== 'win32'

export const cliInTerminal = (
  rawArgs: readonly string[],
  environment: Record<string, string> = {},
  folder = temporaryFolder(),
): Terminal => {
  const decoder = new TextDecoder()
  let shown = ''
  let read = 0
  let changed = Promise.withResolvers<void>()
  const child = Bun.spawn([process.execPath, entry, ...rawArgs], {
    cwd: folder,
    env: { HOME: folder, PATH: process.env['PATH'] ?? '', TERM: 'xterm', ...environment },
    terminal: {
      cols: 80,
      rows: 24,
      data(_terminal, bytes) {
        shown += decoder.decode(bytes, { stream: true })
        changed.resolve()
        changed = Promise.withResolvers()
      },
    },
  })
  let isOver = false
  const ended = child.exited.then(() => {
    isOver = true
    return child.exitCode
  })
  afterTest(async () => {
    child.kill('SIGKILL')
    await child.exited
    child.terminal?.close()
  })
  return {
    folder,
    async shows(pattern) {
      while (true) {
        const match = pattern.exec(shown.slice(read))
        if (match !== null) {
          read += match.index + match[0].length
          return match
        }
        if (isOver) throw new Error(`it ended without showing ${pattern}: ${shown}`)
        await Promise.race([changed.promise, ended])
      }
    },
    types: (keys) => void child.terminal?.write(keys),
    kill: (signal) => child.kill(signal),
    echoes: () => ((child.terminal?.localFlags ?? 0) & echoFlag) !== 0,
    screen: () => shown,
    ended,
    signal: () => child.signalCode,
  }
}
