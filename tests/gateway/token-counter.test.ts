import { describe, expect, test } from 'bun:test'
import { GatewayError } from '../../src/base/errors.ts'
import { createLogger, type LogRecord } from '../../src/base/logger.ts'
import { createTokenCounter, type TokenCounterOptions } from '../../src/gateway/token-counter.ts'
import { countRequest } from '../../src/simulator/tokens.ts'
import { toConverseRequest } from '../../src/translate/anthropic-to-converse/request.ts'
import type { CountTokensRequest, MessagesRequest } from '../../src/wire/anthropic/request.ts'
import { startChain } from '../support/chain.ts'
import { claudeCodeRequest } from '../support/claude-code.ts'
import { readEvents } from '../support/sse.ts'
import { tool } from '../support/translate.ts'

const model = 'claude-sonnet-4.6'

/** What was asked of the upstream, to be answered by the test. */
interface Asked {
  readonly words: string
  readonly modelId: string
  readonly signal: AbortSignal
  answer(tokens: number): void
  fail(type: ConstructorParameters<typeof GatewayError>[0]): void
}

const prompt = (words: string, more: object = {}): CountTokensRequest =>
  ({ model, messages: [{ role: 'user', content: words }], ...more }) as CountTokensRequest

const counterOver = (more: Partial<TokenCounterOptions> = {}) => {
  const asked: Asked[] = []
  const records: LogRecord[] = []
  const deferred: (() => void)[] = []
  const clock = { ms: 0 }
  const counter = createTokenCounter({
    upstream: {
      countTokens: (request, { modelId, signal }) =>
        new Promise((answer, reject) => {
          const fail: Asked['fail'] = (type) => reject(new GatewayError(type, 'no'))
          signal.addEventListener('abort', () => fail('api_error'))
          asked.push({ words: request.messages[0]?.content as string, modelId, signal, answer, fail })
        }),
    },
    log: createLogger('debug', (record) => records.push(record)),
    now: () => clock.ms,
    defer: (work) => deferred.push(work),
    ...more,
  })
  const client = new AbortController()
  const count = (request: CountTokensRequest, modelId = model): Promise<number> =>
    counter.count(request, { requestId: 'req_1', modelId, betas: [], signal: client.signal })
  return { counter, count, asked, records, deferred, clock, client }
}

const estimated = (request: CountTokensRequest): Promise<number> => counterOver({ upstream: undefined }).count(request)

/** Lets everything that is ready happen. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
}

/** A counter whose upstream has already shown that it counts. */
const proven = async (more: Partial<TokenCounterOptions> = {}) => {
  const over = counterOver(more)
  const first = over.count(prompt('first'))
  await settle()
  over.asked[0]?.answer(1)
  await first
  over.asked.length = 0
  return over
}

describe('1.9 own count', () => {
  test('1.9 is the answer where it has one', async () => {
    const { count, asked } = counterOver()
    const counted = count(prompt('Hello'))
    await settle()
    asked[0]?.answer(4711)
    expect(await counted).toBe(4711)
  })

  test('1.9 of a model is asked for alone at first, then four at once', async () => {
    const { count, asked } = counterOver()
    const counted = Promise.all(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((words) => count(prompt(words))))
    await settle()
    expect(asked.map(({ words }) => words)).toEqual(['a'])
    asked[0]?.answer(10)
    await settle()
    expect(asked.map(({ words }) => words)).toEqual(['a', 'b', 'c', 'd', 'e'])
    for (const [index, ask] of asked.entries()) ask.answer(10 + index)
    await settle()
    expect(asked.length).toBe(7)
    for (const [index, ask] of asked.entries()) ask.answer(10 + index)
    expect(await counted).toEqual([10, 11, 12, 13, 14, 15, 16])
  })

  test('1.9 of the same prompt is asked for once, at the same time and later', async () => {
    const { count, asked } = await proven()
    const counted = Promise.all([count(prompt('same')), count(prompt('same')), count(prompt('other'))])
    await settle()
    expect(asked.map(({ words }) => words)).toEqual(['same', 'other'])
    for (const ask of asked) ask.answer(20)
    expect(await counted).toEqual([20, 20, 20])
    expect(await count(prompt('same'))).toBe(20)
    expect(asked.length).toBe(2)
  })

  test('1.9 of a prompt is remembered for 500 prompts', async () => {
    const upstream = {
      asked: 0,
      countTokens: async () => {
        upstream.asked += 1
        return 5
      },
    }
    const { count } = counterOver({ upstream })
    for (let index = 0; index <= 500; index += 1) await count(prompt(`prompt ${index}`))
    await count(prompt('prompt 500'))
    expect(upstream.asked).toBe(501)
    await count(prompt('prompt 0'))
    expect(upstream.asked).toBe(502)
  })
})

describe('1.9 own count: a burst', () => {
  test('1.9 is counted by one of the two: where one count fails, all are estimates', async () => {
    const { count, asked } = await proven()
    const prompts = [prompt('foo'), prompt('foo', { tools: [tool('Bash')] }), prompt('foo', { tools: [tool('Edit')] })]
    const counted = Promise.all(prompts.map((one) => count(one)))
    await settle()
    asked[0]?.answer(8)
    asked[1]?.answer(700)
    await settle()
    asked[2]?.fail('rate_limit_error')
    expect(await counted).toEqual(await Promise.all(prompts.map(estimated)))
  })

  test('1.9 has two seconds in all: then all are estimates, and the calls end', async () => {
    const { count, asked } = await proven({ limitMs: 50 })
    const prompts = Array.from({ length: 9 }, (_, index) => prompt(`slow ${index}`))
    const counted = Promise.all(prompts.map((one) => count(one)))
    await settle()
    asked[0]?.answer(1000)
    expect(await counted).toEqual(await Promise.all(prompts.map(estimated)))
    expect(asked.slice(1).every(({ signal }) => signal.aborted)).toBe(true)
    // Four, and the one that took the first one's place: the others were not asked for any more.
    expect(asked.length).toBe(5)
  })

  test('1.9 that comes late has its own time', async () => {
    const { count, asked, clock } = await proven()
    const early = count(prompt('early'))
    await settle()
    clock.ms += 1500
    const late = count(prompt('late'))
    await settle()
    asked[0]?.fail('invalid_request_error')
    asked[1]?.answer(77)
    expect(await early).toBe(await estimated(prompt('early')))
    expect(await late).toBe(77)
  })
})

describe('1.9 no operation', () => {
  test('1.9 is asked once about each model, and the log says so once', async () => {
    const { count, asked, records } = counterOver()
    const counted = Promise.all(Array.from({ length: 25 }, (_, index) => count(prompt(`tool ${index}`))))
    await settle()
    expect(asked.length).toBe(1)
    asked[0]?.fail('not_supported')
    expect(await counted).toEqual(
      await Promise.all(Array.from({ length: 25 }, (_, index) => estimated(prompt(`tool ${index}`)))),
    )
    await count(prompt('again'))
    expect(asked.length).toBe(1)
    expect(
      records.filter(({ event }) => event === 'tokens.upstream_does_not_count').map(({ fields }) => fields),
    ).toEqual([{ model, reason: undefined }])
    const other = count(prompt('Hello'), 'claude-haiku-4.5')
    await settle()
    asked[1]?.answer(12)
    expect(await other).toBe(12)
  })

  test('1.9 is left alone for half a minute after a failure that may pass', async () => {
    const { count, asked, clock } = await proven()
    for (const type of ['rate_limit_error', 'api_error', 'overloaded_error', 'timeout_error'] as const) {
      asked.length = 0
      const failed = count(prompt('Hello'))
      await settle()
      asked[0]?.fail(type)
      expect(await failed).toBe(await estimated(prompt('Hello')))
      await count(prompt('Hello'))
      clock.ms += 29_999
      await count(prompt('Hello'))
      expect(asked.length).toBe(1)
      clock.ms += 1
    }
  })

  test("1.9 because of the request's own fault is asked for the next one", async () => {
    const { count, asked } = await proven()
    const failed = count(prompt('odd'))
    await settle()
    asked[0]?.fail('invalid_request_error')
    expect(await failed).toBe(await estimated(prompt('odd')))
    const next = count(prompt('even'))
    await settle()
    asked[1]?.answer(9)
    expect(await next).toBe(9)
  })

  test('1.9 count tools is not believed, and not asked again', async () => {
    const { count, asked, records } = await proven()
    const withTool = prompt('foo', { tools: [tool('Bash')] })
    const counted = count(withTool)
    await settle()
    asked[0]?.answer(8)
    expect(await counted).toBe(await estimated(withTool))
    await count(prompt('bar'))
    expect(asked.length).toBe(1)
    expect(records.at(-1)).toMatchObject({ level: 'debug', event: 'tokens.estimated' })
    expect(records.find(({ event }) => event === 'tokens.upstream_does_not_count')?.fields).toEqual({
      model,
      reason: 'The count leaves out the tools.',
    })
  })

  test('1.9 hears nothing more of clients that have left', async () => {
    const { count, asked, client } = await proven()
    const counted = Promise.all(Array.from({ length: 9 }, (_, index) => count(prompt(`left ${index}`))))
    await settle()
    client.abort()
    for (const ask of asked) ask.answer(3)
    await counted
    expect(asked.length).toBe(4)
  })
})

describe('1.9 calibration', () => {
  const usage = (tokens: number) => ({
    input_tokens: 1,
    cache_creation_input_tokens: tokens - 11,
    cache_read_input_tokens: 10,
  })

  test('1.9 waits for its time, and then moves the estimate', async () => {
    const { counter, count, deferred } = counterOver({ upstream: undefined })
    const request = claudeCodeRequest(1)
    const before = await count(request)
    counter.learn(request, model, usage(Math.round(before * 1.2)))
    expect(await count(request)).toBe(before)
    for (const work of deferred) work()
    expect(await count(request)).toBeGreaterThan(before * 1.05)
  })

  test('1.9 is for nothing without figures, and a request that cannot be estimated fails nobody', () => {
    const { counter, deferred, records } = counterOver()
    counter.learn(claudeCodeRequest(1), model, undefined)
    expect(deferred.length).toBe(0)
    counter.learn({ model, messages: [{ role: 'user', content: [null] }] } as never, model, usage(100))
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
    for (let times = 0; times < 20; times += 1) counter.learn(thoughtful, model, usage(9100))
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
    for (let times = 0; times < 20; times += 1) counter.learn(compacted, model, usage(15_000 * 1.293))
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
      counter.learn(request, model, usage(truth(request)))
    }
    for (const work of deferred) work()
    expect(await meanError()).toBeLessThan(Math.min(before * 0.6, 0.05))
  })
})
