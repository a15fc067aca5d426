import type { LogRecord, LogSink } from '../../base/logger.ts'
import type { Config } from '../../config/load.ts'
import { toJsonLine } from '../../gateway/log/json-line.ts'
import { toLogLine } from '../../gateway/log/log-line.ts'
import { createDateAndClock, type TextStyle } from '../../gateway/log/log-text.ts'
import { colors } from '../terminal/colors.ts'
import { createDeferredSink, type Defer } from './deferred-sink.ts'
import { LogFile } from './log-file.ts'

export interface LogOptions {
  readonly format: Config['logging']['format']
  readonly file: string | undefined
  readonly color: boolean
  readonly write: (text: string) => void
  /** The terminal that `write` writes to, if any; its width may change. */
  readonly terminal?: { readonly columns: number } | undefined
  readonly now: () => Date
  /** Without it, or with a log file, each record is written before the sink returns. */
  readonly defer?: Defer
}

/**
 * Writes log records to standard error and to the log file, if there is one. Throws UsageError for a file that cannot
 * be written.
 */
export const createLogSink = (options: LogOptions): LogSink => {
  const { format, file, color, write, terminal, now, defer } = options
  const dateAndClock = createDateAndClock()
  const inFile: TextStyle = { columns: undefined, dateAndClock }
  const warn = (reason: string): void => {
    const record: LogRecord = { level: 'warn', event: 'log.file_trouble', fields: { reason } }
    write(format === 'text' ? `warning: ${reason}\n` : toJsonLine(format, record, now()))
  }
  const logFile = file === undefined ? undefined : new LogFile(file, { warn })
  const toLine = (record: LogRecord, time: Date): string =>
    toLogLine(format, record, time, { columns: terminal?.columns, colors: color ? colors : undefined, dateAndClock })
  // A file gets each record at once: the process may be killed before the turn ends.
  if (defer !== undefined && logFile === undefined) return createDeferredSink(toLine, write, now, defer)
  return (record) => {
    const time = now()
    const line = toLine(record, time)
    // The file first: a record on the terminal is already in the file.
    logFile?.write(format === 'text' ? toLogLine(format, record, time, inFile) : line, time)
    write(line)
  }
}
