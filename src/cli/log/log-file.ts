import { accessSync, constants, existsSync, realpathSync, renameSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { errorCode } from '../../base/error-code.ts'
import { UsageError } from '../../base/usage-error.ts'
import { AppendedFile } from './appended-file.ts'

/** A file that is larger when a server starts is rotated: some 25,000 requests as JSON, and every editor opens it. */
const maximumLogFileBytes = 10 * 1024 * 1024
/** In all: the one that is written to, `.1` before it and `.2` before that. */
const keptLogFiles = 3
/** After a failure lines are left out for this long: a full disk or an absent folder may take long to answer. */
const retryMs = 10_000

/** ` (ENOSPC)`, or nothing. */
const codeOf = (error: unknown): string => {
  const code = errorCode(error)
  return code === undefined ? '' : ` (${code})`
}

const unwritable = (path: string, error: unknown): UsageError =>
  new UsageError(`The log file ${path} cannot be written${codeOf(error)}. Give another with --log-file.`)

/** Whether the log file could be written, without making it. Throws UsageError where not. */
export const checkLogFile = (path: string | undefined): void => {
  if (path === undefined) return
  try {
    accessSync(existsSync(path) ? path : dirname(resolve(path)), constants.W_OK)
  } catch (error) {
    throw unwritable(path, error)
  }
}

/** Renames a file that is too large, and overwrites the oldest. Throws what the file system throws. */
const rotate = (path: string, maximumBytes: number): void => {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found?.isFile() !== true || found.size <= maximumBytes) return
  // The file behind a link: renaming the link would leave the file where it is.
  const real = realpathSync(path)
  for (let age = keptLogFiles - 1; age > 0; age -= 1) {
    const from = age === 1 ? real : `${real}.${age - 1}`
    if (existsSync(from)) renameSync(from, `${real}.${age}`)
  }
}

export interface LogFileOptions {
  /** Receives a sentence when something goes wrong, and one when it is over. */
  readonly warn: (sentence: string) => void
  readonly maximumBytes?: number
}

/**
 * A file that lines are appended to, each by one write that has happened when `write` returns: the file is complete
 * however the process ends. A file that is too large is rotated once, at the start. Several processes may append to
 * one file.
 */
export class LogFile {
  readonly #path: string
  readonly #warn: LogFileOptions['warn']
  #file: AppendedFile
  /** When the last try failed, on the clock of `write`. */
  #failedAt: Date | undefined
  #missing = 0

  /** Throws UsageError for a file that cannot be written. */
  constructor(path: string, { warn, maximumBytes = maximumLogFileBytes }: LogFileOptions) {
    this.#path = path
    this.#warn = warn
    try {
      rotate(path, maximumBytes)
    } catch (error) {
      warn(`the log file cannot be rotated${codeOf(error)}, and goes on growing`)
    }
    try {
      this.#file = new AppendedFile(path)
    } catch (error) {
      throw unwritable(path, error)
    }
  }

  /** Never throws: a full disk must not end the server, nor fill the terminal. */
  write(line: string, now: Date): void {
    if (this.#isResting(now)) {
      this.#missing += 1
      return
    }
    try {
      this.#reopenIfMoved()
      this.#file.append(line)
    } catch (error) {
      if (this.#failedAt === undefined) this.#warn(`the log file cannot be written${codeOf(error)}; it is tried again`)
      this.#failedAt = now
      this.#missing += 1
      return
    }
    if (this.#failedAt === undefined) return
    this.#warn(`the log file is written again; lines that are missing: ${this.#missing}`)
    this.#failedAt = undefined
    this.#missing = 0
  }

  /** In either direction: a clock may be set back. */
  #isResting(now: Date): boolean {
    return this.#failedAt !== undefined && Math.abs(now.getTime() - this.#failedAt.getTime()) <= retryMs
  }

  /** A server that started later has rotated the file, or a program or a person has moved or deleted it. */
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
