import type { LogRecord, LogSink } from '../../base/logger.ts'
import type { LogFormat } from '../../config/settings.ts'
import { accessPieces, isAccessRecord } from './access-line.ts'
import { type AfterTurn, afterFirstTurn } from './first-turn.ts'
import { LogFile } from './log-file.ts'
import { createDateAndClock, eventPieces, harmless, layOut, type TextStyle } from './log-text.ts'

const asText = (record: LogRecord, time: Date, style: TextStyle): string =>
  layOut(time, isAccessRecord(record) ? accessPieces(record) : eventPieces(record), style)

/** One object a line. Times are UTC, figures are numbers, and what is not known is not there. */
const asJson = ({ level, event, fields }: LogRecord, time: Date): string =>
  `${harmless(JSON.stringify({ time: time.toISOString(), level, event, ...fields }))}\n`

export interface LogOptions {
  readonly format: LogFormat
  readonly file: string | undefined
  readonly color: boolean
  readonly write: (text: string) => void
  /** Where `write` writes to one: its width may change. */
  readonly terminal?: { readonly columns: number } | undefined
  readonly now: () => Date
  /** Without it, and where there is a file, each record has been written when the sink returns. */
  readonly afterTurn?: AfterTurn
}

/**
 * Where log records go: standard error, and the file that was asked for. Throws UsageError for a file
 * that cannot be written.
 */
export const createLogSink = (options: LogOptions): LogSink => {
  const { format, file, color, write, terminal, now, afterTurn } = options
  const dateAndClock = createDateAndClock()
  const inFile: TextStyle = { columns: undefined, color: false, dateAndClock }
  const warn = (sentence: string): void => write(`warning: ${sentence}\n`)
  const logFile = file === undefined ? undefined : new LogFile(file, { warn })
  if (format === 'json') {
    return (record) => {
      const time = now()
      const line = asJson(record, time)
      logFile?.write(line, time)
      write(line)
    }
  }
  const writeText = (record: LogRecord, time: Date): void => {
    // Who sees a record finds it in the file.
    logFile?.write(asText(record, time, inFile), time)
    write(asText(record, time, { columns: terminal?.columns, color, dateAndClock }))
  }
  // A file is to have each record at once, however the process ends: it may be killed before the turn is over.
  if (afterTurn === undefined || logFile !== undefined) return (record) => writeText(record, now())
  return afterFirstTurn(writeText, now, afterTurn)
}
