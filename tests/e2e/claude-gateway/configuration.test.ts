import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { readConfiguration } from '../../../scripts/e2e/claude-gateway/configuration.ts'
import { approvalKeysIn } from '../../../src/config/sign-in-settings.ts'
import { createManagedSettings } from '../../../src/gateway/sign-in/managed-settings.ts'
import { createModelResolver } from '../../../src/models/resolver.ts'
import { nexusModels } from '../../../src/upstreams/nexus/models.ts'

const page = readFileSync(join(import.meta.dir, '..', '..', '..', 'docs', 'behind-claude-gateway.md'), 'utf8')

const models = createModelResolver(nexusModels, 'claude-sonnet-4.6')
const ownSettings = createManagedSettings({
  models,
  main: models.resolve('sonnet'),
  small: models.resolve('haiku'),
  title: 'AI Nexus',
  maxTokens: undefined,
  cachesForAnHour: () => false,
  own: { skipWebFetchPreflight: true },
})(undefined, 'claude-code/2.1.332')

interface Configuration {
  readonly managed: { readonly policies: readonly { readonly match: object; readonly cli: Record<string, unknown> }[] }
}

describe("the page about Anthropic's own gateway", () => {
  test('names the variable that allows addresses of this machine (SI-B1)', () => {
    expect(page).toContain('CLAUDE_GATEWAY_ALLOW_LOOPBACK=1 claude gateway --config gateway.yaml')
    expect(page).toContain('`base_url targets a metadata endpoint`')
  })

  test('says what the gateway costs (SI-B3)', () => {
    expect(page).toMatch(/^- Cost: about 1 millisecond for each request, and about 180 MB of memory\.$/m)
  })

  test('has the settings that this server sends to those who sign in to it (SI-B4)', async () => {
    const text = await readConfiguration({ issuer: 'http://127.0.0.1:1', upstream: 'http://127.0.0.1:2' })
    const { managed } = parse(text) as Configuration
    expect(managed.policies).toEqual([{ match: {}, cli: ownSettings ?? {} }])
    expect(approvalKeysIn(managed.policies[0]?.cli ?? {})).toEqual([])
  })
})
