import type { LogRecord } from '../../base/logger.ts'
import { accessPieces, isAccessRecord } from './access-line.ts'
import { type JsonFormat, toJsonLine } from './json-line.ts'
import { eventPieces, layOut, type TextStyle } from './log-text.ts'

export type LogFormat = JsonFormat | 'text'

/** Writes a record as a line; as text on a narrow terminal, as several rows. */
export const toLogLine = (format: LogFormat, record: LogRecord, time: Date, style: TextStyle): string =>
  format === 'text'
    ? layOut(time, isAccessRecord(record) ? accessPieces(record) : eventPieces(record), style)
    : toJsonLine(format, record, time)
