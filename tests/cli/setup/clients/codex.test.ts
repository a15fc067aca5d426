import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { TOML } from 'bun'
import { setUpAndUndo, setupHome } from '../../../support/client-setup.ts'

const profile = `# Written by nexus-claude-api setup codex. Start: codex --profile nexus
model_provider = "nexus"
model = "claude-sonnet-4-6"
web_search = "disabled"
check_for_update_on_startup = false
analytics.enabled = false
model_providers.nexus.name = "nexus-claude-api"
model_providers.nexus.base_url = "http://127.0.0.1:1/v1"
model_providers.nexus.wire_api = "responses"
model_providers.nexus.env_key = "NEXUS_CLIENT_TOKEN"
model_providers.nexus.model_catalog_url = "http://127.0.0.1:1/v1/models"
model_providers.nexus.stream_idle_timeout_ms = 600000
`

const ownFile = 'model = "gpt-5" # mine\n\n[model_providers.other]\nname = "Other"\n'

describe('setup codex', () => {
  test('writes a profile of its own, and never touches config.toml (SU-CX1)', async () => {
    expect(await setUpAndUndo('codex', setupHome())).toEqual({ '.codex/nexus.config.toml': profile })
    const rich = setupHome({ '.codex/config.toml': ownFile })
    expect(await setUpAndUndo('codex', rich)).toEqual({ '.codex/nexus.config.toml': profile })
    const elsewhere = setupHome({ 'c/config.toml': ownFile })
    const { run, files } = setupHome({}, { environment: { CODEX_HOME: join(elsewhere.home, 'c') } })
    expect((await run('codex')).code).toBe(0)
    expect(files()).toEqual({})
    expect(elsewhere.files()).toEqual({ 'c/config.toml': ownFile, 'c/nexus.config.toml': profile })
  })

  test('has the values of the tested file in the documentation, and the catalog of models (SU-CX4)', () => {
    const page = readFileSync(join(import.meta.dir, '..', '..', '..', '..', 'docs', 'clients', 'openai.md'), 'utf8')
    const tested = /```toml\n(.+?)```/s.exec(page)?.[1] ?? ''
    const plain = tested.replace('claude-sonnet-4.6', 'claude-sonnet-4-6').replaceAll(':4141/', ':1/')
    expect(TOML.parse(profile)).toEqual(TOML.parse(plain))
    expect(profile).toContain('model_catalog_url')
  })

  test('names only the protocol that Codex still has, and no table of profiles (SU-CX3)', () => {
    expect(profile).toContain('wire_api = "responses"')
    expect(profile).not.toContain('profiles.')
  })

  test('shows in its last line how to set the variable of the token (SU-CX2)', async () => {
    const last = async (...args: readonly string[]): Promise<string | undefined> =>
      (await setupHome().run('codex', ...args)).err.trim().split('\n').at(-1)
    expect(await last()).toBe('To check it: export NEXUS_CLIENT_TOKEN=dummy; codex --profile nexus')
    const { run } = setupHome({}, { environment: { NEXUS_CLIENT_TOKEN: 'canary-token-0123456789' } })
    const { out, err } = await run('codex')
    expect(err).toMatch(/export NEXUS_CLIENT_TOKEN="\$\(.+ client-token\)"; codex --profile nexus\n$/)
    expect(out + err).not.toContain('canary')
  })

  test('keeps a profile of the user with the same name for the undo (SU-6)', async () => {
    const home = setupHome({ '.codex/nexus.config.toml': 'model = "mine"\r\n' })
    expect(await setUpAndUndo('codex', home)).toEqual({ '.codex/nexus.config.toml': profile })
  })

  test('hides the values of a profile of the user that it replaces, also in the undo (SU-2)', async () => {
    const { run } = setupHome({ '.codex/nexus.config.toml': 'experimental_bearer_token = "hunter"\n' })
    const replaced = await run('codex')
    const undone = await run('codex', '--undo')
    expect([replaced.out, undone.out].map((out) => out.includes('hunter'))).toEqual([false, false])
    expect(replaced.out).toContain('-experimental_bearer_token = "***"\n')
    expect(undone.out).toContain('+experimental_bearer_token = "***"\n')
  })

  test('keeps a profile that was changed since (SU-10)', async () => {
    const { home, run, files } = setupHome()
    await run('codex')
    await Bun.write(join(home, '.codex', 'nexus.config.toml'), `${profile}# mine\n`)
    const { code, err } = await run('codex', '--undo')
    expect([code, err]).toEqual([0, expect.stringContaining('stays, because it was changed since')])
    expect(files()['.codex/nexus.config.toml']).toBe(`${profile}# mine\n`)
  })

  test('refuses while the API of OpenAI is off (SU-CX5)', async () => {
    const { run, files } = setupHome({}, { environment: { NEXUS_OPENAI_API: 'false' } })
    const { code, err } = await run('codex')
    expect([code, files()]).toEqual([2, {}])
    expect(err).toContain("Codex uses the server's OpenAI API, which is off")
  })

  test('leaves a preference of the user in config.toml in charge', async () => {
    const { run, files } = setupHome({ '.codex/config.toml': 'web_search = "live"\n' })
    await run('codex')
    expect(files()['.codex/nexus.config.toml']).not.toContain('web_search')
  })
})
