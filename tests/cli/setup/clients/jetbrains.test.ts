import { describe, expect, test } from 'bun:test'
import { setUpAndUndo, setupHome } from '../../../support/client-setup.ts'

describe('setup jetbrains', () => {
  test('sets Claude Code up, and prints what the agent needs (SU-15)', async () => {
    const home = setupHome({ '.claude/settings.json': '{ "model": "opus" }\n' })
    const { err } = await home.run('jetbrains')
    expect(err).toContain('acp.registry.claude-acp.env')
    expect(err).toContain('Restart the IDE')
    expect(home.files()['.claude/settings.json']).toContain('"ANTHROPIC_BASE_URL": "http://127.0.0.1:1"')
    expect((await home.run('--list')).out).toMatch(/^jetbrains +JetBrains IDEs +set up for http:\/\/127\.0\.0\.1:1$/m)
    await home.run('jetbrains', '--undo')
    expect((await home.run('--list')).out).toMatch(/^jetbrains +JetBrains IDEs +not set up, no settings found$/m)
    expect(home.files()).toEqual({ '.claude/settings.json': '{ "model": "opus" }\n' })
    expect(Object.keys(await setUpAndUndo('jetbrains', setupHome()))).toEqual(['.claude/settings.json'])
  })

  test('leaves Claude Code set up if the user set it up, too', async () => {
    const { run, files } = setupHome()
    await run('claude-code')
    await run('jetbrains')
    const { code, err } = await run('jetbrains', '--undo')
    expect([code, err]).toEqual([0, expect.stringContaining('Claude Code stays set up, for claude-code.')])
    expect(Object.keys(files())).toEqual(['.claude/settings.json'])
  })
})
