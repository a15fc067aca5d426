import {
  accessSync,
  appendFileSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fstatSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
} from 'node:fs'
import { dirname, resolve } from 'node:path'
import { errorCode } from '../base/error-code.ts'
import { UsageError } from '../base/usage-error.ts'

/** What no file of the log outgrows: some 25,000 requests as JSON, and every editor still opens it. */
const maximumLogFileBytes = 10 * 1024 * 1024
/** All in all: the one that is written to, `.1` before it and `.2` before that. */
const keptLogFiles = 3
/** Only its owner may read the log. */
const logFileMode = 0o600

const unwritable = (path: string, error: unknown): UsageError => {
  const code = errorCode(error)
  const why = code === undefined ? '' : ` (${code})`
  return new UsageError(`The log file ${path} cannot be written${why}. Give another with --log-file.`)
}

/** Whether the log file could be written, without making it. Throws UsageError where not. */
export const checkLogFile = (path: string | undefined): void => {
  if (path === undefined) return
  try {
    accessSync(existsSync(path) ? path : dirname(resolve(path)), constants.W_OK)
  } catch (error) {
    throw unwritable(path, error)
  }
}

const append = (path: string): { descriptor: number; stats: Stats } => {
  const descriptor = openSync(path, 'a', logFileMode)
  const stats = fstatSync(descriptor)
  // Not a terminal's or a pipe's: they belong to others as well.
  if (stats.isFile()) fchmodSync(descriptor, logFileMode)
  return { descriptor, stats }
}

const rename = (from: string, to: string): void => {
  try {
    renameSync(from, to)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
  }
}

/** Makes room for a new file: the oldest is overwritten. Throws what the file system throws. */
const shift = (path: string): void => {
  for (let age = keptLogFiles - 1; age > 1; age -= 1) rename(`${path}.${age - 1}`, `${path}.${age}`)
  rename(path, `${path}.1`)
}

/** Renaming three files takes less than a millisecond: whoever held the lock has crashed in the middle. */
const staleLockMs = 10_000

/** Does the work unless another process is at it: two at once could rename over what the other has just saved. */
const exclusively = (path: string, now: Date, work: () => void): void => {
  const lock = `${path}.lock`
  try {
    closeSync(openSync(lock, 'wx', logFileMode))
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
    const held = statSync(lock, { throwIfNoEntry: false })
    if (held !== undefined && now.getTime() - held.mtimeMs > staleLockMs) rmSync(lock, { force: true })
    return
  }
  try {
    work()
  } finally {
    rmSync(lock, { force: true })
  }
}

export interface LogFileOptions {
  /** Hears once of each thing that goes wrong. */
  readonly warn: (sentence: string) => void
  readonly maximumBytes?: number
}

/**
 * A file that lines are appended to, each by one write and at once: what was logged is in the file when the
 * process ends, however it ends. Before a line that would not fit, the file steps back and a new one is begun.
 * Several processes may write to one file: before each line we look whether it is still ours.
 */
export class LogFile {
  readonly #path: string
  readonly #warn: LogFileOptions['warn']
  readonly #maximumBytes: number
  #descriptor: number
  #stats: Stats
  /** Beyond the limit where the file could not step back: that is not tried with every line. */
  #rotateAt: number
  #isStuck = false
  #isBroken = false

  /** Throws UsageError for a file that cannot be written. */
  constructor(path: string, { warn, maximumBytes = maximumLogFileBytes }: LogFileOptions) {
    try {
      const { descriptor, stats } = append(path)
      this.#descriptor = descriptor
      this.#stats = stats
      // Of a link, what it leads to: the link would step back and leave the file where it is.
      this.#path = stats.isFile() ? realpathSync(path) : path
    } catch (error) {
      throw unwritable(path, error)
    }
    this.#warn = warn
    this.#maximumBytes = maximumBytes
    this.#rotateAt = maximumBytes
  }

  /** Never throws: a full disk must not end the server, nor fill the terminal. */
  write(line: string, now: Date): void {
    if (this.#isBroken) return
    try {
      this.#prepare(Buffer.byteLength(line), now)
      appendFileSync(this.#descriptor, line)
    } catch {
      this.#isBroken = true
      closeSync(this.#descriptor)
      this.#warn('the log file can no longer be written')
    }
  }

  /** Undefined where the path leads to another file than ours, or to none. */
  #sizeOfOurs(): number | undefined {
    const there = statSync(this.#path, { throwIfNoEntry: false })
    return there?.ino === this.#stats.ino && there.dev === this.#stats.dev ? there.size : undefined
  }

  /** A file that cannot step back is written on: better a long one than lines that nobody has. */
  #prepare(bytes: number, now: Date): void {
    if (!this.#stats.isFile()) return
    let size: number | undefined
    const mustRotate = (): boolean => size !== undefined && size > 0 && size + bytes > this.#rotateAt
    try {
      size = this.#sizeOfOurs()
      if (mustRotate()) {
        exclusively(this.#path, now, () => {
          size = this.#sizeOfOurs()
          if (mustRotate()) shift(this.#path)
        })
        size = this.#sizeOfOurs()
      }
      // We have moved it away, or another process has, or somebody by hand.
      if (size === undefined) this.#reopen()
    } catch (error) {
      this.#rotateAt = (size ?? 0) + this.#maximumBytes
      this.#warnOnce(error)
    }
  }

  #reopen(): void {
    const { descriptor, stats } = append(this.#path)
    closeSync(this.#descriptor)
    this.#descriptor = descriptor
    this.#stats = stats
    this.#rotateAt = this.#maximumBytes
  }

  #warnOnce(error: unknown): void {
    if (this.#isStuck) return
    this.#isStuck = true
    const code = errorCode(error)
    const why = code === undefined ? '' : ` (${code})`
    this.#warn(`the log file cannot be rotated${why}, and goes on growing`)
  }
}
