import { describe, expect, test } from 'bun:test'
import { toCacheControl } from '../../../src/translate/openai-entrance/cache-control.ts'
import { refusalOf } from '../../support/openai-context.ts'

describe('cache markers of clients', () => {
  test("Anthropic's marker is taken as it is (OE-C70)", () => {
    expect(toCacheControl({ cache_control: { type: 'ephemeral' } }, [])).toEqual({ type: 'ephemeral' })
    expect(toCacheControl({ cache_control: { type: 'ephemeral', ttl: '1h' } }, [])).toEqual({
      type: 'ephemeral',
      ttl: '1h',
    })
  })

  test.each([
    [{ mode: 'explicit' }, { type: 'ephemeral' }],
    [{ mode: 'explicit', ttl: '30m' }, { type: 'ephemeral' }],
    [
      { mode: 'explicit', ttl: '12h' },
      { type: 'ephemeral', ttl: '1h' },
    ],
  ])("OpenAI's breakpoint %j becomes a marker (OE-C20, OE-C70)", (breakpoint, marker) => {
    expect<unknown>(toCacheControl({ prompt_cache_breakpoint: breakpoint }, [])).toEqual(marker)
  })

  test('a part without a marker has none (OE-C70)', () => {
    expect(toCacheControl({ cache_control: null, text: 'hi' }, [])).toBeUndefined()
  })

  test.each([
    ['on', 'messages[0].cache_control'],
    [{ type: 'persistent' }, 'messages[0].cache_control.type'],
    [{ type: 'ephemeral', ttl: '2h' }, 'messages[0].cache_control.ttl'],
  ])('%j is refused with its path (OE-C70)', (marker, param) => {
    expect(refusalOf(() => toCacheControl({ cache_control: marker }, ['messages', 0]))).toEqual({
      code: 'invalid_value',
      param,
    })
  })
})
