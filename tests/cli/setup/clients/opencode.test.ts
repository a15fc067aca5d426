import { describe, expect, test } from 'bun:test'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { setUpAndUndo, setupHome } from '../../../support/client-setup.ts'

const path = '.config/opencode/opencode.jsonc'

const fresh = `{
  "$schema": "https://opencode.ai/config.json",
  "provider": {
    "anthropic": {
      "options": {
        "baseURL": "http://127.0.0.1:1/v1",
        "apiKey": "dummy"
      }
    }
  }
}
`

const rich = `\uFEFF{\r
\t// My theme\r
\t"theme": "mine",\r
\t"provider": {\r
\t\t"anthropic": { "options": { "baseURL": "https://other.example/v1", "timeout": 5 } },\r
\t},\r
}\r
`

describe('setup opencode', () => {
  test('writes the address and the key of the provider anthropic (SU-4, SU-13)', async () => {
    expect(await setUpAndUndo('opencode', setupHome())).toEqual({ [path]: fresh })
  })

  test('changes the file that exists, and keeps comments, line ends, tabs and a byte order mark (SU-4)', async () => {
    const changed = (await setUpAndUndo('opencode', setupHome({ [path]: rich })))[path]
    expect(changed).toContain('"baseURL": "http://127.0.0.1:1/v1"')
    expect(changed?.replace('http://127.0.0.1:1/v1', 'https://other.example/v1')).toBe(
      rich
        .replace('"timeout": 5', '"timeout": 5, "apiKey": "dummy"')
        .replace('\t},\r\n}', '\t},\r\n\t"$schema": "https://opencode.ai/config.json",\r\n}'),
    )
    const json = '.config/opencode/opencode.json'
    expect(Object.keys(await setUpAndUndo('opencode', setupHome({ [json]: '{}' })))).toEqual([json])
  })

  test('finds the folder of XDG_CONFIG_HOME', async () => {
    const other = setupHome()
    const { run } = setupHome({}, { environment: { XDG_CONFIG_HOME: other.home } })
    await run('opencode')
    expect(other.files()).toEqual({ 'opencode/opencode.jsonc': fresh })
  })

  test('writes a client token only into a file of its owner, and hides it (SU-3)', async () => {
    const token = 'canary-token-0123456789'
    const { home, run, files } = setupHome({ [path]: '{}\n' }, { environment: { NEXUS_CLIENT_TOKEN: token } })
    const { out, err } = await run('opencode')
    expect(files()[path]).toContain(token)
    expect(statSync(join(home, path)).mode & 0o777).toBe(0o600)
    expect(out + err).not.toContain('canary')
    expect(err).toContain('The file contains the client token.')
    await run('opencode', '--undo')
    expect(files()).toEqual({ [path]: '{}\n' })
  })

  test('names the command that shows that it works (SU-15)', async () => {
    const { err } = await setupHome().run('opencode')
    expect(err).toContain('Restart opencode.\nTo check it: opencode -m anthropic/claude-sonnet-4-6\n')
  })

  test('cannot sign in (SU-CC2)', async () => {
    const { code, err } = await setupHome().run('opencode', '--sign-in')
    expect([code, err]).toEqual([2, 'error: opencode cannot sign in to a server. Leave --sign-in out.\n'])
  })
})
