import { colors } from 'consola/utils'
import type { LogRecord, LogSink } from '../base/logger.ts'
import type { LogFormat } from '../config/settings.ts'
import { LogFile } from './log-file.ts'

type Formatter = (record: LogRecord, time: Date) => string

const paint: Readonly<Record<LogRecord['level'], (text: string) => string>> = {
  debug: colors.gray,
  info: colors.cyan,
  warn: colors.yellow,
  error: colors.red,
}

/** What JSON leaves as it is and a terminal takes for a command, or for a turn of the writing. */
const hidden = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

const harmless = (json: string): string =>
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

/**
 * Where log records go: standard error, and the file that was asked for. Throws UsageError for a file
 * that cannot be written.
 */
export const createLogSink = ({ format, file, color, write, now }: LogOptions): LogSink => {
  const toLine: Formatter = format === 'json' ? asJson : (record, time) => asText(record, time, color)
  if (file === undefined) return (record) => write(toLine(record, now()))

  const isPainted = color && format === 'text'
  const logFile = new LogFile(file, { warn: (sentence) => write(`warning: ${sentence}\n`) })
  return (record) => {
    const time = now()
    const line = toLine(record, time)
    write(line)
    logFile.write(isPainted ? asText(record, time, false) : line, time)
  }
}
