import { describe, expect, test } from 'bun:test'
import Anthropic from '@anthropic-ai/sdk'
import { Elysia } from 'elysia'
import type { ServedFamily } from '../../../../src/models/model.ts'
import { createModelResolver } from '../../../../src/models/resolver.ts'
import { modelsRoutes } from '../../../../src/server/entrances/anthropic/models.ts'
import { catalogOf, modelOf } from '../../../support/catalog.ts'
import { defaultConfig, startChain } from '../../../support/chain.ts'

/** The list of models, and single models, as the official client reads them. */

const listed = (family: ServedFamily, version: string, createdAt: string) =>
  modelOf(family, version, { createdAt, displayName: `The ${family}`, maxOutputTokens: 64_000 })
const catalog = catalogOf(
  listed('haiku', '3.5', '2024-10-22T00:00:00Z'),
  listed('opus', '4.5', '2025-11-24T00:00:00Z'),
  listed('sonnet', '4.5', '2025-09-29T00:00:00Z'),
  listed('sonnet', '4.6', '2026-02-17T00:00:00Z'),
)
const newestFirst = ['claude-sonnet-4-6', 'claude-opus-4-5', 'claude-sonnet-4-5', 'claude-haiku-3-5']

const app = new Elysia().use(modelsRoutes(createModelResolver(catalog, 'claude-sonnet-4.6'), { webSearch: false }))
const { models, beta } = new Anthropic({
  baseURL: 'http://models.test',
  apiKey: 'any',
  fetch: (input, init) => app.handle(new Request(String(input), init)),
})

/** The header of Anthropic's clients; without it, errors of these paths have OpenAI's form. */
const headers = { 'anthropic-version': '2023-06-01' }

interface Described {
  readonly id: string
  readonly capabilities: { readonly server_tools: object }
}

const idsOf = async (list: AsyncIterable<{ id: string }>): Promise<string[]> => {
  const ids: string[] = []
  for await (const { id } of list) ids.push(id)
  return ids
}

describe('A9 the list of models', () => {
  test('A9: has each model once, by the spelling of Claude Code, the newest first', async () => {
    expect(await idsOf(models.list())).toEqual(newestFirst)
    expect(await idsOf(beta.models.list())).toEqual(newestFirst)
  })

  test.each([1, 2, 3, 4, 20])('A9: comes in pages of %p, forwards and backwards', async (limit) => {
    expect(await idsOf(models.list({ limit }))).toEqual(newestFirst)
    const backwards: string[] = []
    for await (const page of (await models.list({ limit, before_id: 'claude-haiku-3-5' })).iterPages())
      backwards.unshift(...page.data.map(({ id }) => id))
    expect(backwards).toEqual(newestFirst.slice(0, -1))
  })

  test('A9: continues after any name of a model', async () => {
    const page = await models.list({ limit: 1, after_id: 'claude-opus-4.5' })
    expect({ ...page }).toMatchObject({
      data: [{ id: 'claude-sonnet-4-5' }],
      has_more: true,
      first_id: 'claude-sonnet-4-5',
      last_id: 'claude-sonnet-4-5',
    })
    expect(await idsOf(models.list({ after_id: 'haiku' }))).toEqual([])
    expect(await idsOf(models.list({ after_id: 'claude-sonnet-4-5', before_id: 'claude-opus-4-5' }))).toEqual([])
  })

  test('A9: can be filtered by lifecycle stage', async () => {
    expect(await idsOf(models.list({ lifecycle: ['active', 'deprecated'], limit: 2 }))).toEqual(newestFirst)
    expect(await idsOf(models.list({ lifecycle: ['retired'] }))).toEqual([])
  })

  test('A9: accepts unknown parameters, and a plain name for a list', async () => {
    const { url } = startChain()
    const page = await fetch(`${url}/v1/models?lifecycle=active&lifecycle=retired&limit=1&brand_new=1`)
    expect(await page.json()).toMatchObject({ data: [{ id: newestFirst[0] }], has_more: true })
  })

  test.each([
    ['?limit=0', 'limit: Input should be an integer from 1 to 1000'],
    ['?limit=x', 'limit: Input should be an integer from 1 to 1000'],
    ['?after_id=gpt-5', 'after_id: no such model'],
    ['?before_id=', 'before_id: no such model'],
    ['?lifecycle=gone', "lifecycle.0: Input should be 'active', 'deprecated' or 'retired'"],
    ['?after_id=sonnet&after_id=haiku', 'after_id: Input should be a valid string'],
    ['?lifecycle[]=active&lifecycle[]=gone', "lifecycle.1: Input should be 'active', 'deprecated' or 'retired'"],
  ])('A9: refuses %s', async (query, message) => {
    const response = await fetch(`${startChain().url}/v1/models${query}`, { headers })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ type: 'error', error: { type: 'invalid_request_error', message } })
  })
})

describe('A9 one model', () => {
  test.each([
    ['claude-sonnet-4.5', 'claude-sonnet-4.5'],
    ['claude-sonnet-4-5', 'claude-sonnet-4-5'],
    ['claude-sonnet-4-5-20250929', 'claude-sonnet-4-5'],
    ['us.anthropic.claude-opus-4-5-20251101-v1:0', 'claude-opus-4-5'],
    ['claude-opus-4-5[1m]', 'claude-opus-4-5'],
    ['haiku', 'claude-haiku-3-5'],
  ])('A9: %s is %s', async (name, id) => {
    expect((await models.retrieve(name)).id).toBe(id)
  })

  test('A9: is described by the table of capabilities', async () => {
    const yes = { supported: true }
    const no = { supported: false }
    expect(await beta.models.retrieve('claude-opus-4-5')).toMatchObject({
      type: 'model',
      id: 'claude-opus-4-5',
      display_name: 'The opus',
      created_at: '2025-11-24T00:00:00Z',
      line: 'opus',
      lifecycle: 'active',
      deprecated_at: null,
      retires_at: null,
      max_input_tokens: 200_000,
      max_tokens: 64_000,
      allowed_fallback_models: [],
      capabilities: {
        batch: no,
        citations: yes,
        code_execution: no,
        compaction: { ...no, summarize: no },
        context_management: {
          ...no,
          clear_thinking_20251015: no,
          clear_tool_uses_20250919: no,
          compact_20260112: no,
        },
        effort: { ...yes, low: yes, medium: yes, high: yes, xhigh: no, max: no },
        image_input: yes,
        pdf_input: yes,
        server_tools: { ...no, code_execution: no, web_search: no },
        structured_outputs: yes,
        thinking: { ...yes, types: { adaptive: no, between_tools: no, disabled: yes, enabled: yes } },
      },
    })
    const { capabilities } = await models.retrieve('claude-haiku-3-5')
    expect(capabilities).toMatchObject({
      effort: { ...no, low: no, max: no },
      structured_outputs: no,
      // Anthropic's value for models that cannot think.
      thinking: { ...no, types: { adaptive: no, between_tools: no, disabled: yes, enabled: no } },
    })
  })

  test.each([true, false])(
    'A9: has web search if the server searches: %p, with and without the OpenAI API (WS-1)',
    async (isOn) => {
      for (const enabled of [true, false]) {
        const { url } = startChain({
          config: {
            ...(isOn && { search: { ...defaultConfig.search, provider: 'searxng', url: 'http://127.0.0.1:9' } }),
            openaiEntrance: { ...defaultConfig.openaiEntrance, enabled },
          },
        })
        const read = async <T>(path: string): Promise<T> =>
          (await fetch(`${url}/v1/models${path}`, { headers })).json() as T
        const list = await read<{ data: Described[] }>('')
        const tools = { supported: isOn, code_execution: { supported: false }, web_search: { supported: isOn } }
        for (const { id, capabilities } of list.data) {
          const one = await read<Described>(`/${id}`)
          expect([capabilities.server_tools, one.capabilities.server_tools]).toEqual([tools, tools])
        }
      }
    },
  )

  test('A9: that is unknown is a 404 with its name', async () => {
    const missing = await fetch(`${startChain().url}/v1/models/gpt-5`, { headers })
    expect(missing.status).toBe(404)
    expect(await missing.json()).toMatchObject({ error: { type: 'not_found_error', message: 'model: gpt-5' } })
  })
})
