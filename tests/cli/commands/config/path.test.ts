import { describe, expect, test } from 'bun:test'
import { cli } from '../../../support/cli.ts'
import { homeWithConfig } from '../../../support/files.ts'

describe('config path', () => {
  test('prints only the path on standard output', async () => {
    const { folder, path } = homeWithConfig({})
    expect(await cli(['config', 'path'], {}, folder)).toEqual({ code: 0, out: `${path}\n`, err: '' })
    expect((await cli(['config', 'path', '--config', 'c.json'], {}, folder)).out).toBe(`${folder}/c.json\n`)
    expect(await cli(['config', 'path', '--dev'], {}, folder)).toEqual({
      code: 0,
      out: `${folder}/nexus-claude-api.local.json\n`,
      err: 'This file does not exist yet: nexus-claude-api config set creates it.\n',
    })
  })
})
