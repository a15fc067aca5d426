import { accessSync, constants, existsSync, realpathSync, renameSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { errorCode } from '../../base/error-code.ts'
import { UsageError } from '../../base/usage-error.ts'
import { AppendedFile } from './appended-file.ts'

/** The server rotates a larger file when it starts: about 25,000 requests as JSON. Every editor opens this size. */
const maximumLogFileBytes = 10 * 1024 * 1024
/** In total: the current file, the previous one (`.1`) and the one before that (`.2`). */
const keptLogFiles = 3
/** After a failure, lines are left out for this long: a write to a full disk or a missing folder may be slow. */
const retryMs = 10_000

/** ` (ENOSPC)`, or nothing. */
const codeOf = (error: unknown): string => {
  const code = errorCode(error)
  return code === undefined ? '' : ` (${code})`
}

const unwritable = (path: string, error: unknown): UsageError =>
  new UsageError(`The log file ${path} cannot be written${codeOf(error)}. Use another file: --log-file.`)

/** Checks that the log file can be written, without creating it. Throws UsageError. */
export const checkLogFile = (path: string | undefined): void => {
  if (path === undefined) return
  try {
    accessSync(existsSync(path) ? path : dirname(resolve(path)), constants.W_OK)
  } catch (error) {
    throw unwritable(path, error)
  }
}

/** Renames a large file, and overwrites the oldest one. Throws what the file system throws. */
const rotate = (path: string, maximumBytes: number): void => {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found?.isFile() !== true || found.size <= maximumBytes) return
  // Follows a link: otherwise the rename would move only the link.
  const real = realpathSync(path)
  for (let age = keptLogFiles - 1; age > 0; age -= 1) {
    const from = age === 1 ? real : `${real}.${age - 1}`
    if (existsSync(from)) renameSync(from, `${real}.${age}`)
  }
}

export interface LogFileOptions {
  /** Receives a message when writing fails, and one when it works again. */
  readonly warn: (sentence: string) => void
  readonly maximumBytes?: number
}

/**
 * Appends lines to a file. Each line is written when `write` returns, so that the file is complete even if the process
 * is killed. A large file is rotated once, at the start. Several processes may append to one file.
 */
export class LogFile {
  readonly #path: string
  readonly #warn: LogFileOptions['warn']
  #file: AppendedFile
  /** Time of the last failure, on the clock of `write`. */
  #failedAt: Date | undefined
  #missing = 0

  /** Throws UsageError for a file that cannot be written. */
  constructor(path: string, { warn, maximumBytes = maximumLogFileBytes }: LogFileOptions) {
    this.#path = path
    this.#warn = warn
    try {
      rotate(path, maximumBytes)
    } catch (error) {
      warn(`the log file cannot be rotated${codeOf(error)} and keeps growing`)
    }
    try {
      this.#file = new AppendedFile(path)
    } catch (error) {
      throw unwritable(path, error)
    }
  }

  /** Never throws: a full disk must not end the server or fill the terminal. */
  write(line: string, now: Date): void {
    if (this.#isPaused(now)) {
      this.#missing += 1
      return
    }
    try {
      this.#reopenIfMoved()
      this.#file.append(line)
    } catch (error) {
      if (this.#failedAt === undefined)
        this.#warn(`the log file cannot be written${codeOf(error)}; the server tries again`)
      this.#failedAt = now
      this.#missing += 1
      return
    }
    if (this.#failedAt === undefined) return
    this.#warn(`the log file is written again; missing lines: ${this.#missing}`)
    this.#failedAt = undefined
    this.#missing = 0
  }

  /** Compares in both directions, because a clock may be set back. */
  #isPaused(now: Date): boolean {
    return this.#failedAt !== undefined && Math.abs(now.getTime() - this.#failedAt.getTime()) <= retryMs
  }

  /** Reopens the file if another server rotated it, or if it was moved or deleted. */
  #reopenIfMoved(): void {
    const { stats } = this.#file
    if (!stats.isFile()) return
    const there = statSync(this.#path, { throwIfNoEntry: false })
    if (there?.ino === stats.ino && there.dev === stats.dev) return
    const next = new AppendedFile(this.#path)
    this.#file.close()
    this.#file = next
  }
}
