import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { noProxyFinding } from '../../../src/cli/doctor/no-proxy-check.ts'
import { temporaryFolder, testIo } from '../../support/cli.ts'
import { writeFile } from '../../support/files.ts'

const findingFor = (inFile: string | undefined, environment: Record<string, string>) => {
  const home = temporaryFolder()
  const path = join(home, '.claude', 'settings.json')
  if (inFile !== undefined) writeFile(path, { env: { NO_PROXY: inFile } })
  const io = testIo({ home, currentDirectory: home, environment })
  return { path, finding: noProxyFinding({ io, url: 'http://127.0.0.1:4141' } as Parameters<typeof noProxyFinding>[0]) }
}

const HTTPS_PROXY = 'http://proxy.example:3128'

describe('NO_PROXY', () => {
  test('of a settings file hides hosts of the shell: doctor compares both (SU-CC3)', () => {
    const { path, finding } = findingFor('127.0.0.1,corp.example', {
      HTTPS_PROXY,
      NO_PROXY: 'corp.example, new.example',
    })
    expect(finding).toMatchObject({
      status: 'info',
      detail: `${path} sets NO_PROXY, and hides these hosts of your shell: new.example`,
      remedy: expect.stringContaining('setup claude-code again'),
    })
  })

  test('of a settings file counts instead of the one of the shell (SU-CC3)', () => {
    for (const [inFile, environment] of [
      ['127.0.0.1', { HTTPS_PROXY }],
      ['*', { HTTPS_PROXY, NO_PROXY: 'corp.example' }],
    ] as const)
      expect(findingFor(inFile, environment).finding).toMatchObject({
        status: 'ok',
        detail: 'NO_PROXY contains 127.0.0.1',
      })
  })

  test('without a proxy does not matter', () => {
    expect(findingFor('127.0.0.1', { NO_PROXY: 'new.example' }).finding).toMatchObject({ status: 'ok' })
  })
})
