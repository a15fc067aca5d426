import { expect, test } from 'bun:test'
import { type SimulatedModel, simulatedModels } from '../../src/simulator/models.ts'
import { createPromptCache } from '../../src/simulator/prompt-cache.ts'
import { parseScenario } from '../../src/simulator/scenario-file.ts'
import { validateRequest } from '../../src/simulator/validate-request.ts'
import type { ConverseRequest } from '../../src/wire/converse/request.ts'
import { request, startChain } from '../support/chain.ts'

const minute = 60_000
const model = 'claude-sonnet-4.6'

const point = (ttl?: '5m' | '1h') => ({ cachePoint: { type: 'default' as const, ...(ttl && { ttl }) } })
const text = (word: string, times = 10) => ({ text: Array.from({ length: times }, () => word).join(' ') })

/** A system prompt of 10 tokens and a message of 20, each with a cache point. Roles are tokens, too. */
const prompt = (inSystem?: '5m' | '1h', inMessages?: '5m' | '1h'): ConverseRequest => ({
  system: [text('rule'), point(inSystem)],
  messages: [{ role: 'user', content: [text('word', 20), point(inMessages)] }],
})

const start = (minimumTokens?: number) => {
  const clock = { time: 1_000_000 }
  const cache = createPromptCache({ now: () => clock.time, ...(minimumTokens !== undefined && { minimumTokens }) })
  const figures = (body: ConverseRequest, modelId = model, minimum?: number): readonly unknown[] => {
    const { inputTokens, cacheReadInputTokens, cacheWriteInputTokens, cacheDetails } = cache.meter(
      modelId,
      body,
      minimum,
    )
    return [inputTokens, cacheReadInputTokens, cacheWriteInputTokens, cacheDetails]
  }
  const after = (minutes: number): void => {
    clock.time += minutes * minute
  }
  return { figures, after, evict: cache.evict }
}

const [total = 0, inSystem = 0] = [
  start().figures(prompt())[2] as number,
  start().figures({ ...prompt(), messages: [] })[2] as number,
]
const whole = [0, total, 0, []]
const written = (ttl: '5m' | '1h') => [0, 0, total, [{ ttl, inputTokens: total }]]

test('a prefix of five minutes is there until five minutes have passed since its last use', () => {
  const { figures, after } = start()
  expect(figures(prompt())).toEqual(written('5m'))
  after(4.9)
  expect(figures(prompt())).toEqual(whole)
  after(4.9)
  expect(figures(prompt('5m', '5m'))).toEqual(whole)
  after(5)
  expect(figures(prompt())).toEqual(written('5m'))
})

test('a prefix of an hour is there until an hour has passed since its last use', () => {
  const { figures, after } = start()
  expect(figures(prompt('1h', '1h'))).toEqual(written('1h'))
  after(59)
  expect(figures(prompt('1h', '1h'))).toEqual(whole)
  after(60)
  expect(figures(prompt('1h', '1h'))).toEqual(written('1h'))
})

test('with mixed lifetimes, the prefix of an hour outlives the rest, and the details name both', () => {
  const { figures, after } = start()
  const both = [
    { ttl: '1h', inputTokens: inSystem },
    { ttl: '5m', inputTokens: total - inSystem },
  ]
  expect(figures(prompt('1h', '5m'))).toEqual([0, 0, total, both])
  after(30)
  expect(figures(prompt('1h', '5m'))).toEqual([0, inSystem, total - inSystem, both.slice(1)])
})

test('the use of a prefix keeps the shorter prefixes in it', () => {
  const { figures, after } = start()
  figures(prompt())
  after(4)
  figures({ ...prompt(), system: [text('rule')] })
  after(4)
  expect(figures({ ...prompt(), messages: [] })).toEqual([0, inSystem, 0, []])
})

test('a mark of another lifetime reads a prefix, and does not change how long it stays', () => {
  const { figures, after } = start()
  figures(prompt())
  expect(figures(prompt('1h', '1h'))).toEqual(whole)
  after(6)
  expect(figures(prompt('1h', '1h'))).toEqual(written('1h'))
})

test('each model has its own prefixes', () => {
  const { figures } = start()
  figures(prompt())
  expect(figures(prompt(), 'claude-haiku-4.5')).toEqual(written('5m'))
})

test('a clock that goes back expires nothing', () => {
  const { figures, after } = start()
  figures(prompt())
  after(-600)
  expect(figures(prompt())).toEqual(whole)
})

test('a prefix that is shorter than the minimum is not cached', () => {
  const { figures } = start()
  expect(figures(prompt(), model, total + 1)).toEqual([total, 0, 0, []])
  expect(figures(prompt('1h', '5m'), model, total)).toEqual(written('5m'))
  expect(figures({ ...prompt(), messages: [] }, model, total)).toEqual([inSystem, 0, 0, []])
  expect(start(0).figures(prompt(), model, total + 1)).toEqual(written('5m'))
})

test('an eviction forgets every prefix', () => {
  const { figures, evict } = start()
  figures(prompt())
  evict()
  expect(figures(prompt())).toEqual(written('5m'))
})

test('a model that takes only five minutes refuses a cache point of an hour', () => {
  const [sonnet] = simulatedModels as readonly [SimulatedModel]
  const body = prompt('5m', '1h')
  const refusal = (served: SimulatedModel) =>
    validateRequest({ ...prompt('1h', '1h'), messages: body.messages }, served)
  expect(refusal(sonnet)).toBeUndefined()
  expect(validateRequest(prompt('1h', '5m'), { ...sonnet, cacheLifetimes: ['5m'] })).toBe(
    "The model returned the following errors: system.0.cache_control.ephemeral.ttl: Input should be '5m'",
  )
  expect(validateRequest(prompt('5m', '5m'), { ...sonnet, cacheLifetimes: ['5m'] })).toBeUndefined()
})

test('a scenario empties the cache, and the server has an injected clock', async () => {
  const clock = { time: 0 }
  const { post } = startChain({
    scenario: parseScenario(
      JSON.stringify({
        rules: [
          { when: { text: 'evict' }, reply: { evictsCache: true, content: [{ text: 'Gone.' }] } },
          { reply: { content: [{ text: 'Here.' }] } },
        ],
      }),
    ) as never,
    simulator: { cache: { now: () => clock.time } },
  })
  const system = [{ type: 'text', text: 'rule '.repeat(2000), cache_control: { type: 'ephemeral' } }]
  const read = async (content: string): Promise<unknown> => {
    const response = await post(request({ system, messages: [{ role: 'user', content }] }))
    return ((await response.json()) as { usage: { cache_read_input_tokens: number } }).usage.cache_read_input_tokens
  }
  const cached = 2001
  expect([await read('one'), await read('two'), await read('evict'), await read('three')]).toEqual([
    0,
    cached,
    0,
    cached,
  ])
  clock.time += 5 * minute
  expect(await read('four')).toBe(0)
})
