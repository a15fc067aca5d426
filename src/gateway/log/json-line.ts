import type { LogFields, LogRecord } from '../../base/logger.ts'
import { isAccessRecord } from './access-line.ts'
import { harmless } from './log-text.ts'

/** The log for programs: one JSON object per line. Times are UTC; unknown fields are left out. */

const jsonFormats = ['json', 'json-snake'] as const

export type JsonFormat = (typeof jsonFormats)[number]

/** Undefined for text. */
export const jsonFormatOf = (format: unknown): JsonFormat | undefined => jsonFormats.find((json) => json === format)

/** The names of claude-code-proxy-api, where they are not the house's names in snake case (OP-G1, C14). */
const snakeNames: ReadonlyMap<string, string> = new Map([
  ['status', 'status_code'],
  ['stream', 'streaming'],
  ['inputTokens', 'tokens_input'],
  ['outputTokens', 'tokens_output'],
  ['reason', 'error_message'],
])

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** That log has one field for the model and one for the error. */
const withSeedFields = (fields: LogFields): LogFields => ({
  ...fields,
  model: fields['model'] ?? fields['used'],
  reason: fields['reason'] ?? fields['error'],
})

const toSnakeObject = (record: LogRecord, time: Date): object => {
  const { level, event } = record
  const fields = isAccessRecord(record) ? withSeedFields(record.fields) : record.fields
  const entries = Object.entries(fields).map(([name, value]) => [snakeNames.get(name) ?? snakeCase(name), value])
  return { timestamp: time.toISOString(), level, event, ...Object.fromEntries(entries) }
}

const toObject = ({ level, event, fields }: LogRecord, time: Date): object => ({
  time: time.toISOString(),
  level,
  event,
  ...fields,
})

export const toJsonLine = (format: JsonFormat, record: LogRecord, time: Date): string => {
  const object = format === 'json' ? toObject(record, time) : toSnakeObject(record, time)
  return `${harmless(JSON.stringify(object))}\n`
}
