import { describe, expect, test } from 'bun:test'
import type { LogFields, LogRecord } from '../../../src/base/logger.ts'
import { jsonFormatOf, toJsonLine } from '../../../src/gateway/log/json-line.ts'
import { toAccessFields } from '../../../src/gateway/observers/access-log.ts'
import { requestRecord, usage } from '../../support/records.ts'

const time = new Date(Date.UTC(2026, 10, 29, 12, 0, 1, 234))

const snake = (fields: LogFields, event = 'request.answered'): object => {
  const record: LogRecord = { level: 'info', event, fields }
  const line = toJsonLine('json-snake', record, time)
  expect(line).toEndWith('}\n')
  return JSON.parse(line)
}

describe('the log with --log-format json-snake', () => {
  test('has the names of claude-code-proxy-api for a request (OP-G1, C14)', () => {
    const record = requestRecord({ isStream: true, usage })
    expect(snake(toAccessFields(record))).toMatchObject({
      timestamp: '2026-11-29T12:00:01.234Z',
      level: 'info',
      event: 'request.answered',
      request_id: 'req_1',
      method: 'POST',
      path: '/v1/messages',
      status_code: 200,
      duration_ms: 1235,
      model: 'claude-sonnet-4-6',
      streaming: true,
      tokens_input: 10,
      tokens_output: 40,
      cache_read_tokens: 200,
      cache_write_tokens: 3000,
    })
  })

  test('has our reason as the message of an error, or the type of the error, never the words of the upstream (OP-G1)', () => {
    const failed = (members: LogFields) => snake(members, 'request.failed')
    expect(failed({ error: 'api_error', reason: 'AI Nexus answered 500' })).toMatchObject({
      error: 'api_error',
      error_message: 'AI Nexus answered 500',
    })
    expect(failed({ error: 'api_error' })).toMatchObject({ error_message: 'api_error' })
    expect(failed({})).not.toContainKey('error_message')
  })

  test("has the upstream's model if the client's name may be any text (OP-G1)", () => {
    expect(snake({ used: 'claude-sonnet-4.6' })).toMatchObject({ model: 'claude-sonnet-4.6' })
    expect(snake({ model: 'sonnet', used: 'claude-sonnet-4.6' })).toMatchObject({ model: 'sonnet' })
  })

  test('has the names of the house in snake case for all other fields and events (OP-G1)', () => {
    expect(snake({ observer: 'slack', dropped: 3, reason: 'queue full' }, 'observer.dropped')).toEqual({
      timestamp: '2026-11-29T12:00:01.234Z',
      level: 'info',
      event: 'observer.dropped',
      observer: 'slack',
      dropped: 3,
      error_message: 'queue full',
    })
    const names = Object.keys(snake({ upstreamRequestId: 'a', firstEventMs: 3, toolCalls: 1, queuedMs: 7 })).slice(3)
    expect(names).toEqual(['upstream_request_id', 'first_event_ms', 'tool_calls', 'queued_ms'])
  })
})

test('text is no JSON format', () => {
  expect(['text', 'json', 'json-snake', undefined, true].map(jsonFormatOf)).toEqual([
    undefined,
    'json',
    'json-snake',
    undefined,
    undefined,
  ])
})
