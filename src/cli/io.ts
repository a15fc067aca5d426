import { homedir } from 'node:os'
import type { Machine } from '../config/paths.ts'

/** What the command line has of the world. The only file that reads `process.env`. */
export interface Io {
  readonly machine: Machine
  /** Of standard error: where a person reads along. */
  readonly isTerminal: boolean
  /** Of standard output: only then may colours go there. */
  readonly isOutTerminal: boolean
  /** Whether a person's terminal is behind any of the three streams: it sends its signals to all of its programs. */
  readonly hasTerminal: boolean
  /** Of standard error's terminal, now: people widen their windows. 80 where there is none. */
  readonly columns: number
  readonly useColor: boolean
  /** What a script may want. */
  readonly out: (text: string) => void
  /** Everything else. */
  readonly err: (text: string) => void
  /** For tests that cannot wait, in milliseconds; the product's own values otherwise. */
  readonly times?: { readonly pingMs?: number; readonly commitMs?: number; readonly graceMs?: number }
}

/** Writes while somebody reads. A reader that has gone (`start 2>&1 | head`) does not end the server. */
const writer = (stream: NodeJS.WriteStream): ((text: string) => void) => {
  stream.on('error', () => {})
  return (text) => void stream.write(text)
}

/** What texts are laid out for where no terminal says otherwise. */
const usualColumns = 80

export const processIo = (): Io => {
  const { env: environment } = process
  const isTerminal = process.stderr.isTTY === true
  return {
    machine: { platform: process.platform, home: homedir(), currentDirectory: process.cwd(), environment },
    isTerminal,
    isOutTerminal: process.stdout.isTTY === true,
    hasTerminal: isTerminal || process.stdin.isTTY === true || process.stdout.isTTY === true,
    get columns() {
      return process.stderr.columns || usualColumns
    },
    // https://no-color.org: any value that is not empty.
    useColor: isTerminal && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb',
    out: writer(process.stdout),
    err: writer(process.stderr),
  }
}
