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
  debug(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
}

const noFields: LogFields = {}

/** Records at `level` and above go to the sink. */
export const createLogger = (level: LogLevel, sink: LogSink): Logger => {
  const threshold = logLevels.indexOf(level)
  const at =
    (recordLevel: LogRecord['level']) =>
    (event: string, fields: LogFields = noFields): void => {
      if (logLevels.indexOf(recordLevel) >= threshold) sink({ level: recordLevel, event, fields })
    }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}
