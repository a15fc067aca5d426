import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { readSetUp } from '../../../src/cli/config/set-up.ts'
import type { Flags } from '../../../src/cli/parse/parsed-arguments.ts'
import { type BannerFacts, banner } from '../../../src/cli/terminal/banner.ts'
import { temporaryFolder, testIo } from '../../support/cli.ts'
import { writeFile } from '../../support/files.ts'

const bannerFor = async (flags: Flags, environment: Record<string, string> = {}, facts: Partial<BannerFacts> = {}) => {
  const io = testIo({ environment })
  const setUp = await readSetUp({ upstream: 'anthropic', ...flags }, io)
  const { apiKey } = setUp.connection
  const { host } = setUp.loaded.config
  const usual = { apiKey, host, port: 3000, networkAddresses: [], domains: undefined, workers: 1, takesKeys: true }
  return banner(setUp, { ...usual, ...facts }, io.machine)
}

const rowsOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split('\n')
      .slice(1, -1)
      .map((line) => [line.slice(2, 12).trim(), line.slice(12)]),
  )

describe('the banner with --upstream anthropic', () => {
  test('names the upstream, the folder, and the hosts that get reports, without the secret path (AU-D3, AU-S1)', async () => {
    const text = await bannerFor(
      {},
      {
        CLAUDE_API_KEY: 'sk-ant-api03-canary-0123456789',
        SLACK_WEBHOOK_URL: 'https://hooks.slack.example/services/canary-path',
        TELEMETRY_ENDPOINT: 'https://telemetry.example/in?token=canary',
      },
      { domains: '2 valid files in ~/keys' },
    )
    expect(rowsOf(text)).toEqual({
      Address: 'http://127.0.0.1:3000',
      OpenAI: 'http://127.0.0.1:3000/v1 for OpenAI clients',
      Upstream: 'https://api.anthropic.com',
      Key: expect.stringMatching(/^sk-ant-…\(\d+ characters\) from CLAUDE_API_KEY$/),
      Domains: '2 valid files in ~/keys',
      Models: 'as clients name them',
      Config: expect.stringContaining('CLAUDE_API_KEY'),
      Reports: 'telemetry to telemetry.example',
      Slack: 'on, conversations are sent to hooks.slack.example',
    } as never)
    expect(text).not.toContain('canary')
  })

  test('names the host of the collector that gets traces and metrics, without its path (OP-O1, OP-O6)', async () => {
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example/canary' }
    expect(rowsOf(await bannerFor({ otel: true }, environment))['Traces']).toBe('and metrics to collector.example')
    expect(rowsOf(await bannerFor({}, environment))['Traces']).toBeUndefined()
  })

  test('says how to sign in, and who approves (SI-P1, SI-P2, SI-P4)', async () => {
    const rowFor = async (environment: Record<string, string>, facts: Partial<BannerFacts> = {}) =>
      (await bannerFor({ upstream: 'nexus', 'api-key': 'k' }, environment, facts))
        .replace(/\n {2,}/g, ' ')
        .match(/Sign-in +(.*?) Upstream/s)?.[1]
    expect(await rowFor({})).toBeUndefined()
    expect(await rowFor({ NEXUS_SIGN_IN: 'true' })).toBe(
      'at http://127.0.0.1:3000: run /login in Claude Code, and approve its code here, or with nexus-claude-api sign-in approve CODE',
    )
    expect(await rowFor({ NEXUS_SIGN_IN: 'true' }, { takesKeys: false })).toBe(
      'at http://127.0.0.1:3000: run /login in Claude Code, and approve its code with nexus-claude-api sign-in approve CODE',
    )
    expect(
      await rowFor({
        NEXUS_SIGN_IN: 'true',
        NEXUS_SIGN_IN_URL: 'https://claude.example/',
        NEXUS_SIGN_IN_APPROVE: 'invite',
      }),
    ).toBe(
      'at https://claude.example: run /login in Claude Code, and each client needs an invite: nexus-claude-api sign-in invite NAME',
    )
  })

  test('names who gets the queries of web search, without arguments of the program (WS-54)', async () => {
    const rowFor = async (environment: Record<string, string>) =>
      rowsOf(await bannerFor({ upstream: 'nexus', 'api-key': 'k' }, environment))['Search']
    const key = { NEXUS_SEARCH_API_KEY: 'canary-key-0123456789' }
    expect(await rowFor({ NEXUS_SEARCH: 'brave', ...key })).toBe('on, queries are sent to api.search.brave.com')
    expect(await rowFor({ NEXUS_SEARCH: 'command', NEXUS_SEARCH_COMMAND: '/opt/my-search --key canary' })).toBe(
      'on, queries are sent to the program my-search',
    )
    expect(await rowFor({ NEXUS_SEARCH_URL: 'https://search.example' })).toBeUndefined()
  })

  test('names the workers and the Redis that share the work, without its login (OP-K7, OP-R1, OP-R6)', async () => {
    const state = 'redis://nexus:canary-password@redis.example:6379/2'
    const rows = rowsOf(await bannerFor({ state }, {}, { workers: 4 }))
    expect(rows['Workers']).toBe('4 processes')
    expect(rows['State']).toMatch(/^limits shared through redis:\/\/redis\.example:6379\/2 \(with a login\)$/)
    const plain = rowsOf(await bannerFor({ state: 'memory' }))
    expect([plain['Workers'], plain['State']]).toEqual([undefined, undefined])
  })

  test('prints the address of the dashboard, if there is one (OP-D7)', async () => {
    expect(rowsOf(await bannerFor({ dashboard: true }))['Usage']).toBe('http://127.0.0.1:3000/dashboard')
  })

  test('has no row for reports that are off (AU-D3)', async () => {
    const off = { SLACK_WEBHOOK_URL: 'https://hooks.slack.example/a', SLACK_ENABLED: 'false' }
    const rows = rowsOf(await bannerFor({ 'no-openai-api': true }, off))
    expect(Object.keys(rows)).toEqual(['Address', 'Upstream', 'Key', 'Models', 'Config'])
    expect(rows['Key']).toBe('none; clients send their own')
    expect(rowsOf(await bannerFor({ 'client-keys': 'ignore' }))['Key']).toBe('none')
  })

  test("names Claude Code's sign-in where requests use it (AU-D3, AU-K4)", async () => {
    const login: Flags = { 'allow-oauth': true, 'claude-code-login': true }
    expect(rowsOf(await bannerFor(login))['Key']).toBe("none; clients send their own, otherwise Claude Code's sign-in")
    expect(rowsOf(await bannerFor({ ...login, 'client-keys': 'ignore' }))['Key']).toBe("none; Claude Code's sign-in")
  })

  test('has each address of this machine if the server listens on all of them (AU-D3)', async () => {
    const networkAddresses = ['192.168.1.5', '10.0.0.7']
    const lines = (await bannerFor({ host: '0.0.0.0' }, {}, { networkAddresses })).split('\n')
    expect(lines.filter((line) => line.startsWith('  Network'))).toEqual([
      '  Network   http://192.168.1.5:3000',
      '  Network   http://10.0.0.7:3000',
    ])
    expect(await bannerFor({}, {}, { networkAddresses })).not.toContain('Network')
  })

  test('a file of variables is one source (OP-S3)', async () => {
    const path = writeFile(join(temporaryFolder(), 'x.env'), 'PORT=3000\nCLAUDE_API_KEY=sk-ant-api03-canary-0123456789')
    const rows = rowsOf((await bannerFor({ 'env-file': path })).replaceAll('\n            ', ' '))
    expect(rows['Config']).toBe(`${path}, flags`)
    expect(rows['Key']).toBe(`sk-ant-…(30 characters) from ${path} (line 2)`)
  })
})
