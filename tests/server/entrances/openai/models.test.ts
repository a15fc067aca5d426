import { describe, expect, test } from 'bun:test'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { defaultConfig, startChain } from '../../../support/chain.ts'

interface Listed {
  readonly object: string
  readonly data: readonly Record<string, unknown>[]
  readonly models?: readonly {
    readonly slug: string
    readonly supported_reasoning_levels: readonly { effort: string }[]
  }[]
}

const version = { 'anthropic-version': '2023-06-01' }
const ids = ['claude-sonnet-4-6', 'claude-opus-4-6', 'claude-haiku-4-5']
const spellings = ['/v1/models', '/models', '/openai/v1/models', '/openai/models']

const listOf = async (url: string, headers: Record<string, string> = {}): Promise<Listed> =>
  (await (await fetch(url, { headers })).json()) as Listed

describe('the list of models', () => {
  test.each(spellings)('%s has the members of both protocols, each model once (OE-M1, OE-T1)', async (path) => {
    const list = await listOf(startChain().url + path)
    expect(list).toMatchObject({ object: 'list', has_more: false, first_id: ids[0], last_id: ids[2] })
    expect(list.data.map(({ id }) => id)).toEqual(ids)
    expect(list.data[0]).toMatchObject({
      id: 'claude-sonnet-4-6',
      type: 'model',
      object: 'model',
      display_name: 'Claude Sonnet 4.6',
      created_at: '2026-02-17T00:00:00Z',
      created: Date.parse('2026-02-17T00:00:00Z') / 1000,
      owned_by: 'anthropic',
    })
    expect(list.models).toBeUndefined()
  })

  test('the official clients of both protocols read it (OE-M1)', async () => {
    const { url } = startChain()
    const openAi = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'dummy' })
    const anthropic = new Anthropic({ baseURL: url, apiKey: 'dummy' })
    expect((await Array.fromAsync(openAi.models.list())).map(({ id }) => id)).toEqual(ids)
    expect((await Array.fromAsync(anthropic.models.list({ limit: 1 }))).map(({ id }) => id)).toEqual(ids)
  })

  test("has Anthropic's pages where its query is there (OE-M1)", async () => {
    const { url } = startChain()
    for (const headers of [{}, version]) {
      const list = await listOf(`${url}/v1/models?limit=1&after_id=claude-sonnet-4-6`, headers)
      expect(list).toMatchObject({ has_more: true, data: [{ id: 'claude-opus-4-6' }] })
    }
    expect((await listOf(`${url}/v1/models?unknown=1`)).data.length).toBe(3)
  })

  test('without this API, has no members of OpenAI (OE-T1)', async () => {
    const openaiEntrance = { ...defaultConfig.openaiEntrance, enabled: false }
    const list = await listOf(`${startChain({ config: { openaiEntrance } }).url}/v1/models`)
    expect(list.data[0]).not.toHaveProperty('object')
    expect(list).not.toHaveProperty('object')
  })
})

describe("Codex's catalog is in the list that Codex requests", () => {
  test('each model has both spellings, and its own levels of effort (OE-M2, OE-M3)', async () => {
    const { data, models = [] } = await listOf(`${startChain().url}/v1/models?client_version=0.171.0`)
    expect(data.map(({ id }) => id)).toEqual(ids)
    expect(models.map(({ slug }) => slug)).toEqual([
      'claude-sonnet-4-6',
      'claude-sonnet-4.6',
      'claude-opus-4-6',
      'claude-opus-4.6',
      'claude-haiku-4-5',
      'claude-haiku-4.5',
    ])
    const effortsOf = (name: string) =>
      models.find(({ slug }) => slug === name)?.supported_reasoning_levels.map(({ effort }) => effort)
    expect(effortsOf('claude-opus-4.6')).toEqual(['low', 'medium', 'high', 'max'])
    // A budget of thinking.
    expect(effortsOf('claude-haiku-4.5')).toEqual(['low', 'medium', 'high'])
  })

  test('in front of an OpenAI-compatible server, it has the names that are configured there (OE-M2)', async () => {
    const openai = { ...defaultConfig.openai, models: { ...defaultConfig.openai.models, big: 'gpt-5' } }
    const { url } = startChain({ config: { upstream: 'openai', openai } })
    const { models = [], data } = await listOf(`${url}/v1/models?client_version=1`)
    expect(models.map(({ slug }) => slug)).toContain('gpt-5')
    expect(data.find(({ id }) => id === 'gpt-5')).toMatchObject({ object: 'model', owned_by: 'system' })
  })

  test('without a configured model, it has the names of the families that our commands use (OE-M2, OE-M3)', async () => {
    const { url } = startChain({ config: { upstream: 'openai' } })
    const { models = [] } = await listOf(`${url}/v1/models?client_version=1`)
    expect(models.map(({ slug }) => slug)).toEqual([
      'claude-opus-4-6',
      'claude-opus-4.6',
      'claude-sonnet-4-6',
      'claude-sonnet-4.6',
      'claude-haiku-4-5',
      'claude-haiku-4.5',
    ])
  })

  test('if several names lead to one model, each name is there once, and names of Claude in both spellings (OE-M2)', async () => {
    const models = { ...defaultConfig.openai.models, big: 'gpt-5', small: 'gpt-5' }
    const { url } = startChain({ config: { upstream: 'openai', openai: { ...defaultConfig.openai, models } } })
    const slugs = (await listOf(`${url}/v1/models?client_version=1`)).models?.map(({ slug }) => slug) ?? []
    // Codex drops a catalog with the same name twice.
    expect([...new Set(slugs)]).toEqual(slugs)
    expect(slugs).toEqual(
      expect.arrayContaining(['gpt-5', 'claude-sonnet-4-6', 'claude-sonnet-4.6', 'claude-haiku-4.5']),
    )
  })
})

describe('one model', () => {
  test.each([
    ['claude-opus-4-6', 'claude-opus-4-6'],
    ['claude-opus-4.6', 'claude-opus-4.6'],
    ['gpt-4o-mini', 'claude-haiku-4-5'],
    ['o3', 'claude-opus-4-6'],
    ['anthropic/claude-opus-4-6', 'claude-opus-4-6'],
    ['anthropic%2Fclaude-opus-4-6', 'claude-opus-4-6'],
  ])('%s is %s (OE-M4)', async (name, id) => {
    const { url } = startChain()
    for (const path of spellings) {
      const response = await fetch(`${url}${path}/${name}`)
      expect([response.status, await response.json()]).toMatchObject([200, { id, object: 'model', type: 'model' }])
    }
  })

  test.each(['mistral-large', 'text-embedding-3-small', '%', ''])("'%s' is a 404 (OE-M4, OE-E6)", async (name) => {
    const response = await fetch(`${startChain().url}/openai/v1/models/x${name}`)
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({
      error: { type: 'invalid_request_error', code: 'model_not_found', param: 'model' },
    })
  })

  test("for Anthropic's clients, only names of our own exist (OE-M4, OE-E14)", async () => {
    const { url } = startChain()
    expect((await fetch(`${url}/v1/models/gpt-4o`)).status).toBe(200)
    const response = await fetch(`${url}/v1/models/gpt-4o`, { headers: version })
    expect([response.status, await response.json()]).toMatchObject([404, { error: { type: 'not_found_error' } }])
  })

  test('another method is a 405 with the methods that exist (OE-M5)', async () => {
    const { url } = startChain()
    for (const path of ['/models', '/openai/v1/models/x', '/v1/models/x']) {
      const response = await fetch(url + path, { method: 'DELETE' })
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    }
    expect((await fetch(`${url}/models`, { method: 'HEAD' })).status).toBe(200)
  })
})
