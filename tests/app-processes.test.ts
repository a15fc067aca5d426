import { describe, expect, test } from 'bun:test'
import type { AppDependencies } from '../src/app-dependencies.ts'
import { createLogger } from '../src/base/logger.ts'
import { Secret } from '../src/base/secret.ts'
import { composeApp } from '../src/cli/compose.ts'
import type { Config } from '../src/config/load.ts'
import type { ProcessWork } from '../src/gateway/process-work.ts'
import { createCacheUse } from '../src/usage/cache/cache-use.ts'
import { defaultConfig } from './support/chain.ts'
import { requestRecord } from './support/records.ts'

/** An app that shows the work of other processes, too: the parent of workers. */

const elsewhere: ProcessWork = {
  active: 3,
  queued: 2,
  degraded: [{ model: 'claude-sonnet-4.6', without: 'thinking', note: 'refused' }],
  lost: new Map([['telemetry', 4]]),
  droppedSessions: 3,
}

const appWith = (config: Partial<Config>, own: Pick<AppDependencies, 'cacheUse'> = {}) => {
  const logged: string[] = []
  const app = composeApp({
    config: { ...defaultConfig, ...config },
    defaultModelId: 'claude-sonnet-4.6',
    endpointUrl: 'http://127.0.0.1:9',
    apiKey: new Secret('test-key'),
    log: createLogger('info', ({ event }) => logged.push(event)),
    others: { work: () => elsewhere },
    ...own,
  })
  const get = async (path: string): Promise<Response> => app.fetch(new Request(`http://localhost${path}`))
  return { app, get, logged }
}

describe('an app that knows other processes', () => {
  test('adds their requests and refused parts to its health (OP-K7, OP-K1)', async () => {
    const { get } = appWith({})
    expect(await (await get('/health')).json()).toMatchObject({
      active: 3,
      queued: 2,
      degraded: elsewhere.degraded,
    })
  })

  test('counts what the prompt cache did for them, and the sessions that they had no room for (OP-K7, CA-A2, CA-S2)', async () => {
    const { app, get } = appWith({ cacheAudit: 'on' }, { cacheUse: createCacheUse() })
    app.observe(requestRecord({ cacheClass: 'tools_changed' }))
    expect(await (await get('/health')).json()).toMatchObject({
      cache: { hits: 0, misses: 1, evicted: 0, ourFaults: 0, droppedSessions: 3 },
    })
  })

  test('adds their requests and lost records to its metrics (OP-K7)', async () => {
    const { get } = appWith({ metrics: 'on' })
    const text = await (await get('/metrics')).text()
    expect(text).toContain('nexus_claude_api_active_requests 3\n')
    expect(text).toContain('nexus_claude_api_queued_requests 2\n')
    expect(text).toContain('nexus_claude_api_observer_dropped_total{observer="telemetry"} 4\n')
  })

  test('adds a record of theirs to all figures, and does not log it again (OP-K7)', async () => {
    const { app, get, logged } = appWith({ metrics: 'on', dashboard: true })
    app.observe(requestRecord())
    const { stats } = (await (await get('/token-stats')).json()) as { stats: Record<string, { requestCount: number }> }
    expect(stats['team.example']?.requestCount).toBe(1)
    expect(await (await get('/metrics')).text()).toContain('nexus_claude_api_requests_total{method="POST"')
    const page = (await (await get('/dashboard/api/requests')).json()) as { requests: unknown[] }
    expect(page.requests.length).toBe(1)
    expect(logged.filter((event) => event.startsWith('request.'))).toHaveLength(3)
  })

  test('says what it does itself, for the process that shows all (OP-K7)', () => {
    expect(appWith({}).app.work()).toMatchObject({ active: 0, queued: 0, degraded: elsewhere.degraded })
  })
})
