import { describe, expect, test } from 'bun:test'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { cli, temporaryFolder } from '../../../support/cli.ts'
import { configPath, modeOf } from '../../../support/files.ts'

describe('A10 config edit', () => {
  /** An editor that writes the text to the given file. */
  const editor = (text: string): string => {
    const path = join(temporaryFolder(), 'my editor')
    writeFileSync(path, `#!/bin/sh\necho "$1" > "$0.args"\nprintf '%s' '${text}' > "$2"\n`, { mode: 0o700 })
    return path
  }

  test('opens the file in the editor of VISUAL or EDITOR, with owner-only access, and checks it', async () => {
    const folder = temporaryFolder()
    const path = configPath(folder)
    const own = editor('{ "port": 5001 } // mine')
    const { code, err } = await cli(['config', 'edit'], { EDITOR: `'${own}' --wait`, VISUAL: '' }, folder)
    expect([code, err]).toEqual([0, `${path} is valid.\n`])
    expect([modeOf(path), modeOf(dirname(path))]).toEqual([0o600, 0o700])
    expect(readFileSync(`${own}.args`, 'utf8')).toBe('--wait\n')
    expect((await cli(['config', 'get', 'port'], {}, folder)).out).toBe('5001\n')
  })

  test('reports the position of an error in the file afterwards', async () => {
    const folder = temporaryFolder()
    const { code, err } = await cli(['config', 'edit'], { VISUAL: `'${editor('{ port')}' -w` }, folder)
    expect([code, err]).toEqual([2, expect.stringContaining('config.json:1:3 is not valid JSON') as never])
  })

  test('reports a missing editor, and one that fails', async () => {
    const folder = temporaryFolder()
    const none = await cli(['config', 'edit'], {}, folder)
    expect([none.code, none.err]).toEqual([
      2,
      expect.stringContaining(`Set EDITOR, or open the file yourself: ${configPath(folder)}`) as never,
    ])
    expect(existsSync(configPath(folder))).toBe(false)
    expect(await cli(['config', 'edit'], { EDITOR: 'false' }, folder)).toMatchObject({
      code: 1,
      err: 'The editor ended with exit code 1.\n',
    })
  })
})
