import { describe, expect, test } from 'bun:test'
import { Secret } from '../../../src/base/secret.ts'
import { createCacheUse } from '../../../src/usage/cache/cache-use.ts'
import { type ChainOptions, startChain } from '../../support/chain.ts'
import { clientEntry, tokenOf } from '../../support/named-clients.ts'
import { parsePrometheus, seriesValue } from '../../support/prometheus-text.ts'
import { requestRecord, usage } from '../../support/records.ts'

const start = (options: ChainOptions = {}) => {
  const cacheUse = createCacheUse()
  cacheUse.observe(requestRecord({ usage, cacheClass: 'tools_changed', cacheMissedTokens: 2800 }), undefined)
  cacheUse.observe(requestRecord({ requestId: 'req_2', usage, cacheClass: 'hit' }), undefined)
  return startChain({ ...options, cacheUse })
}

const get = (url: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${url}/cache-audit`, { headers })

describe('/cache-audit', () => {
  test('has the last audited requests, with figures and names (CA-U1)', async () => {
    const { url } = start()
    const { requests } = (await (await get(url)).json()) as { requests: readonly object[] }
    expect(requests).toEqual([
      expect.objectContaining({ id: 'req_1', cacheClass: 'tools_changed', cacheMissedTokens: 2800 }) as never,
      expect.objectContaining({ id: 'req_2', cacheClass: 'hit', cacheReadTokens: 200 }) as never,
    ])
  })

  test('needs the token that /v1 needs (CA-U1)', async () => {
    const token = 'a-token-of-24-characters'
    const { url } = start({ config: { clientToken: new Secret(token) } })
    const answers = [get(url), get(url, { 'x-api-key': 'another' }), get(url, { 'x-api-key': token })]
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([401, 401, 200])
  })

  test('shows a named client its own requests, and an administrator all (CA-U1)', async () => {
    const cacheUse = createCacheUse()
    for (const client of ['alice', 'bob'])
      cacheUse.observe(requestRecord({ requestId: `req_${client}`, client, usage, cacheClass: 'hit' }), undefined)
    const clients = [clientEntry('alice'), clientEntry('bob'), clientEntry('carol', { admin: true })]
    const { url } = startChain({ clients, cacheUse })
    const seenBy = async (name: string): Promise<unknown> => {
      const { requests } = (await (await get(url, { 'x-api-key': tokenOf(name) })).json()) as {
        requests: readonly { client: string }[]
      }
      return requests.map(({ client }) => client)
    }
    expect([await seenBy('alice'), await seenBy('carol')]).toEqual([['alice'], ['alice', 'bob']])
  })

  test('answers no program of another machine, also behind a proxy (CA-U1)', async () => {
    const { url } = start({ config: { trustProxy: ['127.0.0.1'] } })
    const refused = await get(url, { 'x-forwarded-for': '192.0.2.7' })
    expect(refused.status).toBe(403)
    expect(await refused.json()).toMatchObject({
      error: { type: 'permission_error', message: '/cache-audit answers only to programs of the same machine.' },
    })
    expect((await get(url)).status).toBe(200)
  })

  test('does not exist while the cache is not audited, and /health says nothing about it (CA-S4)', async () => {
    const { url } = startChain()
    expect((await get(url)).status).toBe(404)
    expect(await (await fetch(`${url}/health`)).json()).not.toHaveProperty('cache')
  })

  test('takes only GET (CA-U1)', async () => {
    const { status } = await fetch(`${start().url}/cache-audit`, { method: 'POST' })
    expect(status).toBe(405)
  })
})

test('/health counts hits, misses, evictions and our own faults (CA-A2)', async () => {
  const health: unknown = await (await fetch(`${start().url}/health`)).json()
  expect(health).toMatchObject({ cache: { hits: 1, misses: 1, evicted: 0, ourFaults: 0, droppedSessions: 0 } })
})

test('/metrics has the classes of misses while the cache is audited, from the start (CA-A2)', async () => {
  const { url } = start({ config: { metrics: 'on' } })
  const families = parsePrometheus(await (await fetch(`${url}/metrics`)).text())
  const missed = (name: string) => seriesValue(families, 'nexus_claude_api_cache_misses_total', { class: name })
  expect([missed('marker_moved'), missed('hit')]).toEqual([0, undefined])
})
