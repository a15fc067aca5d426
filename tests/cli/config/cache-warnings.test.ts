import { expect, test } from 'bun:test'
import { cacheWarnings } from '../../../src/cli/config/cache-warnings.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { cli } from '../../support/cli.ts'

const warnings = (environment: Record<string, string>, modelId: string) =>
  cacheWarnings(loadConfig({ flags: {}, files: [], environment }).config, modelId)

test('a lifetime has no effect under the upstream anthropic, and a warning says so (CA-T4)', () => {
  for (const ttl of ['5m', '1h', 'mixed']) {
    expect(warnings({ NEXUS_UPSTREAM: 'anthropic', NEXUS_CACHE_TTL: ttl }, 'claude-sonnet-4-6')).toEqual([
      `cache.ttl: ${ttl} has no effect with --upstream anthropic: the client's own lifetimes are forwarded.`,
    ])
  }
  expect(warnings({ NEXUS_UPSTREAM: 'anthropic' }, 'claude-sonnet-4-6')).toEqual([])
})

test('the audit is of AI Nexus alone, and a warning says so for another upstream (CA-S4)', () => {
  for (const upstream of ['openai', 'anthropic'])
    expect(warnings({ NEXUS_UPSTREAM: upstream, NEXUS_CACHE_AUDIT: 'on', OPENAI_API_KEY: 'k' }, 'gpt-4.1')).toEqual([
      `cacheAudit: on has no effect with --upstream ${upstream}: only requests to AI Nexus are audited.`,
    ])
  expect(warnings({ NEXUS_CACHE_AUDIT: 'on' }, 'claude-sonnet-4.6')).toEqual([])
})

test('mixed lifetimes need a model that takes an hour (CA-T4)', () => {
  const openai = { NEXUS_UPSTREAM: 'openai', OPENAI_API_KEY: 'k' }
  expect(warnings({ ...openai, NEXUS_CACHE_TTL: 'mixed' }, 'gpt-4.1')).toEqual([
    'cache.ttl: mixed has no effect for gpt-4.1, which takes no cache marker of one hour.',
  ])
  expect(warnings({ ...openai, NEXUS_CACHE_TTL: '5m' }, 'gpt-4.1')).toEqual([])
  expect(warnings({ NEXUS_CACHE_TTL: 'mixed' }, 'claude-sonnet-4.6')).toEqual([])
})

test('start shows the warning of a search provider without an effect (WS-8)', async () => {
  const { err } = await cli(['start', '--dry-run', '--upstream', 'anthropic', '--search', 'brave', '--api-key', 'k'])
  expect(err.replaceAll(/\s+/g, ' ')).toContain('search.provider: brave has no effect with --upstream anthropic')
})

test('start shows the warning (CA-T4)', async () => {
  const { err } = await cli(['start', '--dry-run', '--upstream', 'anthropic', '--cache-ttl', '1h', '--api-key', 'k'])
  expect(err.replaceAll(/\s+/g, ' ')).toContain('cache.ttl: 1h has no effect with --upstream anthropic')
})
