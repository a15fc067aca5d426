import { describe, expect, test } from 'bun:test'
import { zedSetup } from '../../../../src/cli/setup/clients/zed.ts'
import { setUpAndUndo, setupHome, windowsMachine } from '../../../support/client-setup.ts'

const path = '.config/zed/settings.json'

const model = (name: string, title: string, output: number) => ({
  name,
  display_name: title,
  max_tokens: 200_000,
  max_output_tokens: output,
})
const sonnet = model('claude-sonnet-4-6', 'Claude Sonnet 4.6', 128_000)
const haiku = model('claude-haiku-4-5', 'Claude Haiku 4.5', 64_000)
const opus = model('claude-opus-4-6', 'Claude Opus 4.6', 128_000)

const rich = `// Zed settings
{
  "theme": "One Dark", // mine
  "language_models": {
    "anthropic": {
      "available_models": [
        { "name": "my-model", "max_tokens": 1 },
      ],
    },
  },
}
`

describe('setup zed', () => {
  test('writes the address and the models of the server', async () => {
    const { [path]: text = '' } = await setUpAndUndo('zed', setupHome())
    expect(JSON.parse(text)).toEqual({
      language_models: {
        anthropic: { api_url: 'http://127.0.0.1:1', available_models: [sonnet, haiku, opus] },
      },
    })
  })

  test("keeps comments and the user's models (SU-4, SU-6)", async () => {
    const { [path]: text = '' } = await setUpAndUndo('zed', setupHome({ [path]: rich }))
    expect(text).toContain('// Zed settings\n{\n  "theme": "One Dark", // mine\n')
    expect(text).toContain('{ "name": "my-model", "max_tokens": 1 },')
    for (const { name } of [sonnet, haiku, opus]) expect(text).toContain(`"name": "${name}"`)
    expect(text).toContain('"api_url": "http://127.0.0.1:1"')
  })

  test('says where to type the key, and does not write it (SU-3)', async () => {
    const token = 'canary-token-0123456789'
    const { run, files } = setupHome({}, { environment: { NEXUS_CLIENT_TOKEN: token } })
    const { out, err } = await run('zed')
    expect(err).toContain('type the client token as the key. Or set ANTHROPIC_API_KEY.')
    expect(out + err + JSON.stringify(files())).not.toContain('canary')
    expect((await setupHome().run('zed')).err).toContain('type the key dummy.')
  })

  test('finds the folder of each system', async () => {
    const mac = setupHome({}, { platform: 'darwin', environment: { XDG_CONFIG_HOME: '/nowhere' } })
    expect((await mac.run('zed', '--dry-run')).out).toContain(`${mac.home}/.config/zed/settings.json`)
    expect(zedSetup.files(windowsMachine)).toEqual([String.raw`C:\Users\me\AppData\Roaming\Zed\settings.json`])
  })
})
