import { describe, expect, test } from 'bun:test'
import { loadConfig } from '../../../src/config/load.ts'
import { addressOf, readOpenAiSettings } from '../../../src/upstreams/openai/settings.ts'

const read = (environment: Record<string, string>) =>
  readOpenAiSettings(
    loadConfig({ flags: {}, files: [], environment: { NEXUS_UPSTREAM: 'openai', ...environment } }).config,
  )

describe('the settings of an OpenAI-compatible server', () => {
  test('without an address, requests go to OpenAI (OU-R0)', () => {
    const { baseUrl, provider, names } = read({ OPENAI_API_KEY: 'sk-1' })
    expect([baseUrl, provider.id, names.big]).toEqual(['https://api.openai.com/v1', 'openai', undefined])
  })

  test('a provider gives its address and its models; the address alone gives its provider (OU-R0, OU-P3)', () => {
    const named = read({ NEXUS_PROVIDER: 'nebius' })
    expect([named.baseUrl, named.provider.id]).toEqual(['https://api.tokenfactory.nebius.com/v1', 'nebius'])
    expect(named.names).toMatchObject({
      big: 'zai-org/GLM-4.5',
      middle: 'zai-org/GLM-4.5',
      small: 'zai-org/GLM-4.5',
      vision: 'Qwen/Qwen2.5-VL-72B-Instruct',
    })
    expect(read({ OPENAI_BASE_URL: 'https://api.tokenfactory.nebius.com/v1' }).names).toEqual(named.names)
    const both = read({ NEXUS_PROVIDER: 'vllm', OPENAI_BASE_URL: 'http://127.0.0.1:8000/v1' })
    expect([both.provider.id, both.baseUrl]).toEqual(['vllm', 'http://127.0.0.1:8000/v1'])
  })

  test('a big model of the user wins over the models of the provider (OU-R1)', () => {
    const { names } = read({ NEXUS_PROVIDER: 'nebius', BIG_MODEL: 'own/B', SMALL_MODEL: 'own/S' })
    expect(names).toMatchObject({ big: 'own/B', middle: 'own/B', small: 'own/S' })
  })

  test('an unknown provider, and one without an address, are refused with a message', () => {
    expect(() => read({ NEXUS_PROVIDER: 'nebious' })).toThrow('Unknown provider nebious. Did you mean nebius?')
    expect(() => read({ NEXUS_PROVIDER: 'vllm' })).toThrow('The provider vllm has no fixed address. Set --openai-url.')
  })

  test('a server on this machine may need no key (OU-T3)', () => {
    expect(read({ OPENAI_BASE_URL: 'http://localhost:9999/v1' }).isKeyOptional).toBe(true)
    expect(read({ OPENAI_BASE_URL: 'https://llm.example/v1' }).isKeyOptional).toBe(false)
  })

  test('the lower limit of a model applies, and 0 means no limit (OU-R9)', () => {
    const { contextLimits } = read({
      BIG_MODEL: 'B',
      SMALL_MODEL: 'S',
      BIG_MODEL_CONTEXT_LIMIT: '64000',
      MIDDLE_MODEL_CONTEXT_LIMIT: '32000',
      SMALL_MODEL_CONTEXT_LIMIT: '0',
    })
    expect([...contextLimits]).toEqual([['B', 32_000]])
  })

  test('the configuration changes the dialect of the provider (OU-Q84, Q27, S11, S18)', () => {
    expect(read({}).dialectFor('gpt-5')).toEqual({})
    const changed = read({
      NEXUS_OPENAI_REASONING: 'qwen',
      NEXUS_OPENAI_PREFILL: 'continue',
      NEXUS_OPENAI_TEXT_TOOL_CALLS: '1',
      NEXUS_OPENAI_THINK_PREFILLED: '1',
    })
    expect(changed.dialectFor('x')).toEqual({
      reasoning: 'qwen',
      prefill: 'continue',
      textToolCalls: true,
      thinkPrefilled: true,
    })
    expect(changed.policy.prefill).toBe(true)
  })

  test('with a vision model, the other models get no images (OU-R3)', () => {
    const { dialectFor } = read({ BIG_MODEL: 'B', VISION_MODEL: 'V' })
    expect([dialectFor('B'), dialectFor('V')]).toEqual([{ images: false }, {}])
    const mapped = read({ BIG_MODEL: 'B', VISION_MODEL: 'V', MODEL_MAP: 'claude-x:M' })
    expect([mapped.dialectFor('M'), mapped.dialectFor('B')]).toEqual([{}, { images: false }])
  })

  test('an address in messages has no query', () => {
    expect(addressOf('https://a.example/v1?key=secret')).toBe('https://a.example/v1')
  })
})
