import { describe, expect, test } from 'bun:test'
import { startSignInCommands } from '../../../support/sign-in-command.ts'

describe('sign-in revoke', () => {
  test('ends sessions by id, by name and all, for the next request (SI-S4, SI-E1)', async () => {
    const { run, server } = startSignInCommands()
    const tokens: string[] = []
    for (const name of ['alice', 'alice', 'bob', 'carol']) tokens.push((await server.signedIn(name)).accessToken)
    const [first, second, bob, carol] = server.core.signIn.sessions()
    const statuses = () =>
      Promise.all(
        tokens.map(
          async (token) =>
            (await fetch(`${server.url}/v1/models`, { headers: { authorization: `Bearer ${token}` } })).status,
        ),
      )
    expect(await statuses()).toEqual([200, 200, 200, 200])
    expect(await run('revoke', first?.id ?? '')).toEqual({
      code: 0,
      out: '',
      err: `alice (${first?.id}) is signed out.\n`,
    })
    expect(await statuses()).toEqual([401, 200, 200, 200])
    expect((await run('revoke', 'alice')).err).toBe(`alice (${second?.id}) is signed out.\n`)
    expect(await statuses()).toEqual([401, 401, 200, 200])
    expect((await run('revoke', '--all')).err).toBe(
      `bob (${bob?.id}) is signed out.\ncarol (${carol?.id}) is signed out.\n`,
    )
    expect(await statuses()).toEqual([401, 401, 401, 401])
    expect(await run('revoke', '--all')).toEqual({ code: 0, out: '', err: 'No client is signed in.\n' })
  })

  test('names the nearest session for an unknown one (SI-S4)', async () => {
    const { run, server } = startSignInCommands()
    await server.signedIn('alice')
    expect(await run('revoke', 'alic')).toEqual({
      code: 1,
      out: '',
      err: 'No session has the id or name alic. Did you mean alice?\n',
    })
  })

  test.each([[[]], [['alice', '--all']]])('takes either a session or --all: %j (SI-S4)', async (args) => {
    const { run, server } = startSignInCommands()
    await server.signedIn('alice')
    const { code, err } = await run('revoke', ...args)
    expect([code, err]).toEqual([2, 'error: sign-in revoke needs the id or the name of a session, or --all.\n'])
    expect(server.core.signIn.sessions().length).toBe(1)
  })
})
