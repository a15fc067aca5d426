import { describe, expect, test } from 'bun:test'
import { signInWarnings } from '../../../src/cli/sign-in/start-words.ts'
import { defaultConfig } from '../../support/chain.ts'

const warn = (
  signIn: Partial<typeof defaultConfig.signIn>,
  hasOtherUsers = true,
  tls: typeof defaultConfig.tls = defaultConfig.tls,
): readonly string[] =>
  signInWarnings(
    { ...defaultConfig, tls, signIn: { ...defaultConfig.signIn, enabled: true, ...signIn } },
    { hasOtherUsers: () => hasOtherUsers },
  )

describe('signInWarnings', () => {
  test('warns on a machine with other users, and names the way without a port (SI-S6)', () => {
    expect(warn({})).toEqual([
      'other users can log in to this machine. While this server is down, they can listen on port 4141, and a signed-in Claude Code sends its token and its prompts there. nexus-claude-api claude does not depend on a port.',
    ])
    expect(warn({ publicUrl: 'http://localhost:4141' })).toHaveLength(1)
  })

  test.each([
    ['without other users', {}, false],
    ['without sign-in', { enabled: false }, true],
    // Claude Code pins the certificate of such a server.
    ['for https at another name', { publicUrl: 'https://claude.example' }, true],
  ])('gives no warning %s (SI-S6)', (_, signIn, hasOtherUsers) => {
    expect(warn(signIn, hasOtherUsers)).toEqual([])
  })

  test('gives no warning for a server with its own certificate (SI-S6)', () => {
    expect(warn({}, true, { cert: 'cert.pem', key: 'key.pem' })).toEqual([])
  })
})
