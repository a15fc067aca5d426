import { describe, expect, test } from 'bun:test'
import { startSignInCommands } from '../../../support/sign-in-command.ts'

describe('sign-in invite', () => {
  test('prints an invite of 128 bits, alone on standard output (SI-P4)', async () => {
    const { run, requestCode, server } = startSignInCommands({ approve: 'invite', publicUrl: 'https://claude.example' })
    const { code, out, err } = await run('invite', 'alice')
    expect([code, err]).toEqual([
      0,
      expect.stringMatching(
        /^Invite for alice, which works once, until \S+Z\. Enter it at https:\/\/claude\.example\/device:\n$/,
      ),
    ])
    expect(out).toMatch(/^[\w-]{22}\n$/)
    expect(await server.core.signIn.approveByInvite(requestCode(), out.trim(), undefined)).toBe('approved')
  })

  test.each([
    ['1h', 3_599_999],
    ['24h', 86_399_999],
    [undefined, 86_399_999],
  ])('works for the time of --expires %s (SI-P4)', async (expires, lastMs) => {
    const { run, requestCode, server } = startSignInCommands({ approve: 'invite' })
    const args = expires === undefined ? [] : ['--expires', expires]
    const [first, second] = [await run('invite', 'alice', ...args), await run('invite', 'alice', ...args)]
    const { signIn } = server.core
    server.core.clock.now += lastMs
    expect(await signIn.approveByInvite(requestCode(), first.out.trim(), undefined)).toBe('approved')
    server.core.clock.now += 1
    expect(await signIn.approveByInvite(requestCode(), second.out.trim(), undefined)).toBe('wrongInvite')
  })

  test.each(['0', '31d', 'soon', '1y'])('refuses --expires %s (SI-P4)', async (expires) => {
    const { run } = startSignInCommands({ approve: 'invite' })
    const { code, out, err } = await run('invite', 'alice', '--expires', expires)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain('--expires must be')
  })

  test('needs a server that takes invites, and the name of a known client (SI-P4, SI-P5)', async () => {
    expect(await startSignInCommands().run('invite', 'alice')).toEqual({
      code: 1,
      out: '',
      err: 'This server takes no invites. Start it with signIn.approve set to invite, or use sign-in approve.\n',
    })
    const named = { isClient: (name: string) => name === 'alice', clientNames: () => ['alice'] }
    const { run } = startSignInCommands({ approve: 'invite', ...named })
    expect(await run('invite', 'alic')).toEqual({
      code: 1,
      out: '',
      err: 'No client has the name alic, or it may not use the server. Did you mean alice?\n',
    })
  })
})
