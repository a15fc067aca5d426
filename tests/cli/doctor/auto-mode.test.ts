import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { temporaryFolder } from '../../support/cli.ts'
import { doctor } from '../../support/doctor.ts'
import { writeFile } from '../../support/files.ts'

describe('the check of auto mode (A1)', () => {
  const checkOf = async (environment: Record<string, string> = {}, folder?: string) =>
    (await doctor(['--offline'], environment, folder)).of('claude.auto-mode')
  const withVariable = (value: string): { folder: string; path: string } => {
    const folder = temporaryFolder()
    const env = { CLAUDE_CODE_AUTO_MODE_SERVER: value }
    return { folder, path: writeFile(join(folder, '.claude', 'settings.json'), { env }) }
  }

  test('comes from this server, with the small model', async () => {
    expect(await checkOf()).toMatchObject({
      status: 'ok',
      detail: 'this server checks actions, with claude-haiku-4-5 (translation.safeguards)',
      data: { check: 'server' },
    })
  })

  test('comes from the client if the launch, the environment or a settings file switches the server off', async () => {
    expect(await checkOf({ NEXUS_SAFEGUARDS: 'client' })).toMatchObject({
      status: 'info',
      detail: expect.stringContaining('off in the launch command'),
      data: { check: 'client' },
    })
    expect((await checkOf({ CLAUDE_CODE_AUTO_MODE_SERVER: '0' })).detail).toEndWith('is off in the environment')
    const { folder, path } = withVariable('0')
    expect((await checkOf({}, folder)).detail).toEndWith(`is off in ${path}`)
  })

  test('is missing if the server does not answer the client', async () => {
    const off = await checkOf({ NEXUS_SAFEGUARDS: 'off' })
    expect(off).toMatchObject({ status: 'warn', data: { check: 'none' } })
    expect(off.remedy).toContain('Set translation.safeguards to answer')
    const { folder } = withVariable('1')
    const forced = await checkOf({ NEXUS_SAFEGUARDS: 'client' }, folder)
    expect(forced).toMatchObject({ status: 'warn', data: { check: 'none' } })
    expect(forced.remedy).toStartWith('Remove CLAUDE_CODE_AUTO_MODE_SERVER')
  })
})
