import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { createLogger } from '../../../src/base/logger.ts'
import { credentialSources } from '../../../src/cli/credentials/credential-sources.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { temporaryFolder, testIo } from '../../support/cli.ts'
import { writeFile } from '../../support/files.ts'

const silent = createLogger('silent', () => {})

const sourcesOf = (environment: Record<string, string>, machine: { home?: string; currentDirectory?: string } = {}) =>
  credentialSources(
    loadConfig({ flags: {}, environment, files: [] }).config,
    silent,
    testIo({ environment, ...machine }).machine,
  )

const teamFile = { type: 'api_key', api_key: 'sk-team' }

describe('the credentials of this machine', () => {
  test('are none for another upstream, and none that the configuration does not name (AU-0d)', async () => {
    const folder = temporaryFolder()
    writeFile(join(folder, 'credentials', 'team.credentials.json'), teamFile)
    const machine = { currentDirectory: folder, home: folder }
    expect(await sourcesOf({ NEXUS_CREDENTIALS_DIR: 'credentials' }, machine)).toEqual({})
    expect((await sourcesOf({ NEXUS_UPSTREAM: 'anthropic' }, machine)).domainFiles).toBeUndefined()
  })

  test.each([
    ['credentials', 'currentDirectory'],
    ['./credentials', 'currentDirectory'],
    ['~/credentials', 'home'],
  ])('are the files of the named folder: %s (AU-K1)', async (CREDENTIALS_DIR, place) => {
    const folder = temporaryFolder()
    writeFile(join(folder, 'credentials', 'team.credentials.json'), teamFile)
    const { domainFiles } = await sourcesOf({ NEXUS_UPSTREAM: 'anthropic', CREDENTIALS_DIR }, { [place]: folder })
    expect(await domainFiles?.find('team')).toMatchObject({ name: 'team' })
    expect(await domainFiles?.find('other')).toBeUndefined()
  })

  test('recognize the token that a folder of client setup hands out (AU-K5, AU-C3)', async () => {
    const folder = temporaryFolder()
    writeFile(join(folder, '.credentials.json'), { claudeAiOauth: { accessToken: 'ours' } })
    const { isHandedOut } = await sourcesOf({ NEXUS_UPSTREAM: 'anthropic', CLIENT_SETUP_DIR: folder })
    expect([await isHandedOut?.('ours'), await isHandedOut?.('other')]).toEqual([true, false])
  })
})
