import { describe, expect, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { runLogin } from '../../../../src/cli/commands/auth/login.ts'
import type { Io } from '../../../../src/cli/terminal/io.ts'
import type { TokenServerOptions } from '../../../../src/simulator/anthropic/token-server.ts'
import { movedPage } from '../../../../src/simulator/anthropic/token-service.ts'
import { answering, auth, authEnvironment, collectingIo, credentialFile } from '../../../support/auth.ts'
import { modeOf, readJson, writeFile } from '../../../support/files.ts'
import { readCredentials, startOAuth } from '../../../support/oauth.ts'
import { cliInTerminal, hasTerminals } from '../../../support/terminal.ts'
import { waitUntil } from '../../../support/wait-until.ts'

const minuteMs = 60_000

const setUp = (options: TokenServerOptions = {}, environment: Record<string, string> = {}) => {
  const oauth = startOAuth(options)
  const folder = join(dirname(oauth.folder), 'new')
  return { ...oauth, folder, environment: { ...authEnvironment(oauth.server, folder), ...environment } }
}

const pageIn = (text: string): string => /^ {2}(http\S+)$/m.exec(text)?.[1] ?? ''

/** Runs a login whose page the test opens as a browser would, up to its end. */
const loginWithBrowser = async (
  environment: Record<string, string>,
  open: (page: string) => Promise<unknown> = fetch,
  { flags = {}, domain, io: replacements, timeoutMs = minuteMs }: LoginInput = {},
) => {
  const { io, output } = collectingIo(environment, replacements)
  const given = { flags: { yes: true, 'no-browser': true, ...flags } as const, positionals: { domain }, rest: [] }
  const ended = runLogin(given, io, { callbackPort: 0, timeoutMs })
  await Promise.race([ended, waitUntil(() => pageIn(output.err) !== '')])
  await open(pageIn(output.err))
  return { code: await ended, ...output, page: pageIn(output.err) }
}

interface LoginInput {
  readonly flags?: Readonly<Record<string, string | true>>
  readonly domain?: string
  readonly io?: Partial<Io>
  readonly timeoutMs?: number
}

/** The text on the page that the manual login opens. */
const shownCode = async (page: string): Promise<string> =>
  /<[^>]*>([\w-]+#[\w-]+)</.exec(await (await fetch(page)).text())?.[1] ?? ''

describe('auth login', () => {
  test('stores the tokens of a login by the browser, readable only by their owner (AU-O13)', async () => {
    const { server, folder, environment, grants } = setUp()
    const { code, out, err } = await loginWithBrowser(environment)
    const path = credentialFile(folder, 'localhost:4141')
    const { oauth, ...others } = readCredentials(path)
    expect([code, out]).toEqual([0, ''])
    expect(err).toContain(`Signed in for localhost:4141: ${path}, valid for 8 h.`)
    expect(server.tokens.isValid(oauth.accessToken)).toBe(true)
    expect(oauth).toEqual({
      accessToken: oauth.accessToken,
      refreshToken: expect.stringMatching(/^sk-ant-ort01-/),
      expiresAt: expect.any(Number),
      scopes: ['org:create_api_key', 'user:profile', 'user:inference'],
      isMax: false,
    } as never)
    expect(others).toEqual({ type: 'oauth' })
    expect([modeOf(folder), modeOf(path), readdirSync(folder).length, grants()]).toEqual([0o700, 0o600, 1, 1])
    for (const secret of [oauth.accessToken, oauth.refreshToken ?? '']) expect(err).not.toContain(secret)
  })

  test('says what the terms say, and asks; No changes nothing (AU-T1, AU-O13)', async () => {
    const { folder, environment, calls } = setUp()
    for (const [answer, expected] of [
      ['no', 1],
      [undefined, 130],
    ] as const) {
      const { prompts, questions } = answering(answer)
      const { code, err } = await auth(['login'], environment, { prompts })
      expect([code, calls(), existsSync(folder)]).toEqual([expected, 0, false])
      expect(err).toContain('https://code.claude.com/docs/en/legal-and-compliance')
      expect(err).toContain('do not allow third parties to offer the login of Claude.ai, or to route the requests')
      expect(questions).toEqual([
        `Sign in for localhost:4141, and store the tokens in ${credentialFile(folder, 'localhost:4141')}?`,
      ])
    }
  })

  test('needs the switch, a folder, a valid domain, and --yes without a terminal: else it ends with 2 (AU-T2, AU-O13)', async () => {
    const { environment, calls } = setUp()
    const cases: [Record<string, string>, readonly string[], RegExp][] = [
      [{ NEXUS_ALLOW_OAUTH: 'false' }, ['login', '--yes'], /--allow-oauth/],
      [{ NEXUS_CREDENTIALS_DIR: '' }, ['login', '--yes'], /--credentials-dir/],
      [
        { CLAUDE_OAUTH_TOKEN_URL: 'http://auth.example/token' },
        ['login', '--yes'],
        /tokens would go to auth\.example unencrypted/,
      ],
      [{}, ['login'], /Pass --yes/],
      [{}, ['login', '../x', '--yes'], /is not valid. Use the host/],
      [{}, ['login', 'a/b', '--yes'], /is not valid. Use the host/],
    ]
    for (const [variables, words, expected] of cases) {
      const { code, err } = await auth(words, { ...environment, ...variables })
      expect([code, expected.test(err), err]).toEqual([2, true, err])
    }
    expect(calls()).toBe(0)
  })

  test('keeps slack and other members of the file, and replaces its key (AU-O13)', async () => {
    const { folder, environment } = setUp()
    const path = writeFile(credentialFile(folder, 'team.example'), {
      type: 'api_key',
      api_key: 'sk-ant-api03-old',
      slack: { channel: '#a' },
      client_api_key: 'cnp_live_1',
    })
    const { code } = await loginWithBrowser(environment, fetch, { domain: 'Team.Example' })
    expect(code).toBe(0)
    expect(readJson(path)).toEqual({
      type: 'oauth',
      oauth: readCredentials(path).oauth,
      slack: { channel: '#a' },
      client_api_key: 'cnp_live_1',
    })
  })

  test('by hand: the page shows CODE#STATE, which the user pastes without an echo (AU-O13)', async () => {
    const { server, folder, environment, journal } = setUp()
    const { io, output } = collectingIo(environment)
    const { prompts } = answering('yes', () => shownCode(pageIn(output.err)))
    const given = { flags: { manual: true } as const, positionals: { domain: 'a.example' }, rest: [] }
    expect(await runLogin(given, { ...io, prompts })).toBe(0)
    expect(server.tokens.isValid(readCredentials(credentialFile(folder, 'a.example')).oauth.accessToken)).toBe(true)
    expect(new URL(pageIn(output.err)).searchParams.get('code')).toBe('true')
    const grant = journal.find(({ path }) => path === '/v1/oauth/token')
    expect(grant?.body).toMatchObject({ redirect_uri: 'https://platform.claude.com/oauth/code/callback' })
  })

  test('by hand in a script: the code comes by a pipe, as a whole URL too (AU-O13)', async () => {
    const { folder, environment } = setUp()
    const { io, output } = collectingIo(environment)
    const pipedIn = async (): Promise<string> => {
      const [code = '', state = ''] = (await shownCode(pageIn(output.err))).split('#')
      return `https://platform.claude.com/oauth/code/callback?code=${code}&state=${state}\n`
    }
    const given = { flags: { manual: true, yes: true } as const, positionals: { domain: 'a.example' }, rest: [] }
    expect(await runLogin(given, { ...io, pipedIn })).toBe(0)
    expect(existsSync(credentialFile(folder, 'a.example'))).toBe(true)
  })

  test('by hand: a part, and the code of another login, are refused (AU-O13)', async () => {
    const { environment, grants } = setUp()
    for (const [pasted, expected] of [
      ['the-code', /both parts/],
      ['the-code#other', /another login/],
    ] as const) {
      const { prompts } = answering('yes', async () => pasted)
      const { code, err } = await auth(['login', '--manual'], environment, { prompts })
      expect([code, expected.test(err)]).toEqual([1, true])
    }
    const cancelled = answering('yes', async () => undefined)
    expect((await auth(['login', '--manual'], environment, { prompts: cancelled.prompts })).code).toBe(130)
    expect((await auth(['login', '--manual', '--yes'], environment)).code).toBe(2)
    expect(grants()).toBe(0)
  })

  test('is by hand without a browser, in a remote shell, and if the port is not free (AU-O13)', async () => {
    const browser = writeFile(join(setUp().folder, 'bin', 'xdg-open'), '#!/bin/sh\n')
    const display = { PATH: dirname(browser), DISPLAY: ':0' }
    const taken = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() })
    const cases: [Record<string, string>, number, boolean][] = [
      [{}, 0, true],
      [{ ...display, SSH_CONNECTION: '10.0.0.1 22' }, 0, true],
      [display, taken.port ?? 0, true],
      [display, 0, false],
    ]
    try {
      for (const [variables, callbackPort, isManual] of cases) {
        const { environment } = setUp({}, variables)
        const { io, output } = collectingIo(environment)
        const { prompts } = answering('yes', async () => '')
        const given = { flags: {}, positionals: { domain: undefined }, rest: [] }
        expect(await runLogin(given, { ...io, prompts }, { callbackPort, timeoutMs: 1 })).toBe(1)
        expect(pageIn(output.err).includes('platform.claude.com')).toBe(isManual)
      }
    } finally {
      await taken.stop(true)
    }
  })

  test('tells a declined login, a browser that stays away, and each kind of refused code apart (AU-O13)', async () => {
    const declined = setUp({ declines: true })
    const first = await loginWithBrowser(declined.environment)
    expect([first.code, first.err.includes('declined'), readdirSync(declined.folder)]).toEqual([1, true, []])
    const late = await loginWithBrowser(setUp().environment, async () => {}, { timeoutMs: 1 })
    expect([late.code, late.err.includes('--manual')]).toEqual([1, true])
    const answers: [TokenServerOptions, RegExp][] = [
      [
        { scenario: () => ({ error: { status: 400, body: '{"error":"invalid_grant"}' } }) },
        /status 400, invalid_grant/,
      ],
      [{ scenario: () => ({ error: { status: 500 } }) }, /did not return tokens \(status 500/],
      [{ scenario: () => ({ error: movedPage }) }, /Correct anthropic\.oauth\.tokenUrl/],
    ]
    for (const [options, expected] of answers) {
      const { environment, folder } = setUp(options)
      const { code, err } = await loginWithBrowser(environment)
      expect([code, expected.test(err), readdirSync(folder)]).toEqual([1, true, []])
    }
  })

  test.if(hasTerminals)('in a terminal shows neither the code nor a token (AU-O13)', async () => {
    const { folder, environment } = setUp()
    const terminal = cliInTerminal(['auth', 'login', 'a.example', '--manual'], environment)
    await terminal.shows(/Enter a number/)
    terminal.types('y\r')
    const [, page = ''] = await terminal.shows(/(http\S+\/oauth\/authorize\S+)/)
    const code = await shownCode(page)
    await terminal.shows(/hidden\)/)
    terminal.types(`${code}\r`)
    await terminal.shows(/Signed in for a\.example/)
    expect(await terminal.ended).toBe(0)
    const { accessToken, refreshToken = '' } = readCredentials(credentialFile(folder, 'a.example')).oauth
    for (const secret of [code.split('#')[0] ?? '', accessToken, refreshToken])
      expect(terminal.screen()).not.toContain(secret)
  })
})

test('a login without a code tells the user to paste one (AU-O13)', async () => {
  const { environment, calls } = setUp()
  const { code, err } = await auth(['login', '--yes', '--manual'], environment, { pipedIn: async () => '\n' })
  expect([code, err.includes('There is no code: copy it from the page, CODE#STATE'), calls()]).toEqual([1, true, 0])
})

test('a folder that cannot be used is reported before the login begins (AU-O13)', async () => {
  const { folder, environment, calls } = setUp()
  writeFile(folder, 'a file in the place of the folder')
  const file = await auth(['login', 'a.example', '--yes', '--manual'], environment, { pipedIn: async () => '' })
  expect([file.code, file.err.includes(`${folder} cannot be read`)]).toEqual([2, true])
  const below = join(folder, 'below')
  const missing = await auth(['login', '--yes'], { ...environment, NEXUS_CREDENTIALS_DIR: below })
  expect([missing.code, calls()]).toEqual([2, 0])
  expect(readFileSync(folder, 'utf8')).toBe('a file in the place of the folder')
})
