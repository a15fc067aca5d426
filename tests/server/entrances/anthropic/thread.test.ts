import { describe, expect, test } from 'bun:test'
import { request, startChain } from '../../../support/chain.ts'

const refusal = {
  type: 'error',
  error: {
    type: 'invalid_request_error',
    message: 'thread: message threads are not supported by this endpoint. Send the full conversation without `thread`.',
    details: { error_code: 'thread_unsupported_request', unsupported: ['thread'] },
  },
  request_id: expect.any(String),
}

const continueRequest = { type: 'continue', previous_message_id: 'msg_1' }

/** Only the new messages, as a thread sends them: without their thread they are another 400. */
const newMessages = [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'x' }] }]

describe('A2 1.1 thread: a message thread', () => {
  test.each([
    ['that begins', request({ thread: { type: 'create' } })],
    ['that goes on', request({ thread: continueRequest, messages: newMessages })],
    ['that goes on without a message', request({ thread: continueRequest, messages: [] })],
    ['that is streamed', request({ thread: continueRequest, stream: true })],
    ['of a kind to come', request({ thread: { type: 'fork' } })],
    ['that is not an object', request({ thread: 'thread_1' })],
    ['of a model that is not known', request({ thread: continueRequest, model: 'gpt-9' })],
    ['in addition to other errors', { thread: continueRequest, messages: 7, container: 'x' }],
  ])('%s is refused in a format that the SDK reads, before all other checks', async (_, body) => {
    const { post, simulator } = startChain()
    for (const path of ['/v1/messages', '/v1/messages/count_tokens', '/v1/messages?beta=true']) {
      const response = await post(body, { path })
      expect([response.status, await response.json()]).toEqual([400, refusal])
    }
    expect(simulator.journal).toEqual([])
  })

  test.each([[null], [false]])('that is %p is not a thread', async (thread) => {
    const { post } = startChain()
    expect((await post(request({ thread }))).status).toBe(200)
    expect((await post(request({ thread }), { path: '/v1/messages/count_tokens' })).status).toBe(200)
  })

  test('is the only error with details', async () => {
    const { post } = startChain()
    const { error } = (await (await post({})).json()) as { error: object }
    expect(error).toEqual({ type: 'invalid_request_error', message: 'model: Field required' })
  })
})
