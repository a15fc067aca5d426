import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { Secret } from '../../../../../src/base/secret.ts'
import { createCacheUse } from '../../../../../src/usage/cache/cache-use.ts'
import { startChain } from '../../../../support/chain.ts'
import { cli, temporaryFolder } from '../../../../support/cli.ts'
import { type RecordMembers, requestRecord } from '../../../../support/records.ts'
import { writeUsage } from '../../../../support/usage.ts'

const at = Date.parse('2024-10-05T10:00:00Z')
const october = ['--since', '2024-10', '--until', '2024-10', '--timezone', 'UTC'] as const
const minute = 60_000

/** A conversation with pauses of 20 minutes, whose prompt was written again after each. */
const withPauses: RecordMembers[] = Array.from({ length: 24 }, (_, index) => {
  const isPaused = index > 0 && index % 6 === 0
  const before = index === 0 ? 0 : 30_000 + index * 1000
  const read = isPaused ? 0 : before
  return {
    session: 'session-1',
    used: 'claude-sonnet-4.6',
    upstream: 'nexus',
    at: at + index * minute + Math.floor(index / 6) * 20 * minute,
    usage: {
      input_tokens: 5,
      cache_read_input_tokens: read,
      cache_creation_input_tokens: 31_000 + index * 1000 - read,
      output_tokens: 10,
    },
    cost: 0.125,
    cacheClass: index === 0 ? 'cold' : isPaused ? 'ttl_expired_5m' : 'hit',
    cacheExpectedTokens: before,
    cacheMissedTokens: before - read,
    ...(isPaused && { cacheCost: 0.25 }),
  }
})

const others: RecordMembers[] = [
  {
    session: 'session-2',
    at: at - minute,
    cacheClass: 'tools_changed',
    cacheMissedTokens: 500,
    usage: withPauses[1]?.usage,
  },
  { session: 'session-2', at: at - 2 * minute },
]

const setUp = async () => {
  const folder = temporaryFolder()
  const file = join(folder, 'usage.sqlite')
  await writeUsage(file, [...withPauses, ...others])
  return { folder, file }
}

const cells = (line: string): string[] => line.split(/ {2,}/)

describe('usage --cache with a history', () => {
  test('prints the sessions with their misses, what 1 h would have done, and an advice (CA-U1, CA-U2, CA-T7)', async () => {
    const { folder, file } = await setUp()
    const { code, out, err } = await cli(['usage', '--cache', '--file', file, ...october], {}, folder)
    expect(code).toBe(0)
    const lines = out.split('\n')
    expect(lines.slice(0, 4).map(cells)).toEqual([
      ['session', 'last request', 'requests', 'cache %', 'missed', 'lost USD', 'largest misses'],
      ['session-1', '2024-10-05 11:23', '24', '82.3 %', '126,000', '0.7500', 'ttl_expired_5m 126K'],
      ['session-2', '2024-10-05 09:59', '1', '96.9 %', '500', '-', 'tools_changed 500'],
      ['total', '25', '82.8 %', '126,500', '0.7500', 'ttl_expired_5m 126K, tools_changed 500'],
    ])
    expect(lines[5]).toBe(
      'What 1 h would have done (25 requests of main conversations, 3 pauses over 5 minutes, 0 over an hour)',
    )
    expect(lines.slice(6, 11).map((line) => cells(line)[0])).toEqual(['lifetime', 'as sent', '5m', '1h', 'mixed'])
    expect(err).toContain('Not counted, because their cache was not audited: 1 request.')
    expect(err).toContain('1 session lost ')
    expect(err).toContain('Set it: nexus-claude-api config set cache.ttl 1h.')
  })

  test('says that the recommended lifetime is set already (CA-T7)', async () => {
    const { folder, file } = await setUp()
    const { err } = await cli(['usage', '--cache', '--file', file, ...october], { NEXUS_CACHE_TTL: '1h' }, folder)
    expect(err).toContain('It is set: these are requests from before')
    expect(err).not.toContain('config set cache.ttl')
  })

  test('fits into a narrow terminal (CA-U1)', async () => {
    const { folder, file } = await setUp()
    for (const outColumns of [65, 90]) {
      const narrow = { isOutTerminal: true, outColumns }
      const { out } = await cli(['usage', '--cache', '--file', file, ...october], {}, folder, narrow)
      for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(outColumns)
    }
  })

  test('prints JSON, also of one session, by day or by model (CA-U1)', async () => {
    const { folder, file } = await setUp()
    const json = async (...flags: string[]) =>
      JSON.parse((await cli(['usage', '--cache', '--json', '--file', file, ...october, ...flags], {}, folder)).out)
    expect(await json('--session', 'session-2')).toMatchObject({
      source: 'history',
      currency: 'USD',
      by: 'session',
      rows: [{ key: 'session-2', requests: 1, missedTokens: 500, classes: [{ class: 'tools_changed', requests: 1 }] }],
      unknownRequests: 1,
    })
    expect(await json('--by', 'day')).toMatchObject({ rows: [{ key: '2024-10-05', requests: 25, missCost: 0.75 }] })
    expect(await json('--by', 'model', '--model', 'sonnet-4.6')).toMatchObject({
      rows: [{ key: 'claude-sonnet-4.6' }],
      lifetimes: { requests: 24, pauses5m: 3 },
      advice: { sessions: 1, lifetime: '1h' },
    })
  })

  test.each([
    ['--csv with --cache', ['--cache', '--csv'], 'Use --cache without --csv.'],
    ['--reprice with --cache', ['--cache', '--reprice'], 'Use --cache without --reprice.'],
    ['another key', ['--cache', '--by', 'client'], '--by must be one of session, day, model.'],
    ['--session alone', ['--session', 's'], '--session needs --cache.'],
  ])('refuses %s', async (_, flags, message) => {
    const { code, err } = await cli(['usage', ...flags])
    expect([code, err]).toEqual([2, expect.stringContaining(message) as never])
  })
})

describe('usage --cache without a history', () => {
  const token = 'a-token-of-24-characters'
  const start = (isEmpty = false) => {
    const cacheUse = createCacheUse()
    const now = Date.now()
    for (const [index, members] of withPauses.entries())
      if (!isEmpty)
        cacheUse.observe(requestRecord({ ...members, requestId: `req_${index}`, at: now - minute }), undefined)
    const { url } = startChain({ cacheUse, config: { clientToken: new Secret(token) } })
    return new URL(url).port
  }

  test('reads the last requests of the running server, with the client token (CA-U1)', async () => {
    const port = start()
    const { code, out, err } = await cli(['usage', '--cache', '--port', port], { NEXUS_CLIENT_TOKEN: token })
    expect(code).toBe(0)
    expect(out).toContain('session-1')
    expect(err).toContain('From the running server, which keeps the last 2,000 requests since its start.')
    expect(err).toContain('To compare other lifetimes, the report needs 20 requests and an hour.')
  })

  test('says which token is missing, and whether there is nothing yet (CA-U1)', async () => {
    const refused = await cli(['usage', '--cache', '--port', start()])
    expect([refused.code, refused.out]).toEqual([1, ''])
    expect(refused.err).toContain('requires a client token: set NEXUS_CLIENT_TOKEN.')
    const empty = await cli(['usage', '--cache', '--port', start(true)], { NEXUS_CLIENT_TOKEN: token })
    expect([empty.code, empty.err]).toEqual([1, expect.stringContaining('no such request since its start') as never])
  })

  test('says how to turn the audit on where it is off, or no server answers (CA-U1, CA-S4)', async () => {
    const off = await cli(['usage', '--cache', '--port', new URL(startChain().url).port])
    expect([off.code, off.err]).toEqual([1, expect.stringContaining('config set cacheAudit on') as never])
    const silent = await cli(['usage', '--cache', '--port', '1'])
    expect([silent.code, silent.err]).toEqual([1, expect.stringContaining('No server answers.') as never])
  })

  test('says to start the server if the configuration has the audit on already (CA-U1)', async () => {
    const environment = { NEXUS_CACHE_AUDIT: 'on' }
    const off = await cli(['usage', '--cache', '--port', new URL(startChain().url).port], environment)
    expect(off.err).toContain('The configuration does: start the server again.')
    const silent = await cli(['usage', '--cache', '--port', '1'], environment)
    expect(silent.err).toContain('No server answers. Start it: nexus-claude-api start')
    for (const { err } of [off, silent]) expect(err).not.toContain('config set cacheAudit')
  })
})
