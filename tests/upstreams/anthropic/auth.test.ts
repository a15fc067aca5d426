import { describe, expect, test } from 'bun:test'
import { Secret } from '../../../src/base/secret.ts'
import { createWithCredential } from '../../../src/upstreams/anthropic/auth.ts'
import type { Credential } from '../../../src/upstreams/anthropic/credentials/credential.ts'
import { keyCredential } from '../../support/anthropic.ts'

const oauthFlag = 'oauth-2025-04-20'
const key = keyCredential('key')
const token: Credential = { kind: 'oauth', header: 'authorization', secret: new Secret('token'), betas: [oauthFlag] }

const headersWith = (credential: Credential, sent: Record<string, string>, configured: Record<string, string> = {}) => {
  const added = Object.entries(configured).map(([name, value]) => [name, new Secret(value)] as const)
  return createWithCredential(new Map(added))(sent, credential)
}

describe('the credential of a request', () => {
  test('is one header (AU-K6)', () => {
    expect(headersWith(key, {})).toEqual({ 'x-api-key': 'key' })
    expect(headersWith({ ...token, betas: [] }, {})).toEqual({ authorization: 'Bearer token' })
  })

  test.each([
    ['', oauthFlag],
    ['thinking-2025,new-thing, later', `thinking-2025,new-thing,later,${oauthFlag}`],
    [`a,${oauthFlag},b,a`, `a,${oauthFlag},b`],
    [' , a ,, ', `a,${oauthFlag}`],
  ])("adds its flag to the client's %j (AU-H2)", (sent, merged) => {
    expect(headersWith(token, { 'anthropic-beta': sent })['anthropic-beta']).toBe(merged)
  })

  test("leaves a key's request without flags (AU-H2)", () => {
    expect(headersWith(key, { 'anthropic-beta': 'a, b' })['anthropic-beta']).toBe('a,b')
    expect('anthropic-beta' in headersWith(key, {})).toBe(false)
  })

  test('is followed by the headers of the configuration, which win (AU-H3)', () => {
    expect(headersWith(key, { 'x-app': 'cli' }, { 'X-Team': 'a', 'X-App': 'ours' })).toEqual({
      'x-app': 'ours',
      'x-api-key': 'key',
      'x-team': 'a',
    })
  })
})
