import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { unreadFolder } from '../../../src/cli/config/unread-folder.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { cli, temporaryFolder } from '../../support/cli.ts'
import { writeFile } from '../../support/files.ts'

const withFile = (name: string): string => {
  const folder = temporaryFolder()
  writeFile(join(folder, 'credentials', name), '{"type":"api_key","api_key":"canary-hostile-key"}')
  return folder
}

const warningsFor = (folder: string, flags: Record<string, string>): string[] => {
  const { config } = loadConfig({ flags, environment: {}, files: [] })
  return unreadFolder(config, { currentDirectory: folder })
}

describe('a folder of credentials that the user did not name (AU-0d)', () => {
  test('is not read, and one line says how to name it', async () => {
    const folder = withFile('localhost:4141.credentials.json')
    const line = `the files of ${folder}/credentials are not used; pass --credentials-dir credentials to use them.`
    const { out, err } = await cli(['start', '--dry-run', '--upstream', 'anthropic'], {}, folder)
    expect(err.split('\n').filter((one) => one.includes('credentials-dir'))).toEqual([`warning: ${line}`])
    expect(out + err).not.toContain('canary')
  })

  test('gets no line with --simulate, which names the folder that it does not use', async () => {
    const folder = withFile('localhost:4141.credentials.json')
    const words = ['start', '--dry-run', '--upstream', 'anthropic', '--simulate']
    expect((await cli(words, {}, folder)).err).not.toContain('warning:')
    expect((await cli([...words, '--credentials-dir', 'credentials'], {}, folder)).err).toContain(
      'warning: --simulate needs no credentials: it does not use credentials.\n',
    )
  })

  test('gets no line if the user names one, for another upstream, and for other files', () => {
    const folder = withFile('a.credentials.json')
    expect(warningsFor(folder, { upstream: 'anthropic' })).toHaveLength(1)
    expect(warningsFor(folder, { upstream: 'anthropic', 'credentials-dir': 'other' })).toEqual([])
    expect(warningsFor(folder, {})).toEqual([])
    expect(warningsFor(withFile('package.json'), { upstream: 'anthropic' })).toEqual([])
    expect(warningsFor(temporaryFolder(), { upstream: 'anthropic' })).toEqual([])
  })
})
