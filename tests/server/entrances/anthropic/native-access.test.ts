import { describe, expect, test } from 'bun:test'
import { gzipSync } from 'bun'
import { tokenHashOf } from '../../../../src/gateway/policy/access.ts'
import { recordingServer } from '../../../support/anthropic.ts'
import { defaultConfig, startChain } from '../../../support/chain.ts'
import { clientEntry, tokenOf } from '../../../support/named-clients.ts'

const entryOf = (id: string) => ({ type: 'model', id, display_name: id, created_at: '2026-02-04T00:00:00Z' })
const ids = ['claude-opus-4-6', 'claude-haiku-4-5', 'claude-sonnet-4-6']

/** A server that plays Anthropic, and the product in front of it with two clients: only alice has a list of models. */
const start = () => {
  const upstream = recordingServer(({ path }) => {
    const [, id] = /^\/v1\/models\/([^?]+)/.exec(path) ?? []
    if (id !== undefined) return Response.json(entryOf(id))
    if (path.startsWith('/v1/models')) return Response.json({ data: ids.map(entryOf), has_more: false })
    return Response.json({ type: 'message', input_tokens: 1 })
  })
  const modelMap = new Map([
    ['cheap', 'claude-haiku-4-5'],
    ['best', 'claude-opus-4-6'],
  ])
  const { url } = startChain({
    endpointUrl: upstream.url,
    config: { upstream: 'anthropic', anthropic: { ...defaultConfig.anthropic, modelMap } },
    clients: [clientEntry('alice', { models: ['haiku', 'claude-sonnet-4-6'] }), clientEntry('bob')],
  })
  const send = async (path: string, body: string | Uint8Array, more: Record<string, string> = {}, name = 'alice') => {
    const headers = { 'content-type': 'application/json', 'x-api-key': tokenOf(name), ...more }
    const response = await fetch(url + path, { method: 'POST', headers, body })
    return { status: response.status, text: await response.text() }
  }
  const get = async (path: string, more: Record<string, string> = {}, name = 'alice') =>
    fetch(url + path, { headers: { 'x-api-key': tokenOf(name), ...more } })
  return { send, get, received: upstream.received }
}

const bodyOf = (members: object): string => JSON.stringify({ max_tokens: 1, messages: [], ...members })
const allowed = "Client 'alice' may use: haiku, claude-sonnet-4-6."

describe('forwarded requests of a client that may use some models', () => {
  test.each(['/v1/messages', '/v1/messages/count_tokens'])('at %s name one of them (OP-A6)', async (path) => {
    const { send, received } = start()
    for (const model of ['claude-haiku-4-5', 'claude-haiku-4-5-20251001', 'claude-sonnet-4-6', 'cheap'])
      expect((await send(path, bodyOf({ model }))).status).toBe(200)
    expect(received.length).toBe(4)
    for (const model of ['claude-opus-4-6', 'best', 'claude-sonnet-4-5', 'any']) {
      const { status, text } = await send(path, bodyOf({ model }))
      expect([status, JSON.parse(text).error]).toEqual([
        403,
        { type: 'permission_error', message: `model: ${model} is not allowed. ${allowed}` },
      ])
    }
    expect(received.length).toBe(4)
  })

  test('go out byte for byte (OP-A6, AU-N1)', async () => {
    const { send, received } = start()
    const body = '{ "model" : "claude-haiku-4-5",\n"x":12345678901234567890 }'
    await send('/v1/messages', body)
    expect(Buffer.from(received[0]?.body ?? []).toString()).toBe(body)
  })

  test.each([
    ['{"model":"claude-haiku-4-5","model":"claude-opus-4-6"}', 403],
    ['{"mod\\u0065l":"claude-opus-4-6"}', 403],
    ['{"model":"claude-haiku-4-5","tools":[{"type":"advisor_20260301","model":"claude-opus-4-6"}]}', 403],
    ['{"model":"claude-haiku-4-5","tools":[{"type":"advisor_20260301","model":"claude-sonnet-4-6"}]}', 200],
    ['{"model":"claude-haiku-4-5","fallbacks":[{"model":"claude-sonnet-4-6"},{"model":"claude-opus-4-6"}]}', 403],
    ['{"model":"claude-haiku-4-5","fallbacks":["claude-opus-4-6"]}', 403],
    ['{"model":"claude-haiku-4-5","fallbacks":"default"}', 403],
    ['{"model":"claude-haiku-4-5","fallbacks":[{}]}', 403],
    ['{"model":"claude-haiku-4-5","fallbacks":[{"model":"claude-sonnet-4-6"}]}', 200],
    ['{"model":"claude-haiku-4-5","fallbacks":null}', 200],
    ['{"messages":[]}', 400],
    ['{"model":["claude-haiku-4-5"]}', 400],
    ['{"model":', 400],
    ['[]', 400],
  ])('cannot hide a model: %s (OP-A6)', async (body, status) => {
    const { send, received } = start()
    expect((await send('/v1/messages', body)).status).toBe(status)
    expect(received.length).toBe(status === 200 ? 1 : 0)
  })

  test('cannot hide a model in a compressed body, in a batch, or at an unknown path (OP-A6)', async () => {
    const { send, received } = start()
    const body = bodyOf({ model: 'claude-opus-4-6' })
    expect((await send('/v1/messages', gzipSync(body), { 'content-encoding': 'gzip' })).status).toBe(415)
    for (const path of ['/v1/messages/batches', '/v1/messages/batches/', '/v1/complete', '/v1/messages/later'])
      expect(await send(path, body)).toMatchObject({ status: 403, text: expect.stringContaining(allowed) })
    expect(received).toEqual([])
  })

  test('may read batches and files (OP-A6)', async () => {
    const { get, received } = start()
    for (const path of ['/v1/messages/batches', '/v1/files', '/v1/later']) expect((await get(path)).status).toBe(200)
    expect(received.length).toBe(3)
  })

  test('list only these models and their aliases (OP-A6)', async () => {
    const { get } = start()
    const idsOf = async (response: Promise<Response>): Promise<string[]> =>
      ((await (await response).json()) as { data: { id: string }[] }).data.map(({ id }) => id)
    const own = ['claude-haiku-4-5', 'claude-sonnet-4-6', 'cheap']
    expect(await idsOf(get('/v1/models', { 'anthropic-version': '2023-06-01' }))).toEqual(own)
    expect(await idsOf(get('/openai/v1/models'))).toEqual(own)
    expect(await (await get('/models?client_version=1')).text()).not.toContain('opus')
    expect(await idsOf(get('/v1/models', {}, 'bob'))).toEqual([...ids, 'cheap', 'best'])
  })

  test('find only these models by name (OP-A6)', async () => {
    const { get } = start()
    const statusOf = async (path: string): Promise<number> => (await get(path)).status
    for (const name of ['claude-haiku-4-5', 'cheap', 'claude-sonnet-4-6'])
      expect(await statusOf(`/v1/models/${name}`)).toBe(200)
    for (const name of ['claude-opus-4-6', 'best']) expect(await statusOf(`/v1/models/${name}`)).toBe(404)
    // A name of OpenAI's protocol that stands for an allowed model.
    expect(await statusOf('/models/gpt-4o')).toBe(200)
    expect(await statusOf('/models/o3')).toBe(404)
  })

  test('of OpenAI clients are checked, too (OP-A6)', async () => {
    const { send } = start()
    const chat = (model: string): string => JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] })
    expect((await send('/v1/chat/completions', chat('claude-opus-4-6'))).status).toBe(403)
    expect((await send('/v1/chat/completions', chat('o3'))).status).toBe(403)
  })
})

test('a client without a list of models is not read (OP-A6, AU-N2)', async () => {
  const { send, received } = start()
  const body = gzipSync(bodyOf({ model: 'claude-opus-4-6' }))
  expect((await send('/v1/messages', body, { 'content-encoding': 'gzip' }, 'bob')).status).toBe(200)
  expect((await send('/v1/messages', 'not JSON', {}, 'bob')).status).toBe(200)
  expect((await send('/v1/messages/batches', '{}', {}, 'bob')).status).toBe(200)
  expect(received.length).toBe(3)
})

test('the token of a named client is never forwarded to the upstream (OP-A8, AU-K5)', async () => {
  const { url, received } = recordingServer(() => Response.json({ type: 'message' }))
  const config = {
    upstream: 'anthropic' as const,
    anthropic: { ...defaultConfig.anthropic, clientKeys: 'forward' as const },
  }
  const anthropicLike = `sk-ant-${'x'.repeat(40)}`
  const { post } = startChain({
    endpointUrl: url,
    config,
    clients: [clientEntry('alice'), clientEntry('bob', { tokenHash: tokenHashOf(anthropicLike) })],
  })
  for (const headers of [
    { 'x-api-key': tokenOf('alice') },
    { authorization: `Bearer ${tokenOf('alice')}` },
    { 'x-api-key': anthropicLike },
  ])
    expect((await post({}, { headers })).status).toBe(200)
  await post({}, { headers: { authorization: `Bearer ${tokenOf('alice')}`, 'x-api-key': 'sk-ant-api03-own' } })
  expect(received.map(({ headers }) => [headers.get('x-api-key'), headers.get('authorization')])).toEqual([
    ...Array.from({ length: 3 }, () => ['test-key', null]),
    ['sk-ant-api03-own', null],
  ])
})
