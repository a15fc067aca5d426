import { describe, expect, test } from 'bun:test'
import { forwardsClientKeys, hasOtherCredentials } from '../../src/config/client-keys.ts'
import { loadConfig } from '../../src/config/load.ts'

const configOf = (flags: Record<string, string>) =>
  loadConfig({ flags: { upstream: 'anthropic', ...flags }, environment: {}, files: [] }).config

describe('the keys of clients', () => {
  test.each([
    ['auto', undefined, true],
    ['auto', 'gate', false],
    ['forward', undefined, true],
    ['forward', 'gate', true],
    ['ignore', undefined, false],
    ['ignore', 'gate', false],
  ])('with %s and the client token %s: forwarded is %p (AU-K5)', (clientKeys, token, isForwarded) => {
    const config = configOf({ 'client-keys': clientKeys, ...(token !== undefined && { 'client-token': token }) })
    expect(forwardsClientKeys(config)).toBe(isForwarded)
  })

  test('other credentials are a folder, or the sign-in of Claude Code where OAuth is allowed (AU-0c, AU-T2)', () => {
    expect(hasOtherCredentials(configOf({}))).toBe(false)
    expect(hasOtherCredentials(configOf({ 'credentials-dir': 'x' }))).toBe(true)
    expect(hasOtherCredentials(configOf({ 'claude-code-login': 'true' }))).toBe(false)
    expect(hasOtherCredentials(configOf({ 'claude-code-login': 'true', 'allow-oauth': 'true' }))).toBe(true)
  })
})
