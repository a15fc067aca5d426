import { expect, test } from 'bun:test'
import { clientTimeoutMs } from '../../../src/server/http/call.ts'
import { request, startChain } from '../../support/chain.ts'

/** The client's own time limit: after it nobody is there any more. */

test.each([
  ['600', 601_000],
  ['0.5', 1500],
  ['86400', 86_401_000],
  ['86401', undefined],
  ['0', undefined],
  ['-1', undefined],
  ['', undefined],
  ['Infinity', undefined],
  ['soon', undefined],
])('x-stainless-timeout: %p', (value, milliseconds) => {
  expect(clientTimeoutMs(new Headers({ 'x-stainless-timeout': value }))).toBe(milliseconds)
})

test('without the header nobody counts', () => {
  expect(clientTimeoutMs(new Headers())).toBeUndefined()
})

const headers = { 'x-stainless-timeout': '0.001' }

test('an answer that has not begun is given up, whole and streamed', async () => {
  const chain = startChain({ scenario: () => ({ content: [{ text: 'late' }], pace: { firstMs: 5000 } }) })
  const answers = await Promise.all([false, true].map((stream) => chain.post(request({ stream }), { headers })))
  expect(answers.map(({ status }) => status)).toEqual([499, 499])
  expect(chain.records.filter(({ event }) => event === 'request.cancelled').length).toBe(2)
})

test('a stream that has begun may take longer', async () => {
  const chain = startChain({
    scenario: () => ({ content: [{ text: 'slow and steady' }], pace: { frameMs: 150, deltaCharacters: 2 } }),
  })
  const response = await chain.post(request({ stream: true }), { headers })
  expect(await response.text()).toContain('event: message_stop')
})
