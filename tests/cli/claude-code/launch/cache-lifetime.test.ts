import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { cli, temporaryFolder } from '../../../support/cli.ts'
import { writeFile } from '../../../support/files.ts'

const names = [
  'CLAUDE_CODE_PROMPT_CACHE_TTL',
  'CLAUDE_CODE_SUBAGENT_PROMPT_CACHE_TTL',
  'ENABLE_PROMPT_CACHING_1H',
] as const
const [main, subagents, older] = names
const hour = { [main]: '1h', [subagents]: '5m', [older]: '1' }

/** The variables of the lifetime that `env` sets, and its messages. */
const launch = async (
  args: readonly string[],
  environment: Record<string, string> = {},
  home = temporaryFolder(),
): Promise<{ readonly set: Record<string, string>; readonly err: string }> => {
  const { out, err } = await cli(['env', '--shell', 'json', ...args], environment, home)
  const all = Object.entries(JSON.parse(out) as Record<string, string>)
  const kept = all.filter(([name]) => /CACHE_TTL|CACHING/.test(name))
  return { set: Object.fromEntries(kept), err: err.replaceAll(/\s+/g, ' ') }
}

const homeWith = (settings: object): string => {
  const home = temporaryFolder()
  writeFile(join(home, '.claude', 'settings.json'), JSON.stringify(settings))
  return home
}

describe('cache.ttl 1h', () => {
  test('gives the main conversation an hour, and everything else five minutes (CA-T2)', async () => {
    expect(await launch(['--cache-ttl', '1h'])).toEqual({ set: hour, err: '' })
    expect((await launch([], { NEXUS_CACHE_TTL: '1h' })).set).toEqual(hour)
  })

  test('and every other value sets none of the variables (CA-T3)', async () => {
    for (const ttl of ['client', '5m', 'mixed'])
      expect(await launch(['--cache-ttl', ttl])).toEqual({ set: {}, err: '' })
    expect(await launch([])).toEqual({ set: {}, err: '' })
  })

  const openai = { OPENAI_API_KEY: 'k', NEXUS_UPSTREAM: 'openai' }

  test('says why not, for a main model that takes no hour (CA-T2)', async () => {
    const { set, err } = await launch(['--cache-ttl', '1h', '--model', 'gpt-4.1'], openai)
    expect(set).toEqual({})
    expect(err).toContain('Claude Code keeps its own cache lifetime: gpt-4.1 takes none of one hour.')
  })

  test("depends on the provider's row for the main model (CA-T2)", async () => {
    const router = { ...openai, NEXUS_PROVIDER: 'openrouter' }
    expect((await launch(['--cache-ttl', '1h', '--model', 'anthropic/claude-sonnet-4.5'], router)).set).toEqual(hour)
    expect((await launch(['--cache-ttl', '1h', '--model', 'openai/gpt-5'], router)).set).toEqual({})
  })

  test('has no effect with the upstream anthropic (CA-T2)', async () => {
    const anthropic = { NEXUS_UPSTREAM: 'anthropic', CLAUDE_API_KEY: 'canary-key-0123456789' }
    expect((await launch(['--cache-ttl', '1h'], anthropic)).set).toEqual({})
  })
})

describe("the user's own value", () => {
  const hourWith = (environment: Record<string, string>, settings: object = {}) =>
    launch(['--cache-ttl', '1h'], environment, homeWith(settings))

  test('of the main conversation stays, in the environment and in settings (CA-T3)', async () => {
    const note = `Your own ${main} decides how long Claude Code's prompts are cached.`
    for (const [environment, settings] of [
      [{ [main]: '5m' }, {}],
      [{}, { promptCacheTtl: '5m' }],
      [{}, { env: { [main]: '5m' } }],
    ] as const) {
      const { set, err } = await hourWith(environment as Record<string, string>, settings)
      expect(set).toEqual({})
      expect(err).toContain(note)
    }
  })

  test('of subagents and of older versions stays (CA-T3)', async () => {
    const ofMain = { [main]: '1h' }
    expect((await hourWith({ [subagents]: '1h' })).set).toEqual({ ...ofMain, [older]: '1' })
    expect((await hourWith({}, { subagentPromptCacheTtl: '1h' })).set).toEqual({ ...ofMain, [older]: '1' })
    expect((await hourWith({ [older]: '0' })).set).toEqual({ ...ofMain, [subagents]: '5m' })
    expect((await hourWith({ [older]: '' })).set).toEqual(hour)
  })

  test('that forces five minutes stays (CA-T3)', async () => {
    const { set, err } = await hourWith({ FORCE_PROMPT_CACHING_5M: '1' })
    expect(set).toEqual({})
    expect(err).toContain('Your own FORCE_PROMPT_CACHING_5M decides')
    expect((await hourWith({ FORCE_PROMPT_CACHING_5M: '0' })).set).toEqual(hour)
  })
})
