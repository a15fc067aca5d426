import { attempt } from './attempt.ts'
export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** Flat primitives only, so that logging a body is a type error. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>

export interface LogRecord {
  readonly level: Exclude<LogLevel, 'silent'>
  /** A fixed name (`request`, `upstream.retry`), never a sentence with data in it. */
  readonly event: string
  readonly fields: LogFields
}

export type LogSink = (record: LogRecord) => void

export interface Logger {
  /** Check this before computing expensive fields. */
  isEnabled(level: LogRecord['level']): boolean
  debug(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
}

const noFields: LogFields = {}

/** Sends records at `level` and above to the sink. Ignores what the sink throws. */
export const createLogger = (level: LogLevel, sink: LogSink): Logger => {
  const threshold = logLevels.indexOf(level)
  const isEnabled = (recordLevel: LogRecord['level']): boolean => logLevels.indexOf(recordLevel) >= threshold
  const at =
    (recordLevel: LogRecord['level']) =>
    (event: string, fields: LogFields = noFields): void => {
      if (!isEnabled(recordLevel)) return
      // A broken log must not break a request.
      attempt(() => sink({ level: recordLevel, event, fields }))
    }
  return { isEnabled, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

/** Adds fields to each record. */
export const withFields = (log: Logger, fields: LogFields): Logger => {
  const at =
    (level: LogRecord['level']) =>
    (event: string, more?: LogFields): void =>
      log[level](event, { ...fields, ...more })
  return { isEnabled: log.isEnabled, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}
