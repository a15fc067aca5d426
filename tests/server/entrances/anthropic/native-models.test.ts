import { describe, expect, test } from 'bun:test'
import { startNative } from '../../../support/anthropic.ts'

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

const startModels = (modelMap: ReadonlyMap<string, string> = new Map(), hasMore = false) =>
  startNative(
    ({ path }) => {
      const [, id] = /^\/v1\/models\/([^?]+)/.exec(path) ?? []
      const body =
        id === undefined ? page(['opus-4', 'haiku-4'], hasMore) : JSON.stringify(entry(decodeURIComponent(id)))
      return new Response(body, { headers: { 'content-type': 'application/json', 'request-id': 'req_theirs' } })
    },
    { anthropic: { modelMap } },
  )

const version = { 'anthropic-version': '2023-06-01' }

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

  test("has the members of OpenAI's protocol, too, for other clients (AU-P4)", async () => {
    const { url, received } = startModels()
    expect(await (await fetch(`${url}/v1/models`)).json()).toEqual({
      object: 'list',
      data: [openAi(entry('opus-4')), openAi(entry('haiku-4'))],
      has_more: false,
      first_id: 'opus-4',
      last_id: 'haiku-4',
    })
    expect(await (await fetch(`${url}/v1/models/opus-4`)).json()).toEqual(openAi(entry('opus-4')))
    expect(received[0]?.headers.get('anthropic-version')).toBe('2023-06-01')
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
    const failure = await fetch(`${failing.url}/v1/models/x`)
    expect([failure.status, await failure.text()]).toEqual([404, '{"type":"error" }'])
    const odd = startNative(() => new Response('<html>'))
    expect(await (await fetch(`${odd.url}/v1/models`)).text()).toBe('<html>')
  })
})
