import { describe, expect, test } from 'bun:test'
import { Elysia } from 'elysia'
import { GatewayError } from '../../../src/base/errors.ts'
import { createLogger } from '../../../src/base/logger.ts'
import { createRequestRecords } from '../../../src/gateway/running-requests.ts'
import { anthropicEntrance } from '../../../src/server/entrances/anthropic/entrance.ts'
import { createConnectionOf } from '../../../src/server/http/client-address.ts'
import type { Entrance, StreamWriter } from '../../../src/server/http/entrance.ts'
import { errorHandler } from '../../../src/server/http/errors.ts'
import { createScopeOf, requestScope } from '../../../src/server/http/request-scope.ts'
import { sseResponse } from '../../../src/server/http/sse.ts'
import type { EventBatch } from '../../../src/wire/anthropic/events.ts'

/** The parts that an entrance for another protocol can define. */

const other: Entrance = {
  name: 'other',
  wrongTokenMessage: 'wrong',
  unknownPath: () => new GatewayError('not_found_error', 'unknown'),
  errorResponse: ({ message, type }, requestId) => ({
    status: type === 'overloaded_error' ? 503 : 400,
    body: { error: { message, code: requestId } },
  }),
}

const appOf = () => {
  const log = createLogger('silent', () => {})
  const records = createRequestRecords({ observers: [], log, now: () => 0, date: () => 0 })
  const scopeOf = createScopeOf({
    newId: () => 'req_1',
    entranceOf: ({ url }) => (new URL(url).pathname.startsWith('/other/') ? other : anthropicEntrance),
    records,
    connectionOf: createConnectionOf({ trustedProxies: [], isTls: false, peerOf: () => undefined }),
  })
  return new Elysia()
    .use(requestScope(scopeOf))
    .use(errorHandler(log, scopeOf))
    .get('*', () => {
      throw new GatewayError('overloaded_error', 'busy', { retryAfterSeconds: 3 })
    })
}

describe('the path decides the format of an error', () => {
  const message = 'busy'
  test.each([
    ['/other/x', 503, { error: { message, code: 'req_1' } }],
    ['/x', 529, { type: 'error', error: { type: 'overloaded_error', message }, request_id: 'req_1' }],
  ])('%s', async (path, status, body) => {
    const response = await appOf().handle(new Request(`http://localhost${path}`))
    expect([response.status, response.headers.get('retry-after'), response.headers.get('request-id')]).toEqual([
      status,
      '3',
      'req_1',
    ])
    expect(await response.json()).toEqual(body)
  })
})

test('a stream has the format of its entrance, and sends nothing for an empty text', async () => {
  async function* batches(): AsyncGenerator<EventBatch> {
    yield [{ type: 'ping' }]
    yield [{ type: 'message_stop' }]
    throw new GatewayError('api_error', 'broken')
  }
  const writer: StreamWriter = {
    opening: () => ': \n\n',
    ping: () => ': \n\n',
    batch: ([event]) => (event?.type === 'message_stop' ? 'data: [DONE]\n\n' : ''),
    error: ({ message }) => `data: {"error":"${message}"}\n\n`,
  }
  const unheard = { onCancel: () => {}, onEnd: () => {}, onFailure: () => {}, onOver: () => {} }
  const response = sseResponse(Promise.resolve(batches()), { ...unheard, writer, pingMs: 1000 })
  expect(await response.text()).toBe(': \n\ndata: [DONE]\n\ndata: {"error":"broken"}\n\n')
})
