import { attempt } from '../../base/attempt.ts'
import type { LogRecord, LogSink } from '../../base/logger.ts'

/** Runs a task after the current turn of the event loop, at the latest when the process ends. */
export type Defer = (task: () => void) => void

/** Formats a record with its time. */
type ToLine = (record: LogRecord, time: Date) => string

/**
 * Writes the records of one turn of the event loop together, after the turn: under high load that saves nearly half of
 * the cost of a record. The first use of local time also takes 4 ms, because the system's time zones are read; the
 * first response does not wait for that.
 */
export const createDeferredSink = (
  toLine: ToLine,
  write: (text: string) => void,
  now: () => Date,
  defer: Defer,
): LogSink => {
  let waiting: { readonly record: LogRecord; readonly time: Date }[] = []
  const writeAll = (): void => {
    const batch = waiting
    waiting = []
    let text = ''
    for (const { record, time } of batch) {
      // Like the logger: an error in the log must not break a request or the end of the process.
      attempt(() => {
        text += toLine(record, time)
      })
    }
    attempt(() => write(text))
  }
  return (record) => {
    waiting.push({ record, time: now() })
    if (waiting.length === 1) defer(writeAll)
  }
}
