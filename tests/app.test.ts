import { describe, expect, test } from 'bun:test'
import { setTimeout as resolveAfter } from 'node:timers/promises'
import { type AppDependencies, createApp } from '../src/app.ts'
import { createLogger } from '../src/base/logger.ts'
import { Secret } from '../src/base/secret.ts'
import type { RequestRecord } from '../src/gateway/request-record.ts'
import type { SimulatorOptions } from '../src/simulator/server.ts'
import type { Fetch } from '../src/upstreams/http/post.ts'
import { defaultConfig, request, simulate } from './support/chain.ts'
import { waitUntil } from './support/wait-until.ts'

/** The app without a process and without a socket: it makes a handler from a configuration and dependencies. */

const appOver = (simulator: SimulatorOptions, more: Partial<AppDependencies> = {}) => {
  const records: RequestRecord[] = []
  const app = createApp(
    { ...defaultConfig, maxRetries: 2 },
    {
      endpointUrl: simulate(simulator).url,
      apiKey: new Secret('test-key'),
      log: createLogger('error', () => {}),
      fetch: fetch as Fetch,
      maximumConnections: 256,
      proxy: undefined,
      sleep: (_, signal) => resolveAfter(0, undefined, { signal }),
      inlineUrlSources: async (given) => given,
      defaultModelId: 'claude-sonnet-4.6',
      observers: [(record) => records.push(record)],
      defer: () => {},
      pid: 7,
      uptime: () => 60,
      ...more,
    },
  )
  const post = async (body: object, path = '/v1/messages'): Promise<Response> =>
    app.fetch(
      new Request(`http://localhost${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-claude-code-session-id': 'session-1234' },
        body: JSON.stringify(body),
      }),
    )
  return { app, post, records }
}

test('answers a request, with the process and uptime of the platform that it gets', async () => {
  const { app } = appOver({})
  const health = await app.fetch(new Request('http://localhost/health'))
  expect(await health.json()).toMatchObject({ status: 'healthy', pid: 7, uptime: 60 })
})

describe('an observer', () => {
  const known = {
    entrance: 'anthropic',
    upstream: 'nexus',
    session: 'session-1234',
    method: 'POST',
    path: '/v1/messages',
    model: 'claude-sonnet-4-6',
    used: 'claude-sonnet-4.6',
  }

  test.each([true, false])('gets the whole record of a response at its end (stream: %p)', async (stream) => {
    const { post, records } = appOver({})
    const before = Date.now()
    await (await post(request({ stream }))).text()
    expect(records).toMatchObject([
      { ...known, outcome: 'answered', status: 200, isStream: stream, attempts: 1, stopReason: 'end_turn' },
    ])
    const [record] = records
    expect(record?.usage?.output_tokens).toBeGreaterThan(0)
    expect(record?.at).toBeGreaterThanOrEqual(before)
    expect(record?.firstEventMs).toBeLessThanOrEqual(record?.durationMs ?? 0)
  })

  test('gets the number of attempts, and the type of the error without its message', async () => {
    const error = { status: 429, type: 'ThrottlingException', message: 'canary' }
    const { post, records } = appOver({ scenario: () => ({ error }) })
    expect((await post(request())).status).toBe(429)
    expect(records).toMatchObject([
      { ...known, outcome: 'failed', status: 429, attempts: 3, errorType: 'rate_limit_error' },
    ])
    expect(JSON.stringify(records)).not.toContain('canary')
  })

  test('gets a count of tokens, and every request that never reached an upstream', async () => {
    const { app, post, records } = appOver({})
    const { input_tokens } = (await (await post(request(), '/v1/messages/count_tokens')).json()) as {
      input_tokens: number
    }
    await app.fetch(new Request('http://localhost/nowhere?secret'))
    expect(records).toMatchObject([
      { ...known, path: '/v1/messages/count_tokens', outcome: 'answered', countedTokens: input_tokens },
      { path: '/nowhere', outcome: 'refused', status: 404, attempts: 0, errorType: 'not_found_error' },
    ])
  })

  test('that throws changes no response, and the next observer gets its record', async () => {
    const records: RequestRecord[] = []
    const faults: string[] = []
    const broken = (): never => {
      throw new Error('canary')
    }
    const { post } = appOver(
      {},
      {
        observers: [broken, (record) => records.push(record)],
        log: createLogger('error', ({ event }) => faults.push(event)),
      },
    )
    expect((await post(request())).status).toBe(200)
    expect([records.length, faults]).toEqual([1, ['observer.failed']])
  })

  test('gets the record of a stream that still runs when the server ends', async () => {
    const { app, post, records } = appOver({
      scenario: () => ({ content: [{ text: 'x' }], fault: { afterFrames: 2, kind: 'hang' } }),
    })
    const reader = (await post(request({ stream: true }))).body?.getReader()
    await reader?.read()
    expect(records).toEqual([])
    app.close()
    expect(records).toMatchObject([{ ...known, outcome: 'cancelled', status: 499, isStream: true }])
    await reader?.cancel()
    await waitUntil(() => records.length === 1)
  })
})
