import { describe, expect, test } from 'bun:test'
import { countRequest } from '../../../src/simulator/tokens.ts'
import { toConverseRequest } from '../../../src/translate/anthropic-to-converse/request.ts'
import type { CountTokensRequest, MessagesRequest } from '../../../src/wire/anthropic/request.ts'
import { startChain } from '../../support/chain.ts'
import { claudeCodeRequest } from '../../support/claude-code.ts'
import { readEvents } from '../../support/sse.ts'
import { counterOver, estimated, model, prompt, settle } from '../../support/token-counter.ts'

describe('1.9 calibration', () => {
  const usage = (tokens: number) => ({
    input_tokens: 1,
    cache_creation_input_tokens: tokens - 11,
    cache_read_input_tokens: 10,
  })

  test('1.9 waits until the process is idle, and then corrects the estimate', async () => {
    const { counter, count, deferred } = counterOver({ upstream: undefined })
    const request = claudeCodeRequest(1)
    const before = await count(request)
    counter.calibrate(request, model, usage(Math.round(before * 1.2)))
    expect(await count(request)).toBe(before)
    for (const work of deferred) work()
    expect(await count(request)).toBeGreaterThan(before * 1.05)
  })

  test('1.9 ignores responses without figures, and a request that cannot be estimated causes no failure', () => {
    const { counter, deferred, records } = counterOver()
    counter.calibrate(claudeCodeRequest(1), model, undefined)
    expect(deferred.length).toBe(0)
    counter.calibrate({ model, messages: [{ role: 'user', content: [null] }] } as never, model, usage(100))
    for (const work of deferred) work()
    expect(records).toEqual([
      expect.objectContaining({ event: 'tokens.learning_failed', fields: { error: 'TypeError' } }),
    ])
  })

  test('1.9 of a model that drops earlier thinking is left as it is by requests that are full of it', async () => {
    const { counter, count, deferred } = counterOver({ upstream: undefined })
    const plain = prompt('word '.repeat(15_000))
    const before = await count(plain)
    const thinking = { type: 'thinking', thinking: 'word '.repeat(5000), signature: 'c2ln' }
    const thoughtful = {
      ...plain,
      messages: [...prompt('word '.repeat(7000)).messages, { role: 'assistant', content: [thinking] }],
    } as CountTokensRequest
    for (let times = 0; times < 20; times += 1) counter.calibrate(thoughtful, model, usage(9100))
    for (const work of deferred) work()
    expect(await count(plain)).toBe(before)
  })

  test('1.9 by a request whose beginning was summed up is by what was sent of it', async () => {
    const { counter, count, deferred } = counterOver({ upstream: undefined })
    const long = prompt('word '.repeat(15_000))
    const before = await count(long)
    const compacted = {
      ...long,
      messages: [
        ...long.messages,
        { role: 'assistant', content: [{ type: 'compaction', content: 'word '.repeat(15_000) }] },
      ],
    } as CountTokensRequest
    for (let times = 0; times < 20; times += 1) counter.calibrate(compacted, model, usage(15_000 * 1.293))
    for (const work of deferred) work()
    expect(Math.abs((await count(long)) / before - 1)).toBeLessThan(0.01)
  })

  const truth = (request: MessagesRequest): number =>
    countRequest(toConverseRequest(request, { modelId: model, betas: [] }).body)

  test('1.9 makes every error at most 5 % after 20 requests of one conversation', async () => {
    const { post } = startChain()
    const whole = claudeCodeRequest(7, 26)
    const grown = (turns: number): MessagesRequest => ({ ...whole, messages: whole.messages.slice(0, 1 + 2 * turns) })
    const count = async (request: MessagesRequest): Promise<number> => {
      const answer = await post(request, { path: '/v1/messages/count_tokens' })
      return ((await answer.json()) as { input_tokens: number }).input_tokens
    }
    for (let turns = 1; turns <= 20; turns += 1) {
      const request = { ...grown(turns), stream: turns % 2 === 0 }
      const answer = await post(request)
      if (request.stream) await readEvents(answer)
      else await answer.json()
    }
    for (let turns = 21; turns <= 26; turns += 1) {
      const request = grown(turns)
      expect(Math.abs((await count(request)) / truth(request) - 1)).toBeLessThan(0.05)
    }
  })

  test('1.9 halves the error of requests that differ, and more', async () => {
    const { counter, count, deferred } = counterOver({ upstream: undefined })
    const held = Array.from({ length: 20 }, (_, index) => claudeCodeRequest(100 + index))
    const meanError = async (): Promise<number> => {
      const counts = await Promise.all(held.map((request) => count(request)))
      return counts.reduce((sum, tokens, index) => sum + Math.abs(tokens / truth(held[index]!) - 1), 0) / held.length
    }
    const before = await meanError()
    for (let seed = 0; seed < 20; seed += 1) {
      const request = claudeCodeRequest(seed)
      counter.calibrate(request, model, usage(truth(request)))
    }
    for (const work of deferred) work()
    expect(await meanError()).toBeLessThan(Math.min(before * 0.6, 0.05))
  })
})

const refusals = (records: ReturnType<typeof counterOver>['records']) =>
  records.filter(({ event }) => event === 'tokens.upstream_does_not_count').map(({ fields }) => fields)

describe('1.9 no operation', () => {
  test('1.9 no operation: gets one burst per model, and the log says so once', async () => {
    const { count, calls, records, done } = counterOver()
    const prompts = Array.from({ length: 25 }, (_, index) => prompt(`tool ${index}`))
    const counted = Promise.all(prompts.map((one) => count(one)))
    await settle()
    expect(calls.length).toBe(4)
    calls[0]?.fail('not_supported')
    expect(await counted).toEqual(await Promise.all(prompts.map(estimated)))
    await count(prompt('again'))
    expect(calls.length).toBe(4)
    expect(refusals(records)).toEqual([{ model, reason: undefined }])
    const other = count(prompt('Hello'), 'claude-haiku-4.5')
    await settle()
    calls[4]?.answer(12)
    expect(await done(other)).toBe(12)
  })

  test('1.9 no operation: gets no more requests', async () => {
    const { count, calls, pass } = counterOver()
    const counted = count(prompt('Hello'))
    await settle()
    calls[0]?.fail('not_supported')
    await counted
    await pass(24 * 60 * 60_000)
    await count(prompt('Hello'))
    expect(calls.length).toBe(1)
  })

  test('1.9 no operation: gets no requests for half a minute after a temporary failure', async () => {
    const { count, calls, clock } = counterOver()
    for (const type of ['rate_limit_error', 'api_error', 'overloaded_error', 'timeout_error'] as const) {
      calls.length = 0
      const failed = count(prompt('Hello'))
      await settle()
      calls[0]?.fail(type)
      expect(await failed).toBe(await estimated(prompt('Hello')))
      await count(prompt('Hello'))
      clock.ms += 29_999
      await count(prompt('Hello'))
      expect(calls.length).toBe(1)
      clock.ms += 1
    }
  })

  test('1.9 no operation: gets the next request after a failure that the request caused', async () => {
    const { count, calls, done } = counterOver()
    const failed = count(prompt('odd'))
    await settle()
    calls[0]?.fail('invalid_request_error')
    expect(await failed).toBe(await estimated(prompt('odd')))
    const next = count(prompt('even'))
    await settle()
    calls[1]?.answer(9)
    expect(await done(next)).toBe(9)
  })
})
