import { describe, expect, test } from 'bun:test'
import { toRouteSchema } from '../../../src/server/http/route-schema.ts'
import { MessagesRequest } from '../../../src/wire/anthropic/request.ts'
import { request, startChain } from '../../support/chain.ts'

const canary = 'CANARY'
const prompt = { role: 'user', content: [{ type: 'text', text: canary }] }

describe('the schema of a route', () => {
  const { validate } = toRouteSchema(MessagesRequest)['~standard']

  test('returns the same object, with unknown members', () => {
    const body = request({ messages: [prompt], brand_new: { deep: [1] } })
    expect(validate(body).value as unknown).toBe(body)
  })

  test('throws one error that names the path of the first issue', () => {
    const body = request({ messages: [prompt, { role: 'user', content: [{ type: 'text' }] }], stream: 1 })
    expect(() => validate(body)).toThrow('messages.1.content.0.text: Field required')
  })

  test.each(['/v1/messages', '/v1/messages/count_tokens'])(
    '%s refuses a body without quoting the prompt',
    async (path) => {
      const { post, records } = startChain()
      const response = await post(request({ messages: [prompt], tools: canary, brand_new: canary }), { path })
      const text = await response.text()
      expect([response.status, JSON.parse(text)]).toEqual([
        400,
        {
          type: 'error',
          error: { type: 'invalid_request_error', message: 'tools: Input should be a valid list' },
          request_id: expect.any(String),
        },
      ])
      expect(text + JSON.stringify(records)).not.toContain(canary)
    },
  )

  test('/v1/models refuses a query without quoting it', async () => {
    const { url, records } = startChain()
    const text = await (await fetch(`${url}/v1/models?limit=${canary}&limit=${canary}`)).text()
    expect(text).toContain('"limit: Input should be a valid string"')
    expect(text + JSON.stringify(records)).not.toContain(canary)
  })
})
