import { expect, test } from 'bun:test'
import type { Config } from '../../src/config/load.ts'
import { loadConfig } from '../../src/config/load.ts'
import { checkReports } from '../../src/config/reports.ts'

const configOf = (environment: Record<string, string>): Config =>
  loadConfig({ flags: {}, environment, files: [] }).config

test('reports are not sent unencrypted to another machine, and the message does not show the webhook (AU-S5)', () => {
  for (const url of ['http://hooks.example/secret', 'secret', 'ftp://hooks.example/secret']) {
    const config = configOf({ NEXUS_SLACK_WEBHOOK_URL: url })
    expect(() => checkReports(config)).toThrow(
      'slack.webhookUrl must be a URL that begins with https. Copy it from the settings of Slack.',
    )
  }
  const telemetry = { NEXUS_TELEMETRY_ENDPOINT: 'http://figures.example/in' }
  expect(() => checkReports(configOf(telemetry))).toThrow(
    /^telemetry\.endpoint begins with http, so .* --allow-http\.$/,
  )
  checkReports(configOf({ ...telemetry, NEXUS_ALLOW_HTTP: '1' }))
  checkReports(configOf({ NEXUS_SLACK_WEBHOOK_URL: 'http://localhost:1/a', NEXUS_TELEMETRY_ENDPOINT: 'http://[::1]/' }))
  checkReports(configOf({}))
})
