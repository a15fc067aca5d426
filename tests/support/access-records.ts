import type { LogRecord } from '../../src/base/logger.ts'

/** The records of finished requests. */
export const accessRecords = (records: readonly LogRecord[]): LogRecord[] =>
  records.filter(({ event }) => /^request\.(?:answered|refused|cancelled|failed)$/.test(event))
