import { describe, expect, test } from 'bun:test'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { setUpAndUndo, setupHome } from '../../../support/client-setup.ts'

const path = '.continue/config.yaml'

const entry = (title: string, name: string): string => `  - name: ${title} (AI Nexus)
    provider: anthropic
    model: ${name}
    apiBase: http://127.0.0.1:1/v1
    apiKey: dummy
`
const entries = [
  entry('Claude Sonnet 4.6', 'claude-sonnet-4-6'),
  entry('Claude Haiku 4.5', 'claude-haiku-4-5'),
  entry('Claude Opus 4.6', 'claude-opus-4-6'),
].join('')

const rich = `# Mine
name: My config
version: 0.0.1
schema: v1

models:
  # The local one
  - name: "Local"   # small
    provider: ollama
    model: qwen

context: [ {provider: code},  {provider: docs} ]
`

describe('setup continue', () => {
  test('writes an entry for each model, with the members that the file needs', async () => {
    expect(await setUpAndUndo('continue', setupHome())).toEqual({
      [path]: `name: Local Config\nversion: 1.0.0\nschema: v1\nmodels:\n${entries}`,
    })
  })

  test("keeps comments, order, layout and the user's models (SU-4, SU-6)", async () => {
    expect(await setUpAndUndo('continue', setupHome({ [path]: rich }))).toEqual({
      [path]: rich.replace('    model: qwen\n', `    model: qwen\n${entries}`),
    })
    const windows = rich.replaceAll('\n', '\r\n')
    expect(await setUpAndUndo('continue', setupHome({ [path]: windows }))).toEqual({
      [path]: rich.replace('    model: qwen\n', `    model: qwen\n${entries}`).replaceAll('\n', '\r\n'),
    })
  })

  test('gives back only its own entries if the file was changed since (SU-10)', async () => {
    const { home, run, files } = setupHome({ [path]: rich })
    await run('continue')
    const changed = (files()[path] ?? '').replace('model: qwen', 'model: other')
    await Bun.write(join(home, path), `${changed}# later\n`)
    expect((await run('continue', '--undo')).code).toBe(0)
    expect(files()[path]).toBe(`${rich.replace('model: qwen', 'model: other')}# later\n`)
  })

  test('keeps a member that the user added to an entry (SU-6, SU-11)', async () => {
    const { home, run, files } = setupHome({ [path]: rich })
    await run('continue')
    const changed = (files()[path] ?? '').replace('apiKey: dummy\n', 'apiKey: dummy\n    roles: [chat]\n')
    await Bun.write(join(home, path), changed)
    const again = await run('continue')
    expect([again.code, files()[path]]).toEqual([0, changed])
    await run('continue', '--port', '5000')
    expect(files()[path]).toBe(changed.replaceAll('127.0.0.1:1/', '127.0.0.1:5000/'))
    await run('continue', '--undo')
    expect(files()[path]).toBe(
      rich.replace('    model: qwen\n', '    model: qwen\n  - name: Claude Sonnet 4.6 (AI Nexus)\n    roles: [chat]\n'),
    )
  })

  test('with another port changes the addresses, and the undo still restores the first file (SU-11)', async () => {
    const { run, files } = setupHome({ [path]: rich })
    await run('continue')
    await run('continue', '--port', '5000')
    expect(files()[path]).toContain('apiBase: http://127.0.0.1:5000/v1')
    expect(files()[path]).not.toContain('127.0.0.1:1/')
    await run('continue', '--undo')
    expect(files()).toEqual({ [path]: rich })
  })

  test('writes a client token only into a file of its owner, and hides it (SU-3)', async () => {
    const { home, run, files } = setupHome({}, { environment: { NEXUS_CLIENT_TOKEN: 'canary-token-0123456789' } })
    const { out, err } = await run('continue')
    expect(files()[path]).toContain('apiKey: canary-token-0123456789')
    expect(statSync(join(home, path)).mode & 0o777).toBe(0o600)
    expect(out + err).not.toContain('canary')
  })

  test('refuses a file that does not parse, and the file of an old version (SU-5)', async () => {
    const broken = setupHome({ [path]: 'models: [secret\n' })
    const { code, err } = await broken.run('continue')
    expect([code, err]).toEqual([2, expect.stringMatching(/config\.yaml:\d:\d+ is not valid YAML/)])
    expect(err).not.toContain('secret')
    const old = setupHome({ '.continue/config.json': '{}' })
    const refused = await old.run('continue')
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('.continue/config.yaml first')])
    expect(old.files()).toEqual({ '.continue/config.json': '{}' })
    expect((await setupHome({ '.continue/config.json': '{}', [path]: rich }).run('continue')).code).toBe(0)
  })

  test('finds the folder of CONTINUE_GLOBAL_DIR', async () => {
    const other = setupHome()
    const { run } = setupHome({}, { environment: { CONTINUE_GLOBAL_DIR: other.home } })
    await run('continue')
    expect(Object.keys(other.files())).toEqual(['config.yaml'])
  })
})
