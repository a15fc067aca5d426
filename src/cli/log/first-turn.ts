import type { LogRecord, LogSink } from '../../base/logger.ts'

/** Runs a task once the turn is over, and before the process ends. */
export type AfterTurn = (task: () => void) => void

type Write = (record: LogRecord, time: Date) => void

/**
 * Has the first record, and what comes in the same turn, written after it. The clock on the wall takes 4 ms when it is
 * first asked for, in which the system's time zones are read: the first answer is not to wait for that.
 */
export const afterFirstTurn = (write: Write, now: () => Date, afterTurn: AfterTurn): LogSink => {
  const waiting: (() => void)[] = []
  let isWarm = false
  const writeAll = (): void => {
    isWarm = true
    for (const task of waiting.splice(0)) task()
  }
  return (record) => {
    const time = now()
    if (isWarm) return write(record, time)
    if (waiting.length === 0) afterTurn(writeAll)
    waiting.push(() => write(record, time))
  }
}
