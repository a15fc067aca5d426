import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { cli, temporaryFolder } from '../../support/cli.ts'
import { writeFile } from '../../support/files.ts'

const note =
  'note: Claude Code\'s WebSearch fails with this server, because web search is off. Switch it on with --search, or add { "permissions": { "deny": ["WebSearch"] } } to Claude Code\'s settings.json.\n'

describe('start --claude-code says that WebSearch fails', () => {
  const errors = async (flags: readonly string[], folder = temporaryFolder()): Promise<string> => {
    const args = ['start', '--dry-run', '--simulate', '--shell', 'bash', ...flags]
    const { code, out, err } = await cli(args, { NEXUS_SEARCH_URL: 'http://127.0.0.1:9' }, folder)
    expect([code, out.includes('WebSearch')]).toEqual([0, false])
    return err
  }

  test('in one line on standard error (WS-2)', async () => {
    expect((await errors(['--claude-code'])).split('\n').filter((line) => `${line}\n` === note)).toHaveLength(1)
    expect(await errors(['--claude-code', '--upstream', 'openai'])).toContain(note)
  })

  test.each([
    [['--claude-code', '--search', 'searxng']],
    [['--claude-code', '--upstream', 'anthropic']],
    // Claude Code does not offer the tool.
    [['--claude-code', '--gateway-mode', 'on']],
    [['--codex']],
    [[]],
  ])('only where it does: not for %j (WS-2)', async (flags) => {
    expect(await errors(flags)).not.toContain('WebSearch fails')
  })

  test('not if a rule of the user decides about the tool (WS-2)', async () => {
    const folder = temporaryFolder()
    writeFile(join(folder, '.claude', 'settings.json'), { permissions: { deny: ['WebSearch'] } })
    expect(await errors(['--claude-code'], folder)).not.toContain('WebSearch')
  })

  test('and env does not, because it cannot know whether its server searches (WS-2)', async () => {
    expect((await cli(['env', '--shell', 'json'])).err).toBe('')
  })
})
