import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { budgetWarnings, checkLimits, limitsOf } from '../../src/config/limits.ts'
import { type Config, loadConfig } from '../../src/config/load.ts'
import { cli, startCli, temporaryFolder } from '../support/cli.ts'

const configOf = (environment: Record<string, string>): Config =>
  loadConfig({ flags: {}, environment, files: [] }).config

describe('limits', () => {
  test('do not exist unless a setting asks for one (OP-S4)', () => {
    for (const environment of [
      {},
      { NEXUS_RATE_BURST: '5', NEXUS_QUEUE_WAIT: '9', NEXUS_QUOTA_TIMEZONE: 'Europe/Berlin' },
      { NEXUS_RATE_LIMIT: '60', NEXUS_RATE_LIMIT_ENABLED: '0' },
      // Only clients of a file have limits of their own.
      { NEXUS_CLIENT_TOKENS: 'alice:nxc_0123456789012345678901234' },
    ])
      expect(limitsOf(configOf(environment), 256)).toBeUndefined()
    for (const environment of [
      { NEXUS_RATE_LIMIT: '60' },
      { NEXUS_TOKENS_PER_DAY: '1' },
      { NEXUS_REQUESTS_PER_DAY: '1' },
      { NEXUS_COST_PER_MONTH: '0.5' },
      { NEXUS_MAX_CONCURRENCY: '4' },
      { NEXUS_QUEUE: '8' },
      { NEXUS_CLIENTS_FILE: 'clients.json' },
    ])
      expect(limitsOf(configOf(environment), 256)).toBeDefined()
  })

  test('have the values of their settings, and never more places than connections (OP-L12)', () => {
    const config = configOf({ NEXUS_RATE_LIMIT: '60', NEXUS_QUEUE: '8', NEXUS_QUEUE_WAIT: '1.5' })
    expect(limitsOf(config, 256)).toMatchObject({
      limitsRate: true,
      rate: { perMinute: 60, burst: 10 },
      exempt: [],
      budgets: { quota: { tokensPerDay: 0, requestsPerDay: 0, costPerMonth: 0 }, currency: 'USD' },
      places: { maximum: 256, capacity: 8, waitMs: 1500 },
    })
    expect(limitsOf(configOf({ NEXUS_MAX_CONCURRENCY: '300' }), 256)?.places.maximum).toBe(256)
    expect(limitsOf(configOf({ NEXUS_MAX_CONCURRENCY: '300' }), 1000)?.places.maximum).toBe(300)
  })

  test("read the replaced system's variables under its upstream (OP-L1)", () => {
    const config = configOf({ NEXUS_UPSTREAM: 'openai', RATE_LIMIT_RPM: '60', RATE_LIMIT_BURST: '20' })
    expect(config.rateLimit).toMatchObject({ requestsPerMinute: 60, burst: 20 })
    expect(configOf({ RATE_LIMIT_RPM: '60' }).rateLimit.requestsPerMinute).toBe(0)
  })

  test('are refused with an unknown time zone or an address that is not valid (OP-L7, OP-L1)', () => {
    expect(() => checkLimits(configOf({ NEXUS_QUOTA_TIMEZONE: 'Europe/Atlantis' }))).toThrow(
      'quota.timezone: Europe/Atlantis is not a known time zone. Write a name like Europe/Berlin or UTC.',
    )
    expect(() => checkLimits(configOf({ NEXUS_RATE_EXEMPT_IPS: 'private,10.0.0.0/33' }))).toThrow(
      'rateLimit.exemptIps: 10.0.0.0/33 is not an address. Write addresses like 192.0.2.1, ranges like 10.0.0.0/8, loopback or private.',
    )
    checkLimits(configOf({ NEXUS_QUOTA_TIMEZONE: 'Europe/Berlin', NEXUS_RATE_EXEMPT_IPS: 'private,::1' }))
  })
})

describe('budgets without a history', () => {
  test('are forgotten at a restart, which start says (OP-L11)', async () => {
    const budget = { NEXUS_TOKENS_PER_DAY: '1000' }
    expect(budgetWarnings(configOf(budget), [])).toHaveLength(1)
    expect(budgetWarnings(configOf({ ...budget, NEXUS_HISTORY: '1' }), [])).toEqual([])
    expect(budgetWarnings(configOf({ ...budget, NEXUS_STATE: 'redis://127.0.0.1' }), [])).toEqual([])
    expect(budgetWarnings(configOf({ ...budget, NEXUS_STATE: 'memory' }), [])).toHaveLength(1)
    expect(budgetWarnings(configOf({ NEXUS_RATE_LIMIT: '60' }), [])).toEqual([])
    const { code, err } = await cli(['start', '--simulate', '--dry-run'], budget)
    expect(code).toBe(0)
    expect(err).toContain('budgets are kept in memory: after a restart, clients can use all of them again.')
  })

  test('of single clients count, too (OP-L11, OP-A2)', async () => {
    const folder = temporaryFolder()
    const { code } = await cli(
      ['clients', 'add', 'alice', '--clients', 'clients.json', '--tokens-per-day', '9'],
      {},
      folder,
    )
    expect(code).toBe(0)
    const { err } = await cli(['start', '--simulate', '--dry-run', '--clients', 'clients.json'], {}, folder)
    expect(err).toContain('budgets are kept in memory')
    await cli(['clients', 'add', 'bob', '--clients', 'others.json'], {}, folder)
    const others = await cli(['start', '--simulate', '--dry-run', '--clients', 'others.json'], {}, folder)
    expect([others.code, others.err.includes('budgets')]).toEqual([0, false])
  })

  test('in money need prices, which start says (OP-L7)', () => {
    const warning = 'costPerMonth has no effect without prices: add prices to the configuration file.'
    const budget = { NEXUS_COST_PER_MONTH: '5', NEXUS_HISTORY: '1' }
    expect(budgetWarnings(configOf(budget), [])).toEqual([warning])
    expect(budgetWarnings(configOf({ ...budget, NEXUS_UPSTREAM: 'anthropic' }), [])).toEqual([])
    const prices = new Map([['*', { input: 1, output: 1, cacheRead: 1, cacheWrite: 1, cacheWrite1h: 1 }]])
    expect(budgetWarnings({ ...configOf(budget), prices }, [])).toEqual([])
  })

  test('end the start with 2 if their time zone is not known (OP-L7)', async () => {
    const environment = { NEXUS_QUOTA_TIMEZONE: 'Mars' }
    for (const flags of [['--dry-run'], ['--port', '0']]) {
      const { code, err } = await cli(['start', '--simulate', ...flags], environment)
      expect([code, err.includes('quota.timezone: Mars is not a known time zone.')]).toEqual([2, true])
    }
  })
})

describe('budgets with a history', () => {
  test('are remembered at a restart (OP-L11)', async () => {
    const environment = {
      NEXUS_REQUESTS_PER_DAY: '2',
      NEXUS_HISTORY: '1',
      NEXUS_HISTORY_FILE: join(temporaryFolder(), 'usage.sqlite'),
    }
    const valid = { model: 'sonnet', max_tokens: 9, messages: [{ role: 'user', content: 'Hello' }] }
    const serve = async (use: (post: (body: object) => Promise<Response>) => Promise<void>): Promise<void> => {
      const program = startCli(['start', '--simulate', '--port', '0'], environment)
      const [, url = ''] = await program.says(/Address +(\S+)/)
      const headers = { 'content-type': 'application/json' }
      await use((body) => fetch(`${url}/v1/messages`, { method: 'POST', headers, body: JSON.stringify(body) }))
      program.kill('SIGTERM')
      const { err } = await program.ended
      expect(err).not.toMatch(/budget\.not_restored|budgets are kept in memory/)
    }
    await serve(async (post) => {
      for (const _ of [1, 2]) expect((await post(valid)).status).toBe(200)
    })
    await serve(async (post) => {
      // A refused body uses nothing, and may come before the history is read.
      let refused = await post({})
      while (refused.status === 400) refused = await post({})
      expect(refused.status).toBe(429)
      expect(await refused.text()).toContain('used up: 2 of 2 requests')
    })
  })
})
