import { accessSync, appendFileSync, closeSync, constants, existsSync, fchmodSync, openSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { colors } from 'consola/utils'
import { errorCode } from '../base/error-code.ts'
import type { LogRecord, LogSink } from '../base/logger.ts'
import { UsageError } from '../base/usage-error.ts'
import type { LogFormat } from '../config/settings.ts'

type Formatter = (record: LogRecord, time: Date) => string

const paint: Readonly<Record<LogRecord['level'], (text: string) => string>> = {
  debug: colors.gray,
  info: colors.cyan,
  warn: colors.yellow,
  error: colors.red,
}

/** What JSON leaves as it is and a terminal takes for a command, or for a turn of the writing. */
const hidden = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** JSON that says nothing to the terminal it may be shown on. */
export const harmless = (json: string): string =>
  json.replace(hidden, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** Quotes what would not be one word. Control characters of a client's making never reach the terminal. */
const word = (value: string | number | boolean | null): string => {
  const text = String(value)
  return /^[\w.:/@+,%~[\]-]+$/.test(text) ? text : harmless(JSON.stringify(text))
}

const fieldsOf = ({ fields }: LogRecord): [string, string | number | boolean | null][] =>
  Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))

const asText = (record: LogRecord, time: Date, color: boolean): string => {
  const clock = time.toISOString().slice(11, 23)
  const level = record.level.padEnd(5)
  const fields = fieldsOf(record).map(([name, value]) => `${name}=${word(value)}`)
  const head = color ? `${colors.gray(clock)} ${paint[record.level](level)}` : `${clock} ${level}`
  return `${[head, record.event, ...fields].join(' ')}\n`
}

const asJson: Formatter = (record, time) => {
  const fields = Object.fromEntries(fieldsOf(record))
  return `${harmless(JSON.stringify({ time: time.toISOString(), level: record.level, event: record.event, ...fields }))}\n`
}

export interface LogOptions {
  readonly format: LogFormat
  readonly file: string | undefined
  readonly color: boolean
  readonly write: (text: string) => void
  readonly now: () => Date
}

/** Only its owner may read the log. */
const logFileMode = 0o600

const unwritable = (path: string, error: unknown): UsageError => {
  const code = errorCode(error)
  const why = code === undefined ? '' : ` (${code})`
  return new UsageError(`The log file ${path} cannot be written${why}. Give another with --log-file.`)
}

const openLogFile = (path: string): number => {
  try {
    const descriptor = openSync(path, 'a', logFileMode)
    fchmodSync(descriptor, logFileMode)
    return descriptor
  } catch (error) {
    throw unwritable(path, error)
  }
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

/**
 * Where log records go: standard error, and the file that was asked for. Throws UsageError for a file
 * that cannot be written.
 */
export const createLogSink = ({ format, file, color, write, now }: LogOptions): LogSink => {
  const toLine: Formatter = format === 'json' ? asJson : (record, time) => asText(record, time, color)
  if (file === undefined) return (record) => write(toLine(record, now()))

  const isPainted = color && format === 'text'
  const descriptor = openLogFile(file)
  let isBroken = false
  const writeFile = (line: string): void => {
    try {
      appendFileSync(descriptor, line)
    } catch {
      // A full disk must not end the server, nor fill the terminal.
      isBroken = true
      closeSync(descriptor)
      write('warning: the log file can no longer be written\n')
    }
  }
  return (record) => {
    const time = now()
    const line = toLine(record, time)
    write(line)
    if (!isBroken) writeFile(isPainted ? asText(record, time, false) : line)
  }
}
