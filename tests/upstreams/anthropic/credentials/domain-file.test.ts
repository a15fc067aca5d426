import { describe, expect, test } from 'bun:test'
import { Secret } from '../../../../src/base/secret.ts'
import { type DomainFile, parseDomainFile } from '../../../../src/upstreams/anthropic/credentials/domain-file.ts'

const parsed = (value: unknown): DomainFile => {
  const file = parseDomainFile(JSON.stringify(value))
  if ('problem' in file) throw new Error(file.problem)
  return file
}

const revealed = (secrets: readonly (Secret | undefined)[]): (string | undefined)[] =>
  secrets.map((secret) => secret?.reveal())

const oauth = {
  accessToken: 'sk-ant-oat01-access',
  refreshToken: 'sk-ant-ort01-refresh',
  expiresAt: 1_800_000_000_000,
  scopes: ['user:inference', 'user:profile'],
  isMax: false,
}

describe('a file of credentials', () => {
  test('has one key (AU-K7)', () => {
    const { credential } = parsed({ type: 'api_key', api_key: 'sk-ant-api03-a' })
    expect(credential.type === 'api_key' && revealed(credential.keys)).toEqual(['sk-ant-api03-a'])
  })

  test('has several keys (AU-K7)', () => {
    const { credential } = parsed({ type: 'api_key', api_keys: ['one', 'two'] })
    expect(credential.type === 'api_key' && revealed(credential.keys)).toEqual(['one', 'two'])
  })

  test('has OAuth tokens (AU-K7)', () => {
    const { credential } = parsed({ type: 'oauth', oauth })
    if (credential.type !== 'oauth') throw new Error('type')
    const { accessToken, refreshToken, expiresAt, scopes } = credential.grant
    expect(revealed([accessToken, refreshToken])).toEqual(['sk-ant-oat01-access', 'sk-ant-ort01-refresh'])
    expect([expiresAt, scopes]).toEqual([1_800_000_000_000, ['user:inference', 'user:profile']])
  })

  test('has settings for Slack, of which each may be absent (AU-K7)', () => {
    const slack = {
      webhook_url: 'https://hooks.example/x',
      channel: '#a',
      username: 'u',
      icon_emoji: ':i:',
      enabled: false,
    }
    const full = parsed({ type: 'api_key', api_key: 'k', slack }).slack
    expect(full).toEqual({
      webhookUrl: new Secret(slack.webhook_url),
      channel: '#a',
      username: 'u',
      iconEmoji: ':i:',
      enabled: false,
    })
    expect(full?.webhookUrl?.reveal()).toBe(slack.webhook_url)
    expect(parsed({ type: 'api_key', api_key: 'k', slack: { channel: '#a', username: null } }).slack).toEqual({
      channel: '#a',
    })
    expect(parsed({ type: 'api_key', api_key: 'k' })).not.toHaveProperty('slack')
    const empty = { webhook_url: '', channel: '', username: '', icon_emoji: '' }
    expect(parsed({ type: 'api_key', api_key: 'k', slack: empty }).slack).toEqual({})
  })

  test('has the key of its clients (AU-K16), and members that are unknown here (AU-K7)', () => {
    const file = parsed({ type: 'api_key', api_key: 'k', client_api_key: 'cnp_live_1', owner: { name: 'x' } })
    expect(file.clientKey?.reveal()).toBe('cnp_live_1')
  })

  test('may begin with a byte order mark', () => {
    expect(parseDomainFile('\uFEFF{"type":"api_key","api_key":"k"}')).not.toHaveProperty('problem')
  })

  test('never shows its values', () => {
    const file = parsed({
      type: 'api_key',
      api_keys: ['canary-1'],
      client_api_key: 'canary-2',
      slack: { webhook_url: 'canary-3' },
    })
    expect(JSON.stringify(file) + Bun.inspect(file)).not.toContain('canary')
  })
})

describe('an invalid file of credentials', () => {
  test.each([
    ['', 'the file is not JSON'],
    ['{"type":"api_key","api_key":"canary', 'the file is not JSON'],
    ['[]', 'the file is not an object'],
    ['null', 'the file is not an object'],
    ['"canary"', 'the file is not an object'],
  ])('is refused as a text: %s', (text, problem) => {
    expect(parseDomainFile(text)).toEqual({ problem })
  })

  test.each([
    [{}, 'type is missing'],
    [{ type: 'canary' }, 'type is not api_key or oauth'],
    [{ type: 1 }, 'type is not api_key or oauth'],
    [{ type: 'api_key' }, 'api_key is missing'],
    [{ type: 'api_key', api_key: null }, 'api_key is missing'],
    [{ type: 'api_key', api_key: '' }, 'api_key is empty'],
    [{ type: 'api_key', api_key: 1 }, 'api_key is not a string'],
    [{ type: 'api_key', api_key: 'canary \n' }, 'api_key has a character that is not valid in a header'],
    [{ type: 'api_key', api_keys: [] }, 'api_keys is empty'],
    [{ type: 'api_key', api_keys: 'canary' }, 'api_keys is not a list'],
    [{ type: 'api_key', api_keys: ['canary', ''] }, 'api_keys.1 is empty'],
    [{ type: 'api_key', api_key: 'canary', api_keys: ['canary'] }, 'api_key and api_keys are both present'],
    [{ type: 'oauth' }, 'oauth is missing'],
    [{ type: 'oauth', oauth: 'canary' }, 'oauth is not an object'],
    [{ type: 'oauth', oauth: {} }, 'oauth.accessToken is missing'],
    [{ type: 'oauth', oauth: { ...oauth, accessToken: '' } }, 'oauth.accessToken is empty'],
    [{ type: 'oauth', oauth: { ...oauth, accessToken: null } }, 'oauth.accessToken is not a string'],
    [{ type: 'oauth', oauth: { ...oauth, refreshToken: 1 } }, 'oauth.refreshToken is not a string'],
    [{ type: 'oauth', oauth: { ...oauth, expiresAt: 'canary' } }, 'oauth.expiresAt is not a number'],
    [{ type: 'oauth', oauth: { ...oauth, scopes: 'canary' } }, 'oauth.scopes is not a list'],
    [{ type: 'oauth', oauth: { ...oauth, isMax: 'canary' } }, 'oauth.isMax is not true or false'],
    [{ type: 'api_key', api_key: 'canary', slack: 'canary' }, 'slack is not an object'],
    [{ type: 'api_key', api_key: 'canary', slack: { enabled: 'canary' } }, 'slack.enabled is not true or false'],
    [{ type: 'api_key', api_key: 'canary', slack: { webhook_url: 1 } }, 'slack.webhook_url is not a string'],
    [{ type: 'api_key', api_key: 'canary', client_api_key: '' }, 'client_api_key is empty'],
  ])('is refused by the first wrong member, without its value (AU-K13): %j', (value, problem) => {
    expect(parseDomainFile(JSON.stringify(value))).toEqual({ problem })
  })
})
