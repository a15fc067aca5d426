import { describe, expect, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Secret } from '../../../../../src/base/secret.ts'
import {
  type ClaudeCodeLoginOptions,
  createClaudeCodeLogin,
} from '../../../../../src/upstreams/anthropic/credentials/oauth/claude-code-login.ts'
import { temporaryFolder } from '../../../../support/cli.ts'
import { writeFile } from '../../../../support/files.ts'
import { hourMs } from '../../../../support/oauth.ts'

const textOf = (accessToken: string, expiresAt = Date.now() + hourMs): string =>
  JSON.stringify({
    claudeAiOauth: { accessToken, refreshToken: `refresh-${accessToken}`, expiresAt, scopes: ['user:inference'] },
    mcpOAuth: { 'server|1': { accessToken: 'other' } },
  })

const setUp = (options: Partial<ClaudeCodeLoginOptions> = {}) => {
  const file = join(temporaryFolder(), '.claude', '.credentials.json')
  const clock = { ms: 0 }
  const login = createClaudeCodeLogin({
    file,
    date: () => Date.now() + clock.ms,
    now: () => performance.now() + clock.ms,
    ...options,
  })
  return {
    file,
    write: (text: string) => writeFile(file, text),
    token: async () => (await login.token()).reveal(),
    renew: async (refused: string) => (await login.renew(new Secret(refused)))?.reveal(),
    pass: (ms: number) => {
      clock.ms += ms
    },
  }
}

/** A keychain with one item, which counts how often it is read. */
const keychain = (item: () => string | undefined) => {
  const state = { reads: 0 }
  return {
    state,
    readKeychain: async () => {
      state.reads += 1
      return item()
    },
  }
}

describe("Claude Code's own sign-in", () => {
  test('is read from its file, and read again only when the token has expired (AU-O14)', async () => {
    const { write, token, pass } = setUp()
    write(textOf('one'))
    expect(await token()).toBe('one')
    write(textOf('two', Date.now() + 3 * hourMs))
    expect(await token()).toBe('one')
    pass(hourMs)
    expect(await token()).toBe('two')
  })

  test('is read from the keychain first, once for all requests (AU-O14)', async () => {
    const { state, readKeychain } = keychain(() => textOf('item'))
    const { write, token } = setUp({ readKeychain })
    write(textOf('file'))
    expect(await Promise.all([token(), token(), token()])).toEqual(['item', 'item', 'item'])
    expect(await token()).toBe('item')
    expect(state.reads).toBe(1)
  })

  test('comes from the file if the keychain has no item, fails, or does not answer in time (AU-O14)', async () => {
    const readers = [
      async () => undefined,
      async () => textOf('old', 1),
      () => Promise.reject(new Error('locked')),
      () => new Promise<never>(() => {}),
    ]
    for (const readKeychain of readers) {
      const { write, token } = setUp({ readKeychain, keychainMs: 10 })
      write(textOf('file'))
      expect(await token()).toBe('file')
    }
  })

  test('is read from the keychain at most every 30 seconds (AU-O14)', async () => {
    const item = { text: textOf('one', 1) }
    const { state, readKeychain } = keychain(() => item.text)
    const { token, pass } = setUp({ readKeychain })
    await expect(token()).rejects.toThrow('stale')
    item.text = textOf('two')
    await expect(token()).rejects.toThrow('stale')
    expect(state.reads).toBe(1)
    pass(30_000)
    expect(await token()).toBe('two')
    expect(state.reads).toBe(2)
  })

  test('a 401 gives another token only if Claude Code has renewed it (AU-O14, AU-O15)', async () => {
    const { write, token, renew } = setUp()
    write(textOf('one'))
    expect(await token()).toBe('one')
    expect(await renew('one')).toBeUndefined()
    write(textOf('two'))
    expect(await renew('one')).toBe('two')
    expect(await renew('one')).toBe('two')
  })

  test('an expired one is never renewed or written: the user runs claude (AU-O15)', async () => {
    const { file, write, token } = setUp()
    write(textOf('one', Date.now() - 1))
    const before = readFileSync(file, 'utf8')
    const error = await token().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      type: 'authentication_error',
      status: 401,
      shouldRetry: false,
      message: "Claude Code's sign-in is stale: run `claude` once",
    })
    expect([readFileSync(file, 'utf8'), readdirSync(dirname(file))]).toEqual([before, ['.credentials.json']])
  })

  test('an absent one, and a file without a token that a header can carry, need a sign-in (AU-O14)', async () => {
    const { file, write, token } = setUp()
    await expect(token()).rejects.toThrow('Claude Code is not signed in on this machine')
    expect(existsSync(file)).toBe(false)
    const texts = ['', '{}', '{"claudeAiOauth":null}', textOf(''), textOf('two words'), textOf('a\r\nx-injected: 1')]
    for (const text of texts) {
      write(text)
      await expect(token()).rejects.toThrow('not signed in')
    }
  })

  test('a token of claude setup-token comes first, and is not renewed (AU-O15)', async () => {
    const { write, token, renew } = setUp({ setupToken: new Secret('setup') })
    write(textOf('file'))
    expect(await token()).toBe('setup')
    expect(await renew('setup')).toBeUndefined()
  })
})
