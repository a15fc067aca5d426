import { describe, expect, test } from 'bun:test'
import { toClientHeaders } from '../../../src/upstreams/anthropic/response-headers.ts'

const passed = (headers: Record<string, string>, status = 200): Record<string, string> =>
  Object.fromEntries(toClientHeaders('POST', status, new Headers(headers)))

describe('headers of an answer', () => {
  test.each([
    ['content-type', 'application/x-jsonl'],
    ['request-id', 'req_theirs'],
    ['retry-after', '7'],
    ['retry-after-ms', '7000'],
    ['x-should-retry', 'true'],
    ['anthropic-ratelimit-unified-5h-utilization', '0.4'],
    ['anthropic-organization-id', 'org'],
    ['content-disposition', 'attachment; filename="a.pdf"'],
    ['etag', '"a"'],
    ['last-modified', 'Thu, 01 Jan 2026 00:00:00 GMT'],
  ])('keep %s (AU-H4)', (name, value) => {
    expect(passed({ [name]: value })).toEqual({ [name]: value })
  })

  test.each([
    'set-cookie',
    'server',
    'cf-ray',
    'alt-svc',
    'strict-transport-security',
    'access-control-allow-origin',
    'transfer-encoding',
    'content-encoding',
    'content-length',
    'connection',
    'x-new',
  ])('drop %s (AU-H4)', (name) => {
    expect(passed({ [name]: 'x' })).toEqual({})
  })

  test('of a stream forbid caches and collecting proxies (AU-H4)', () => {
    expect(passed({ 'content-type': 'text/event-stream; charset=utf-8' })).toEqual({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
    })
  })

  test.each([401, 403])('of a %d end retries, unless the upstream says something else (AU-R3)', (status) => {
    expect(passed({}, status)).toEqual({ 'x-should-retry': 'false' })
    expect(passed({ 'x-should-retry': 'true' }, status)).toEqual({ 'x-should-retry': 'true' })
  })

  test('of a 429 get no wait that the upstream does not name (AU-R2)', () => {
    expect(passed({}, 429)).toEqual({})
  })
})
