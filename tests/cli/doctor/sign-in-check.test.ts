import { describe, expect, test } from 'bun:test'
import { readDoctorContext } from '../../../src/cli/doctor/context.ts'
import { signInChecks } from '../../../src/cli/doctor/sign-in-check.ts'
import { testIo } from '../../support/cli.ts'

const examine = async (environment: Record<string, string>, hasOtherUsers = false) => {
  const io = { ...testIo({ environment }), hasOtherUsers: () => hasOtherUsers }
  const checks = signInChecks(await readDoctorContext({ simulate: true }, io))
  return Promise.all(checks.map((check) => check.run()))
}

describe('signInChecks', () => {
  test('checks nothing without sign-in (SI-D1)', async () => {
    expect(await examine({})).toEqual([])
  })

  test('says where clients sign in, and who approves (SI-D1)', async () => {
    expect(await examine({ NEXUS_SIGN_IN: 'true' })).toEqual([
      {
        status: 'ok',
        detail: 'clients sign in at http://127.0.0.1:4141, after an approval in a terminal of this machine',
        data: { url: 'http://127.0.0.1:4141', approve: 'terminal' },
      },
    ])
    const team = { NEXUS_SIGN_IN_URL: 'https://claude.example', NEXUS_SIGN_IN_APPROVE: 'invite' }
    expect(await examine({ NEXUS_SIGN_IN: 'true', ...team })).toMatchObject([
      { status: 'ok', detail: 'clients sign in at https://claude.example, with an invite' },
    ])
  })

  test('reports settings with which the server does not start (SI-A1, SI-D1)', async () => {
    const [finding] = await examine({ NEXUS_SIGN_IN: 'true', NEXUS_SIGN_IN_URL: 'http://claude.example' })
    expect(finding).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('http://claude.example') as unknown as string,
    })
  })

  test('warns on a machine with other users (SI-S6)', async () => {
    const [finding] = await examine({ NEXUS_SIGN_IN: 'true' }, true)
    expect(finding).toMatchObject({
      status: 'warn',
      detail: expect.stringContaining('other users can log in to this machine') as unknown as string,
    })
  })
})
