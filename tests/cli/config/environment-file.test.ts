import { describe, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withEnvironmentFile } from '../../../src/cli/config/environment-file.ts'
import { cli, temporaryFolder } from '../../support/cli.ts'

const file = (...lines: string[]): { path: string; text: string } => ({ path: 'team.env', text: lines.join('\n') })
const originsOf = (...lines: string[]): Record<string, string> =>
  Object.fromEntries(withEnvironmentFile({}, file(...lines)).origins)

describe('a file of variables', () => {
  test('sets only what the environment lacks, and counts both (OP-S3)', () => {
    const read = withEnvironmentFile({ PORT: '1', HOST: '' }, file('PORT=3000', 'HOST=::1', 'DEBUG=true', 'EMPTY='))
    expect(read.variables).toMatchObject({ PORT: '1', HOST: '::1', DEBUG: 'true' })
    expect(Object.fromEntries(read.origins)).toEqual({ HOST: 'team.env (line 2)', DEBUG: 'team.env (line 3)' })
    expect(read.overridden).toBe(1)
  })

  test('knows the line of each variable, and of several the last one (OP-S3)', () => {
    expect(originsOf('# first', '', 'A=1', ' export B = "two', 'C=3"', "D='a # b' # c", 'A=2')).toEqual({
      A: 'team.env (line 7)',
      B: 'team.env (line 4)',
      D: 'team.env (line 6)',
    })
  })

  test('knows the line in a file with the line breaks of Windows (OP-S3)', () => {
    expect(originsOf('A=1\r', 'B=2\r', '')).toEqual({ A: 'team.env (line 1)', B: 'team.env (line 2)' })
  })
})

describe('--env-file', () => {
  const inFolder = (...lines: string[]): string => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'team.env'), lines.join('\n'), { mode: 0o600 })
    return folder
  }
  const args = (folder: string): string[] => ['--env-file', join(folder, 'team.env')]

  test('is the source of its values in config show, config get and doctor (OP-S3)', async () => {
    const folder = inFolder('# team', 'NEXUS_UPSTREAM=anthropic', 'PORT=3000', 'CLAUDE_API_KEY=sk-ant-api03-secret')
    const path = join(folder, 'team.env')
    const shown = await cli(['config', 'show', ...args(folder)], {}, folder)
    expect(shown.out).toMatch(new RegExp(`^ *port +3000 +${path} \\(line 3\\)$`, 'm'))
    expect(shown.out).toMatch(new RegExp(`^ *anthropic.apiKey +\\S+ .*${path} \\(line 4\\)$`, 'm'))
    const json = JSON.parse((await cli(['config', 'show', '--json', ...args(folder)], {}, folder)).out)
    expect(json.settings.port).toEqual({ value: 3000, source: `${path} (line 3)` })
    const got = await cli(['config', 'get', 'port', ...args(folder)], {}, folder, { isTerminal: true })
    expect(got.err).toContain('team.env (line 3)')
    const doctor = await cli(['doctor', '--offline', ...args(folder)], {}, folder)
    expect(doctor.out).toContain('port = 3000 (~/team.env (line 3))')
  })

  test('start reports how many variables it sets (OP-S3)', async () => {
    const folder = inFolder('NEXUS_PORT=3000', 'NEXUS_MODEL=opus', 'NEXUS_HOST=localhost')
    const { err } = await cli(['start', '--dry-run', '--simulate', ...args(folder)], { NEXUS_PORT: '1' }, folder)
    expect(err).toContain(`Read 2 variables from ${folder}/team.env; of its others, the environment already sets 1.`)
  })

  test('an invalid value is an error that names the file and the line (OP-S3)', async () => {
    const folder = inFolder('', 'NEXUS_PORT=many')
    const { code, err } = await cli(['start', '--dry-run', ...args(folder)], {}, folder)
    expect(code).toBe(2)
    expect(err).toContain(`NEXUS_PORT in ${folder}/team.env (line 2) must be a whole number`)
  })

  test('a missing file ends with 2 (OP-S3, AU-D4)', async () => {
    const { code, err } = await cli(['start', '--upstream', 'anthropic', '--env-file', '/nowhere/.env'])
    expect([code, err]).toEqual([2, expect.stringContaining('/nowhere/.env cannot be read (ENOENT)') as never])
  })

  test('without it, no .env file is read (AU-D4)', async () => {
    const folder = inFolder()
    for (const name of ['.env', '.env.local']) writeFileSync(join(folder, name), 'NEXUS_PORT=3000\nPORT=3000')
    const { out } = await cli(['config', 'get', 'port'], { NEXUS_UPSTREAM: 'anthropic' }, folder)
    expect(out).toBe('4141\n')
  })
})
