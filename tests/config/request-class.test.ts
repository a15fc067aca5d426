import { expect, test } from 'bun:test'
import { loadConfig } from '../../src/config/load.ts'
import { wantsRequestClass } from '../../src/config/request-class.ts'

test.each([
  [true, {}],
  [false, { NEXUS_UPSTREAM: 'anthropic' }],
  [true, { NEXUS_UPSTREAM: 'anthropic', NEXUS_ANTHROPIC_CLASSIFY: 'on' }],
  [true, { NEXUS_UPSTREAM: 'anthropic', CREDENTIALS_DIR: 'x' }],
  [true, { NEXUS_UPSTREAM: 'anthropic', TOKEN_STATS_INTERVAL: '10' }],
  [true, { NEXUS_UPSTREAM: 'anthropic', SLACK_WEBHOOK_URL: 'https://hooks.example/x' }],
  [false, { NEXUS_UPSTREAM: 'anthropic', SLACK_WEBHOOK_URL: 'https://hooks.example/x', SLACK_ENABLED: 'false' }],
  [false, { NEXUS_UPSTREAM: 'anthropic', CREDENTIALS_DIR: 'x', NEXUS_ANTHROPIC_CLASSIFY: 'off' }],
])('the class of requests is wanted (%p) with %j (AU-U2)', (expected, environment) => {
  const { config } = loadConfig({ flags: {}, environment: environment as Record<string, string>, files: [] })
  expect(wantsRequestClass(config)).toBe(expected)
})
