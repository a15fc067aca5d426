import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { createLogger, type LogRecord } from '../../../src/base/logger.ts'
import { composeApp } from '../../../src/cli/compose.ts'
import { credentialSources } from '../../../src/cli/credentials/credential-sources.ts'
import type { Config } from '../../../src/config/load.ts'
import { startAnthropicSimulator } from '../../../src/simulator/anthropic/server.ts'
import { defaultConfig } from '../../support/chain.ts'
import { afterTest } from '../../support/cleanup.ts'
import { cli, temporaryFolder, testIo } from '../../support/cli.ts'
import { writeFile } from '../../support/files.ts'
import { hourMs, readCredentials } from '../../support/oauth.ts'

/** The server with OAuth credentials, in front of a simulated Anthropic. */

const scope = 'user:inference'
const message = { model: 'claude-sonnet-4-6', max_tokens: 10, messages: [{ role: 'user', content: 'Hello' }] }

const setUp = async (anthropic: Partial<Config['anthropic']> = {}) => {
  const requests: { readonly path: string; readonly status: number }[] = []
  const simulator = startAnthropicSimulator({ onRequest: ({ path, status }) => requests.push({ path, status }) })
  afterTest(() => simulator.stop())
  const folder = join(temporaryFolder(), 'credentials')
  const path = join(folder, 'team.example.credentials.json')
  const signIn = (expiresAt: number): string => {
    const { accessToken, refreshToken } = simulator.tokens.issue(scope, 3600)
    writeFile(path, { type: 'oauth', oauth: { accessToken, refreshToken, expiresAt, scopes: [scope], isMax: false } })
    return accessToken
  }
  signIn(0)
  const config: Config = {
    ...defaultConfig,
    upstream: 'anthropic',
    maxRetries: 0,
    anthropic: {
      ...defaultConfig.anthropic,
      credentialsDir: folder,
      allowOauth: true,
      oauth: { ...defaultConfig.anthropic.oauth, tokenUrl: simulator.tokenUrl },
      ...anthropic,
    },
  }
  const records: LogRecord[] = []
  const log = createLogger('info', (record) => records.push(record))
  const home = temporaryFolder()
  const { machine } = testIo({ home, currentDirectory: home })
  const { fetch: answer } = composeApp({
    config,
    defaultModelId: '',
    endpointUrl: simulator.url,
    apiKey: undefined,
    log,
    credentialSources: await credentialSources(config, log, machine),
  })
  const send = async (host = 'team.example') => {
    const headers = { host, 'content-type': 'application/json', 'anthropic-version': '2023-06-01' }
    const request = new Request(`http://${host}/v1/messages`, {
      method: 'POST',
      headers,
      body: JSON.stringify(message),
    })
    const response = await answer(request)
    return { status: response.status, headers: response.headers, body: await response.json() }
  }
  const health = async () =>
    (await (await answer(new Request('http://localhost/health'))).json()) as { readonly degraded: unknown }
  const count = (wanted: string, status = 200) =>
    requests.filter((request) => request.path === wanted && request.status === status).length
  return { simulator, home, path, signIn, send, health, records, count }
}

describe('a domain with an OAuth credential', () => {
  test('40 requests with an expired token cause one grant, and all succeed (AU-O4)', async () => {
    const { send, count } = await setUp()
    const answers = await Promise.all(Array.from({ length: 40 }, () => send()))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect([count('/v1/oauth/token'), count('/v1/messages')]).toEqual([1, 40])
  })

  test('a 401 of Anthropic causes one renewal and one retry, which the client does not see (AU-O9)', async () => {
    const { simulator, signIn, send, count } = await setUp()
    simulator.tokens.revoke(signIn(Date.now() + hourMs))
    expect((await send()).status).toBe(200)
    expect([count('/v1/messages', 401), count('/v1/oauth/token'), count('/v1/messages')]).toEqual([1, 1, 1])
  })

  test('an expired credential that cannot be renewed is a 401 with the command, and no call (AU-O8)', async () => {
    const { simulator, path, send, health, count } = await setUp()
    simulator.tokens.refresh(readCredentials(path).oauth.refreshToken ?? '', 60)
    const { status, headers, body } = await send()
    expect([status, headers.get('x-should-retry'), count('/v1/messages')]).toEqual([401, 'false', 0])
    expect(body).toMatchObject({
      type: 'error',
      error: {
        type: 'authentication_error',
        message:
          'the OAuth credential of `team.example.credentials.json` has expired and could not be renewed: run `nexus-claude-api auth login team.example`',
      },
    })
    expect((await health()).degraded).toEqual([
      {
        file: 'team.example.credentials.json',
        note: 'its tokens could not be renewed: run `nexus-claude-api auth login team.example`',
      },
    ])
  })

  test('is not used without the switch (AU-T2)', async () => {
    const { send, count } = await setUp({ allowOauth: false })
    expect(await send()).toMatchObject({ status: 403, body: { error: { type: 'permission_error' } } })
    expect([count('/v1/oauth/token'), count('/v1/messages')]).toEqual([0, 0])
  })
})

describe('a start with OAuth credentials', () => {
  const start = (...flags: readonly string[]) =>
    cli(['start', '--dry-run', '--upstream', 'anthropic', '--credentials-dir', '.', ...flags])

  test('prints one line that the user is responsible for them (AU-T2)', async () => {
    const line =
      'warning: OAuth credentials are used: you are responsible for them (docs/upstreams/anthropic.md#oauth).'
    const { code, err } = await start('--allow-oauth')
    expect([code, err.split(line).length]).toEqual([0, 2])
    expect((await start()).err).not.toContain('OAuth')
  })
})

describe("Claude Code's own sign-in", () => {
  test('serves requests without another credential, and is not renewed (AU-O14, AU-O15)', async () => {
    const { simulator, home, send, count } = await setUp({ claudeCodeLogin: true })
    const { accessToken, refreshToken } = simulator.tokens.issue(scope, 3600)
    const write = (expiresAt: number): string =>
      writeFile(join(home, '.claude', '.credentials.json'), { claudeAiOauth: { accessToken, refreshToken, expiresAt } })
    write(1)
    expect(await send('localhost')).toMatchObject({
      status: 401,
      body: { error: { message: expect.stringContaining('run `claude` once') } },
    })
    write(Date.now() + hourMs)
    expect((await send('localhost')).status).toBe(200)
    expect([count('/v1/oauth/token'), count('/v1/messages')]).toEqual([0, 1])
  })

  test('needs the switch of OAuth (AU-T2)', async () => {
    await expect(setUp({ claudeCodeLogin: true, allowOauth: false })).rejects.toThrow(
      '--claude-code-login needs --allow-oauth',
    )
  })
})
