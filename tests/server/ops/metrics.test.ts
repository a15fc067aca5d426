import { describe, expect, test } from 'bun:test'
import { Secret } from '../../../src/base/secret.ts'
import { startNative } from '../../support/anthropic.ts'
import { type Chain, defaultConfig, request, startChain } from '../../support/chain.ts'
import { type MetricFamily, parsePrometheus, seriesValue } from '../../support/prometheus-text.ts'
import { rawRequest } from '../../support/raw-client.ts'

const name = (metric: string): string => `nexus_claude_api_${metric}`

const scrape = async ({ url }: Pick<Chain, 'url'>, headers: Record<string, string> = {}): Promise<string> =>
  (await fetch(`${url}/metrics`, { headers })).text()

/** Scrapes until so many requests are counted, without the scrapes: records end a moment after their answers. */
const settled = async (chain: Pick<Chain, 'url'>, requests: number): Promise<readonly MetricFamily[]> => {
  for (let scrapes = 0; ; scrapes += 1) {
    const families = parsePrometheus(await scrape(chain))
    if ((seriesValue(families, name('requests_total')) ?? 0) >= requests + scrapes) return families
  }
}

const seriesIn = (families: readonly MetricFamily[]): number =>
  families.reduce((count, { samples }) => count + samples.length, 0)

const labelsIn = (families: readonly MetricFamily[], label: string): readonly string[] => [
  ...new Set(families.flatMap(({ samples }) => samples.flatMap(({ labels }) => labels[label] ?? []))),
]

describe('/metrics', () => {
  test('is not there by default', async () => {
    expect((await fetch(`${startChain().url}/metrics`)).status).toBe(404)
  })

  test('has the requests that the server answered, and those that it refused (OP-M4)', async () => {
    const chain = startChain({ config: { metrics: 'on' } })
    await (await chain.post(request())).text()
    await (await chain.post(request({ stream: true }))).text()
    await (await chain.post({ model: 'claude-sonnet-4-6' })).text()
    await (await chain.post(request({ model: 'canary' }))).text()
    const families = await settled(chain, 4)
    const requests = { method: 'POST', endpoint: 'messages', upstream: 'nexus' }
    const model = 'claude-sonnet-4.6'
    expect(seriesValue(families, name('requests_total'), { ...requests, model, status: '200' })).toBe(2)
    expect(seriesValue(families, name('requests_total'), { ...requests, status: '400' })).toBe(1)
    expect(seriesValue(families, name('requests_total'), { ...requests, model: 'unknown', status: '404' })).toBe(1)
    expect(seriesValue(families, name('first_event_seconds_count'), { model })).toBe(2)
    expect(seriesValue(families, name('upstream_tries_total'), { result: 'ok' })).toBe(2)
    expect(seriesValue(families, name('info'))).toBe(1)
    expect(seriesValue(families, 'process_resident_memory_bytes')).toBeGreaterThan(0)
  })

  test('counts the requests to models that run (OP-M4)', async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>()
    const chain = startNative(
      async () => {
        await held
        return Response.json({ type: 'message', model: 'claude-sonnet-4-6' })
      },
      { metrics: 'on' },
    )
    const active = async () => seriesValue(parsePrometheus(await scrape(chain)), name('active_requests'))
    expect(await active()).toBe(0)
    const answer = chain.post(request())
    while ((await active()) !== 1);
    release()
    await (await answer).text()
    while ((await active()) !== 0);
  })

  test('has the cost of requests if there are prices (OP-C4)', async () => {
    const price = { input: 1_000_000, output: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0 }
    const chain = startChain({ config: { metrics: 'on', prices: new Map([['sonnet', price]]) } })
    await (await chain.post(request())).text()
    const families = await settled(chain, 1)
    const labels = { model: 'claude-sonnet-4.6', upstream: 'nexus' }
    const input = seriesValue(families, name('tokens_total'), { ...labels, type: 'input' })
    expect(input).toBeGreaterThan(0)
    expect(seriesValue(families, name('cost_usd_total'), labels)).toBe(input as number)
  })

  test('counts requests that a limit refused, and the wait for a place (OP-M4)', async () => {
    const { rateLimit, concurrency } = defaultConfig
    const chain = startChain({
      config: {
        metrics: 'on',
        rateLimit: { ...rateLimit, requestsPerMinute: 2, burst: 0 },
        concurrency: { ...concurrency, max: 1, queue: 1 },
      },
    })
    await Promise.all([1, 2, 3].map(async () => (await chain.post(request())).text()))
    const families = await settled(chain, 3)
    expect(seriesValue(families, name('limited_total'), { limit: 'rate' })).toBe(1)
    expect(seriesValue(families, name('errors_total'), { error_type: 'rate_limit_error' })).toBe(1)
    expect(seriesValue(families, name('queue_wait_seconds_count'))).toBeGreaterThan(0)
    expect(seriesValue(families, name('queued_requests'))).toBe(0)
  })

  test('needs a token where clients need one, unless it is open (OP-A7)', async () => {
    const clientToken = new Secret('a-token-of-24-characters')
    const on = startChain({ config: { metrics: 'on', clientToken } })
    expect((await fetch(`${on.url}/metrics`)).status).toBe(401)
    const headers = { authorization: 'Bearer a-token-of-24-characters' }
    expect((await fetch(`${on.url}/metrics`, { headers })).status).toBe(200)
    const open = startChain({ config: { metrics: 'open', clientToken } })
    expect((await fetch(`${open.url}/metrics`)).status).toBe(200)
    expect((await open.post(request())).status).toBe(401)
  })

  test('takes GET and HEAD only', async () => {
    const { url } = startChain({ config: { metrics: 'on' } })
    const head = await fetch(`${url}/metrics`, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
    const post = await fetch(`${url}/metrics`, { method: 'POST' })
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  })

  test.each([
    ['', 'text/plain; version=0.0.4; charset=utf-8'],
    ['*/*', 'text/plain; version=0.0.4; charset=utf-8'],
    [
      'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
      'application/openmetrics-text; version=1.0.0; charset=utf-8',
    ],
    ['application/openmetrics-text', 'application/openmetrics-text; version=1.0.0; charset=utf-8'],
    ['text/plain, application/openmetrics-text;q=0.1', 'text/plain; version=0.0.4; charset=utf-8'],
    ['application/openmetrics-text;q=0', 'text/plain; version=0.0.4; charset=utf-8'],
  ])('with accept %p is %s (OP-M4)', async (accept, contentType) => {
    const { url } = startChain({ config: { metrics: 'on' } })
    const response = await fetch(`${url}/metrics`, { headers: { accept } })
    expect(response.headers.get('content-type')).toBe(contentType)
    const text = await response.text()
    parsePrometheus(text, contentType.startsWith('application') ? 'openmetrics' : 'text')
  })
})

/** Every word that a client invents has this in it. */
const canary = 'canary'
const requests = 5000
const atOnce = 32

/** Sends requests, some of them at once. Returns the number of those that reached the server's handler. */
const flood = async (url: string): Promise<number> => {
  let [next, reached] = [0, 0]
  const client = async (): Promise<void> => {
    for (let index = next++; index < requests; index = next++) if (await hostile(url, index)) reached += 1
  }
  await Promise.all(Array.from({ length: atOnce }, client))
  return reached
}

const paths = [
  '/v1/messages',
  '/v1/chat/completions',
  '/v1/responses',
  '/v1/messages/count_tokens',
  '/v1/models/canary-',
  '/v1/embeddings',
  '/v1/files/canary-',
  '/v1/messages/batches/canary-',
  '/canary-',
  '/v1/canary/',
]

/** A request whose method, path, model and headers are invented. Resolves to whether the server has a record of it. */
const hostile = async (url: string, index: number): Promise<boolean> => {
  const path = paths[index % paths.length] ?? '/'
  const target = path.endsWith('-') || path.endsWith('/') ? path + index : path
  // Fetch sends no such method.
  if (index % 50 === 7)
    return (await rawRequest(url, `CANARY${index} ${target}`, { 'x-canary': canary })).head.includes('request-id')
  const method = ['POST', 'POST', 'POST', 'GET', 'PUT', 'DELETE'][index % 6] ?? 'GET'
  const body = JSON.stringify({
    model: `canary-${index}`,
    max_tokens: 1,
    input: `canary ${index}`,
    messages: [{ role: 'user', content: `canary ${index}` }],
  })
  const headers = {
    'content-type': 'application/json',
    'user-agent': `canary/${index}`,
    'x-claude-code-session-id': `canary-${index}`,
    'anthropic-beta': `canary-${index}`,
  }
  const answer = await fetch(url + target, { method, headers, ...(method !== 'GET' && { body }) })
  await answer.text()
  return answer.headers.has('request-id')
}

describe('10,000 hostile requests', () => {
  test('of both protocols leave few series, and none of their words (OP-M1, OP-M2, OP-M3)', async () => {
    const chain = startChain({ config: { metrics: 'on' }, sink: () => {} })
    const families = await settled(chain, await flood(chain.url))
    expect(seriesIn(families)).toBeLessThan(3000)
    expect(await scrape(chain)).not.toContain(canary)
    expect(labelsIn(families, 'endpoint').toSorted()).toEqual([
      'batches',
      'chat_completions',
      'count_tokens',
      'embeddings',
      'files',
      'messages',
      'models',
      'other',
      'responses',
    ])
    parsePrometheus(await scrape(chain, { accept: 'application/openmetrics-text' }), 'openmetrics')
  }, 60_000)

  test('that an upstream answers with any model name leave at most 3,000 series (OP-M1)', async () => {
    let count = 0
    const usage = { input_tokens: 1, cache_creation_input_tokens: 2, cache_read_input_tokens: 3, output_tokens: 4 }
    const chain = startNative(
      () => {
        count += 1
        const status = 200 + (count % 400 < 300 ? 0 : count % 300)
        const message = { type: 'message', model: `model-${count % 997}`, usage, content: [] }
        return new Response(JSON.stringify(message), { status, headers: { 'content-type': 'application/json' } })
      },
      { metrics: 'on', maxRetries: 0 },
    )
    const families = await settled(chain, await flood(chain.url))
    expect(seriesIn(families)).toBeWithin(1000, 3001)
    // 50 names, and what stands for all others.
    expect(labelsIn(families, 'model').length).toBeLessThanOrEqual(52)
    expect(await scrape(chain)).not.toContain(canary)
    parsePrometheus(await scrape(chain, { accept: 'application/openmetrics-text' }), 'openmetrics')
  }, 60_000)
})
