import { describe, expect, test } from 'bun:test'
import { cli } from '../../support/cli.ts'

describe('client-token', () => {
  test('prints the token alone, because Claude Code reads all of the output (SU-3)', async () => {
    expect(await cli(['client-token'], { NEXUS_CLIENT_TOKEN: 'token-of-clients' })).toEqual({
      code: 0,
      out: 'token-of-clients\n',
      err: '',
    })
  })

  test('ends with 2 and prints nothing without a token, and for a server with named clients', async () => {
    for (const environment of [{}, { NEXUS_CLIENT_TOKENS: `alice:${'a'.repeat(24)}` }]) {
      const { code, out } = await cli(['client-token'], environment)
      expect([code, out]).toEqual([2, ''])
    }
  })
})
