import { describe, expect, test } from 'bun:test'
import { startNative } from '../../../support/anthropic.ts'
import { defaultConfig } from '../../../support/chain.ts'

const version = { 'anthropic-version': '2023-06-01' }

const entry = (id: string) => ({
  type: 'model',
  id,
  display_name: id.toUpperCase(),
  created_at: '2026-02-04T00:00:00Z',
})
const created = Date.parse('2026-02-04T00:00:00Z') / 1000
const openAi = (model: object) => ({ ...model, object: 'model', created, owned_by: 'anthropic' })

/** With a spacing that no serialiser has. */
const page = (ids: readonly string[], hasMore = false): string =>
  `{ "data": ${JSON.stringify(ids.map(entry))},"has_more":${hasMore},"first_id":"${ids[0]}","last_id":"${ids.at(-1)}"}`

const startModels = (
  modelMap: ReadonlyMap<string, string> = new Map(),
  hasMore = false,
  openaiEntrance: Partial<typeof defaultConfig.openaiEntrance> = {},
) =>
  startNative(
    ({ path }) => {
      const [, id] = /^\/v1\/models\/([^?]+)/.exec(path) ?? []
      const body =
        id === undefined ? page(['opus-4', 'haiku-4'], hasMore) : JSON.stringify(entry(decodeURIComponent(id)))
      return new Response(body, { headers: { 'content-type': 'application/json', 'request-id': 'req_theirs' } })
    },
    { anthropic: { modelMap }, openaiEntrance: { ...defaultConfig.openaiEntrance, ...openaiEntrance } },
  )

describe('the list of models', () => {
  test("is the upstream's, byte for byte, for Anthropic's clients (AU-P4)", async () => {
    const { url, received } = startModels()
    const response = await fetch(`${url}/v1/models?limit=5&after_id=x`, { headers: version })
    expect([await response.text(), response.headers.get('request-id')]).toEqual([
      page(['opus-4', 'haiku-4']),
      'req_theirs',
    ])
    expect(await (await fetch(`${url}/v1/models/opus-4`, { headers: version })).text()).toBe(
      JSON.stringify(entry('opus-4')),
    )
    expect(received.map(({ path }) => path)).toEqual(['/v1/models?limit=5&after_id=x', '/v1/models/opus-4'])
  })

  test.each([
    ['/v1/models', {}],
    ['/models', {}],
    ['/openai/models', {}],
    ['/openai/v1/models', version],
  ])("at %s has the members of OpenAI's protocol, too, for other clients (AU-P4, OE-M1)", async (path, headers) => {
    const { url, received } = startModels()
    expect(await (await fetch(url + path, { headers })).json()).toEqual({
      object: 'list',
      data: [openAi(entry('opus-4')), openAi(entry('haiku-4'))],
      has_more: false,
      first_id: 'opus-4',
      last_id: 'haiku-4',
    })
    expect(await (await fetch(`${url}${path}/opus-4`, { headers })).json()).toEqual(openAi(entry('opus-4')))
    expect(received.map((request) => request.path)).toEqual(['/v1/models?limit=1000', '/v1/models/opus-4'])
    expect(received[0]?.headers.get('anthropic-version')).toBe('2023-06-01')
  })

  test("without OpenAI's API is as before it existed (AU-P4, OE-T1)", async () => {
    const { url, received } = startModels(new Map(), false, { enabled: false })
    expect((await fetch(`${url}/models`)).status).toBe(404)
    expect((await fetch(`${url}/v1/models?x=1`)).status).toBe(200)
    expect(received.map(({ path }) => path)).toEqual(['/v1/models?x=1'])
  })

  test("has Anthropic's pages where an OpenAI client wants them (OE-M1)", async () => {
    const { url, received } = startModels()
    await fetch(`${url}/v1/models?limit=5&client_version=1`)
    expect(received.map(({ path }) => path)).toEqual(['/v1/models?limit=5'])
  })

  test("has Codex's catalog, without the models of the API's own form (OE-M2)", async () => {
    const { url } = startModels(new Map([['team-model', 'opus-4']]))
    const { models } = (await (await fetch(`${url}/v1/models?client_version=0.171.0`)).json()) as {
      models: { slug: string; display_name: string }[]
    }
    expect(models.map(({ slug, display_name }) => [slug, display_name])).toEqual([
      ['opus-4', 'OPUS-4'],
      ['haiku-4', 'HAIKU-4'],
      ['team-model', 'OPUS-4'],
    ])
  })

  test("finds a model by OpenAI's name and by a dotted one, for OpenAI's clients alone (OE-M4)", async () => {
    const { url, received } = startModels()
    for (const name of ['gpt-4o-mini', 'claude-opus-4.6']) await fetch(`${url}/models/${name}`)
    await fetch(`${url}/v1/models/gpt-4o-mini`, { headers: version })
    expect(received.map(({ path }) => path)).toEqual([
      '/v1/models/claude-haiku-4-5',
      '/v1/models/claude-opus-4-6',
      '/v1/models/gpt-4o-mini',
    ])
  })

  test("finds a model by a name with a provider's, for OpenAI's clients alone (OE-M4)", async () => {
    const { url, received } = startModels()
    for (const name of ['anthropic%2Fclaude-opus-4.6', 'anthropic/claude-opus-4.6', 'openai%2Fgpt-4o-mini'])
      expect((await fetch(`${url}/v1/models/${name}`)).status).toBe(200)
    expect(received.map(({ path }) => path)).toEqual([
      '/v1/models/claude-opus-4-6',
      '/v1/models/claude-opus-4-6',
      '/v1/models/claude-haiku-4-5',
    ])
    const unknown = await fetch(`${url}/v1/models/other%2Fname`)
    expect([unknown.status, await unknown.json()]).toMatchObject([404, { error: { code: 'model_not_found' } }])
    expect((await fetch(`${url}/v1/models/anthropic%2Fx`, { headers: version })).status).toBe(404)
    expect(received.length).toBe(3)
  })

  test('has a 405 for another method on the paths that Anthropic does not have (OE-M5)', async () => {
    const { url, received } = startModels()
    for (const path of ['/models', '/openai/v1/models/x']) {
      const response = await fetch(url + path, { method: 'POST' })
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
      expect((await fetch(url + path, { method: 'HEAD' })).status).toBe(200)
    }
    expect(received.length).toBe(2)
  })

  test("has OpenAI's errors for OpenAI's clients (OE-E14, OE-E6)", async () => {
    const failing = startNative(() =>
      Response.json({ type: 'error', error: { type: 'not_found_error', message: 'model: x' } }, { status: 404 }),
    )
    const response = await fetch(`${failing.url}/v1/models/x`)
    expect([response.status, await response.json()]).toEqual([
      404,
      {
        error: {
          message: expect.stringContaining("The model 'x' does not exist."),
          type: 'invalid_request_error',
          param: 'model',
          code: 'model_not_found',
        },
      },
    ])
    const silent = startNative(() => new Response(null, { status: 401 }))
    expect(await (await fetch(`${silent.url}/models`)).json()).toMatchObject({
      error: { type: 'authentication_error', code: 'upstream_authentication' },
    })
  })

  test('never forwards the key of an OpenAI client (OE-T2, AU-K5)', async () => {
    const { url, received } = startModels()
    for (const path of ['/v1/models', '/models', '/v1/models/x'])
      await fetch(url + path, { headers: { authorization: 'Bearer sk-ant-api-client' } })
    for (const { headers } of received) {
      expect([headers.get('authorization'), headers.get('x-api-key')]).toEqual([null, 'sk-ant-api-configured'])
    }
  })

  test('ends with an entry for each alias of the model map (AU-P4)', async () => {
    const modelMap = new Map([
      ['best', 'opus-4'],
      ['hidden', 'not-listed'],
    ])
    const { url } = startModels(modelMap)
    expect(await (await fetch(`${url}/v1/models`, { headers: version })).json()).toEqual({
      data: [
        entry('opus-4'),
        entry('haiku-4'),
        { ...entry('opus-4'), id: 'best' },
        { type: 'model', id: 'hidden', display_name: 'not-listed', created_at: '1970-01-01T00:00:00Z' },
      ],
      has_more: false,
      first_id: 'opus-4',
      last_id: 'haiku-4',
    })
    const earlier = startModels(modelMap, true)
    const { data } = (await (await fetch(`${earlier.url}/v1/models`, { headers: version })).json()) as {
      data: unknown[]
    }
    expect(data).toEqual([entry('opus-4'), entry('haiku-4')])
  })

  test('finds an alias by its name (AU-P4)', async () => {
    const { url, received } = startModels(new Map([['my best', 'opus/4']]))
    const answer = await fetch(`${url}/v1/models/my%20best?x=1`, { headers: version })
    expect(await answer.json()).toEqual({ ...entry('opus/4'), id: 'my best' })
    expect(received.map(({ path }) => path)).toEqual(['/v1/models/opus%2F4?x=1'])
  })

  test('passes failures, and what is not JSON, unchanged (AU-P4, AU-R5)', async () => {
    const failing = startNative(() => new Response('{"type":"error" }', { status: 404 }))
    const failure = await fetch(`${failing.url}/v1/models/x`, { headers: version })
    expect([failure.status, await failure.text()]).toEqual([404, '{"type":"error" }'])
    const odd = startNative(() => new Response('<html>'))
    expect(await (await fetch(`${odd.url}/v1/models`)).text()).toBe('<html>')
  })
})
