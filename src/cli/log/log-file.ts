import { accessSync, constants, existsSync, realpathSync, renameSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { errorCode } from '../../base/error-code.ts'
import { UsageError } from '../../base/usage-error.ts'
import { ifFree } from '../system/file-lock.ts'
import { AppendedFile } from './appended-file.ts'

/** What no file of the log outgrows: some 25,000 requests as JSON, and every editor still opens it. */
const maximumLogFileBytes = 10 * 1024 * 1024
/** All in all: the one that is written to, `.1` before it and `.2` before that. */
const keptLogFiles = 3

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

/** In either direction: a clock may be set back. */
const isWithin = (milliseconds: number, one: number, other: number): boolean => Math.abs(one - other) <= milliseconds

/** A disk that is full, or a folder that is away, is not asked with every line: that may take long, too. */
const retryMs = 10_000

/** Something that fails for a while. */
class Trouble {
  #lastTry: number | undefined

  isToRest(now: Date): boolean {
    return this.#lastTry !== undefined && isWithin(retryMs, now.getTime(), this.#lastTry)
  }

  /** Whether that is news. */
  begins(now: Date): boolean {
    const isNews = this.#lastTry === undefined
    this.#lastTry = now.getTime()
    return isNews
  }

  /** Whether there was any. */
  ends(): boolean {
    const isNews = this.#lastTry !== undefined
    this.#lastTry = undefined
    return isNews
  }
}

export interface LogFileOptions {
  /** Hears of each thing that goes wrong when it begins, and when it is over. */
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
  readonly #unwritten = new Trouble()
  readonly #gone = new Trouble()
  #file: AppendedFile
  /** Beyond the limit where the file could not step back: that is not tried with every line. */
  #rotateAt: number
  #isStuck = false
  #missing = 0

  /** Throws UsageError for a file that cannot be written. */
  constructor(path: string, { warn, maximumBytes = maximumLogFileBytes }: LogFileOptions) {
    try {
      this.#file = new AppendedFile(path)
      // Of a link, what it leads to: the link would step back and leave the file where it is.
      this.#path = this.#file.stats.isFile() ? realpathSync(path) : path
    } catch (error) {
      throw unwritable(path, error)
    }
    this.#warn = warn
    this.#maximumBytes = maximumBytes
    this.#rotateAt = maximumBytes
  }

  /** Never throws: a full disk must not end the server, nor fill the terminal. */
  write(line: string, now: Date): void {
    if (this.#unwritten.isToRest(now) || !this.#hasWritten(line, now)) {
      this.#missing += 1
      return
    }
    if (!this.#unwritten.ends()) return
    this.#warn(`the log file is written again; lines that are missing: ${this.#missing}`)
    this.#missing = 0
  }

  #hasWritten(line: string, now: Date): boolean {
    if (this.#file.stats.isFile() && !this.#makeRoom(Buffer.byteLength(line), now)) this.#reopen(now)
    try {
      this.#file.append(line)
      return true
    } catch (error) {
      const isNews = this.#unwritten.begins(now)
      if (isNews) this.#warn(`the log file cannot be written${codeOf(error)}; it is tried again`)
      return false
    }
  }

  /** Undefined where the path leads to another file than ours, or to none. */
  #sizeOfOurs(): number | undefined {
    const { ino, dev } = this.#file.stats
    const there = statSync(this.#path, { throwIfNoEntry: false })
    return there?.ino === ino && there.dev === dev ? there.size : undefined
  }

  /**
   * Whether the path still leads to our file. One that cannot step back is written on: better a long one than
   * lines that nobody has.
   */
  #makeRoom(bytes: number, now: Date): boolean {
    let size: number | undefined
    const mustRotate = (): boolean => size !== undefined && size > 0 && size + bytes > this.#rotateAt
    try {
      size = this.#sizeOfOurs()
      if (mustRotate()) {
        // Two at once could rename over what the other has just saved.
        ifFree(this.#path, now.getTime(), () => {
          size = this.#sizeOfOurs()
          if (mustRotate()) shift(this.#path)
        })
        size = this.#sizeOfOurs()
      }
      return size !== undefined
    } catch (error) {
      this.#rotateAt = (size ?? 0) + this.#maximumBytes
      if (!this.#isStuck) this.#warn(`the log file cannot be rotated${codeOf(error)}, and goes on growing`)
      this.#isStuck = true
      return true
    }
  }

  /** We have moved it away, or another process has, or somebody by hand. Until there is one, lines go after it. */
  #reopen(now: Date): void {
    if (this.#gone.isToRest(now)) return
    try {
      const next = new AppendedFile(this.#path)
      this.#file.close()
      this.#file = next
      this.#rotateAt = this.#maximumBytes
      if (this.#gone.ends()) this.#warn('the log file is there again')
    } catch (error) {
      const isNews = this.#gone.begins(now)
      if (isNews) this.#warn(`the log file is gone and cannot be made again${codeOf(error)}; it is tried again`)
    }
  }
}
