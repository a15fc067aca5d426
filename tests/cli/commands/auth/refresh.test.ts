import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { auth, authEnvironment, credentialFile } from '../../../support/auth.ts'
import { writeFile } from '../../../support/files.ts'
import { hourMs, readCredentials, startOAuth } from '../../../support/oauth.ts'

const setUp = (options: Parameters<typeof startOAuth>[0] = {}) => {
  const oauth = startOAuth(options)
  return { ...oauth, environment: authEnvironment(oauth.server, oauth.folder) }
}

describe('auth refresh', () => {
  test('renews a token that has not expired, and stores it (AU-O13)', async () => {
    const { server, path, signIn, environment, grants } = setUp()
    signIn({ expiresAt: Date.now() + hourMs })
    const before = readCredentials(path).oauth.accessToken
    const { code, out, err } = await auth(['refresh', 'team.example'], environment)
    const after = readCredentials(path).oauth.accessToken
    expect([code, out, grants()]).toEqual([0, '', 1])
    expect(err).toContain(`${path} is renewed, valid for 8 h.`)
    expect(after).not.toBe(before)
    expect(server.tokens.isValid(after)).toBe(true)
    expect(err).not.toContain(after)
  })

  test('ends with 1 and the remedy if the renewal fails, and changes nothing (AU-O7, AU-O13)', async () => {
    const cases: [number, string][] = [
      [400, 'run `nexus-claude-api auth login team.example`'],
      [404, 'Correct anthropic.oauth.tokenUrl'],
      [500, 'Try again in a moment'],
    ]
    for (const [status, expected] of cases) {
      const { path, environment } = setUp({ scenario: () => ({ error: { status } }) })
      const before = readFileSync(path, 'utf8')
      const { code, err } = await auth(['refresh', 'team.example'], environment)
      expect([code, err.includes(expected), readFileSync(path, 'utf8')]).toEqual([1, true, before])
    }
  })

  test('names the login as the remedy for a file without a refresh token (AU-O8, AU-O13)', async () => {
    const { writeGrant, environment } = setUp()
    writeGrant({ accessToken: 'sk-ant-oat01-alone' }, { expiresAt: Date.now() + hourMs })
    const { code, err } = await auth(['refresh', 'team.example'], environment)
    expect([code, err.includes('run `nexus-claude-api auth login team.example`')]).toEqual([1, true])
  })

  test('ends with 2 for a domain without tokens, without the switch, and without a domain (AU-T2, AU-O13)', async () => {
    const { folder, environment, calls } = setUp()
    writeFile(credentialFile(folder, 'key.example'), { type: 'api_key', api_key: 'sk-ant-api03-x' })
    const cases: [readonly string[], Record<string, string>][] = [
      [['refresh', 'other.example'], environment],
      [['refresh', 'key.example'], environment],
      [['refresh', 'team.example'], { ...environment, NEXUS_ALLOW_OAUTH: 'false' }],
      [['refresh'], environment],
      [['refresh', 'team.example/..'], environment],
    ]
    for (const [words, variables] of cases) expect([words, (await auth(words, variables)).code]).toEqual([words, 2])
    expect(calls()).toBe(0)
  })
})
