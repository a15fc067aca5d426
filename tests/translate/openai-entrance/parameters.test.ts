import { describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { toParameters } from '../../../src/translate/openai-entrance/parameters.ts'
import { notedPaths, openAiContext, refusalOf } from '../../support/openai-context.ts'

const limits = ['max_completion_tokens', 'max_tokens']
const translated = (body: Record<string, unknown>, context = openAiContext()) => ({
  request: toParameters(body, limits, context),
  noted: notedPaths(context),
})
const only = (body: Record<string, unknown>, member: string): unknown =>
  (translated(body).request as Record<string, unknown>)[member]

describe('the token limit', () => {
  test.each([
    [{ max_completion_tokens: 100 }, 100, []],
    [{ max_tokens: 100 }, 100, []],
    [{ max_completion_tokens: 100, max_tokens: 100 }, 100, []],
    [{ max_completion_tokens: 100, max_tokens: 200 }, 100, ['max_tokens']],
    [{ max_completion_tokens: null, max_tokens: 200 }, 200, []],
    [{}, 32_000, []],
    [{ max_tokens: 100_000 }, 64_000, ['max_tokens']],
  ])('%j becomes %p (OE-C3, OE-R4)', (body, maximum, noted) => {
    expect(translated(body)).toEqual({ request: { max_tokens: maximum }, noted })
  })

  test('without a limit, the maximum of a small model counts (OE-C3)', () => {
    expect(translated({}, openAiContext({ maxOutputTokens: 8192 })).request.max_tokens).toBe(8192)
  })

  test('the configuration sets the default (OE-C3)', () => {
    expect(translated({}, openAiContext({ policy: { defaultMaxTokens: 500 } })).request.max_tokens).toBe(500)
  })

  test.each([0, -1, 1.5])('%p is refused (OE-C3)', (value) => {
    expect(refusalOf(() => translated({ max_tokens: value }))).toEqual({ code: 'invalid_value', param: 'max_tokens' })
  })
})

describe('sampling', () => {
  test.each([
    [0, 0, []],
    [1, 1, []],
    [1.5, 1, ['temperature']],
    [2, 1, ['temperature']],
  ])('a temperature of %p becomes %p (OE-C4)', (value, temperature, noted) => {
    expect(translated({ temperature: value })).toEqual({ request: { max_tokens: 32_000, temperature }, noted })
  })

  test.each([
    ['temperature', -0.1],
    ['temperature', 2.1],
    ['temperature', '1'],
    ['top_p', -0.1],
    ['top_p', 1.1],
    ['top_k', -1],
    ['top_k', 1.5],
  ])('%s %p is refused (OE-C4, OE-C5, OE-C22)', (name, value) => {
    expect(refusalOf(() => translated({ [name]: value })).param).toBe(name)
  })

  test.each([
    [1, undefined],
    [0.9, 0.9],
    [0, 0],
  ])('a top_p of %p becomes %p, without a note (OE-C5)', (value, topP) => {
    expect(only({ top_p: value }, 'top_p')).toBe(topP)
    expect(translated({ top_p: value }).noted).toEqual([])
  })

  test("Anthropic's own members pass (OE-C22)", () => {
    const body = { top_k: 5, cache_control: { type: 'ephemeral' }, anthropic_beta: 'a-2025-01-01, b-2025-01-01,' }
    expect<unknown>(translated(body).request).toEqual({
      max_tokens: 32_000,
      top_k: 5,
      cache_control: { type: 'ephemeral' },
      betas: ['a-2025-01-01', 'b-2025-01-01'],
    })
    expect(only({ anthropic_beta: ['a'] }, 'betas')).toEqual(['a'])
    expect(refusalOf(() => translated({ anthropic_beta: [1] })).param).toBe('anthropic_beta')
  })
})

describe('the user', () => {
  test.each([
    [{ user: 'u' }, 'u'],
    [{ safety_identifier: 's' }, 's'],
    [{ user: 'u', safety_identifier: 's' }, 's'],
    [{ user: 'u', safety_identifier: '' }, 'u'],
    [{ user: 'x'.repeat(256) }, 'x'.repeat(256)],
  ])('%j is the user id (OE-C17)', (body, id) => {
    expect(only(body, 'metadata')).toEqual({ user_id: id })
  })

  test('a longer name is sent as its hash (OE-C17)', () => {
    const long = 'x'.repeat(257)
    expect(only({ user: long }, 'metadata')).toEqual({
      user_id: createHash('sha256').update(long).digest('hex'),
    })
  })

  test('without a name there is no metadata (OE-C17, OE-C18)', () => {
    expect(only({ user: '', metadata: { a: 'b' } }, 'metadata')).toBeUndefined()
  })
})

describe('members of the service', () => {
  test.each([
    ['auto', []],
    ['default', []],
    [null, []],
    ['flex', ['service_tier']],
    ['priority', ['service_tier']],
  ])('service_tier %j (OE-C19)', (tier, noted) => {
    expect(translated({ service_tier: tier }).noted).toEqual(noted)
  })

  test('scores of moderation are noted (OE-C16)', () => {
    const moderation = { model: 'm', policy: { input: { mode: 'score' }, output: null } }
    expect(translated({ moderation }).noted).toEqual(['moderation'])
  })

  test.each(['input', 'output'])('moderation that blocks %s is refused (OE-C16)', (side) => {
    expect(refusalOf(() => translated({ moderation: { model: 'm', policy: { [side]: { mode: 'block' } } } }))).toEqual({
      code: 'unsupported_parameter',
      param: `moderation.policy.${side}.mode`,
    })
  })

  test('top_logprobs above 0 is refused (OE-C13, OE-R1)', () => {
    expect(translated({ top_logprobs: 0 }).noted).toEqual([])
    expect(refusalOf(() => translated({ top_logprobs: 2 }))).toEqual({
      code: 'unsupported_parameter',
      param: 'top_logprobs',
    })
  })
})
