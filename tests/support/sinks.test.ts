import { describe, expect, test } from 'bun:test'
import { startSlackSink, startTelemetrySink } from './sinks.ts'
import { waitUntil } from './wait-until.ts'

const post = (url: string, body: unknown, init: RequestInit = {}): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    redirect: 'manual',
    ...init,
  })

describe('the sinks', () => {
  test('Slack accepts a text, and refuses what is not a message', async () => {
    const { url, posts } = startSlackSink()
    expect(await (await post(url, { text: 'Hello' })).text()).toBe('ok')
    expect([(await post(url, {})).status, (await post(url, 'x')).status]).toEqual([400, 400])
    expect((await post(`${url}x`, { text: 'Hello' })).status).toBe(404)
    expect(posts.map(({ body }) => body)).toEqual([{ text: 'Hello' }])
  })

  test('an endpoint for telemetry accepts any object', async () => {
    const { url, posts } = startTelemetrySink()
    expect((await post(url, { status: 200 })).status).toBe(202)
    expect(posts[0]?.headers['content-type']).toBe('application/json')
  })

  test('a scenario limits, fails, redirects and hangs', async () => {
    const replies = [
      { status: 429, headers: { 'retry-after': '1' } },
      { status: 500 },
      { status: 302, headers: { location: 'http://127.0.0.1:1/' } },
      { hangs: true },
    ]
    const { url, posts } = startTelemetrySink((_, count) => replies[count - 1])
    const statuses = []
    for (let count = 0; count < 3; count += 1) statuses.push((await post(url, {})).status)
    expect(statuses).toEqual([429, 500, 302])
    const client = new AbortController()
    const hanging = post(url, {}, { signal: client.signal }).then(
      () => 'answered',
      () => 'aborted',
    )
    await waitUntil(() => posts.length === 4)
    client.abort()
    expect(await hanging).toBe('aborted')
    expect((await post(url, {})).status).toBe(202)
  })
})
