import { describe, expect, test } from 'bun:test'
import { startSignInCommands } from '../../../support/sign-in-command.ts'

describe('sign-in list', () => {
  test('lists the sessions, and the codes that wait (SI-S4)', async () => {
    const { run, server, requestCode } = startSignInCommands()
    expect(await run('list')).toEqual({ code: 0, out: '', err: 'No client is signed in.\n' })
    await server.signedIn('alice')
    const code = requestCode()
    const { out, err } = await run('list')
    const [session] = server.core.signIn.sessions()
    expect(out).toBe(
      [
        'ID                   NAME   CLIENT               SIGNED IN (UTC)   LAST USED (UTC)',
        `${session?.id}  alice  claude-code/2.1.332  2026-11-29 00:00  2026-11-29 00:00`,
        '',
      ].join('\n'),
    )
    expect(err).toMatch(
      new RegExp(`^Pending:\\n  ${code}  claude-code/2\\.1\\.332  127\\.0\\.0\\.1  expires in \\d+ min\\n$`),
    )
  })

  test('prints JSON without tokens, hashes and codes (SI-S4, SI-S5, SI-V1)', async () => {
    const { run, server, requestCode } = startSignInCommands()
    const { accessToken, refreshToken } = await server.signedIn('alice')
    requestCode()
    const { code, out, err } = await run('list', '--json')
    const [session] = server.core.signIn.sessions()
    expect([code, err, JSON.parse(out)]).toEqual([
      0,
      '',
      [
        {
          id: session?.id,
          name: 'alice',
          surface: 'claude_code',
          clientVersion: 'claude-code/2.1.332',
          created: '2026-11-29T00:00:02.000Z',
          lastUsed: '2026-11-29T00:00:02.000Z',
        },
      ],
    ])
    for (const secret of [accessToken, refreshToken]) expect(out).not.toContain(secret)
  })
})
