import { describe, expect, test } from 'bun:test'
import type { Setting } from '../../../../src/config/settings/setting.ts'
import { settings } from '../../../../src/config/settings/settings.ts'
import { cli } from '../../../support/cli.ts'
import { homeWithConfig } from '../../../support/files.ts'

/** Settings of another upstream have no row. */
const shown = (settings as readonly Setting[]).filter(({ upstream = 'nexus' }) => upstream === 'nexus')

test('Part 3 config show has the rarely changed settings after the others', async () => {
  const { out } = await cli(['config', 'show'])
  const [usual = '', rare = ''] = out.split('Rarely changed:\n')
  expect(usual).toMatch(/^ {2}host [\s\S]*\n {2}apiKeyCommand [\s\S]*\n {2}countTokens /)
  expect(usual).not.toMatch(/translation\.|bedrock\./)
  expect(rare).toMatch(
    /^ {2}cors\.allowCredentials [\s\S]*\n {2}translation\.pdf [\s\S]*\n {2}bedrock\.guardrailMode [\s\S]*Read from:\n {2}configuration file: /,
  )
  for (const { key } of shown) expect(out.match(new RegExp(`^ {2}${key} `, 'gm'))).toHaveLength(1)
})

describe('config show', () => {
  test('prints every setting with its source, and the configuration files', async () => {
    const { folder, path } = homeWithConfig({ port: 5005, nonsense: 1 })
    const { code, out, err } = await cli(['config', 'show', '--dev'], { NEXUS_MODEL: 'opus' }, folder)
    expect([code, err]).toEqual([0, `warning: ${path}: unknown key nonsense.\n`])
    for (const { key } of shown) expect(out).toMatch(new RegExp(`^ {2}${key} `, 'm'))
    expect(out).toMatch(/^ {2}port +5005 +\S*config\.json$/m)
    expect(out).toMatch(/^ {2}model +opus +NEXUS_MODEL$/m)
    expect(out).toEndWith(
      `  configuration file: ${folder}/nexus-claude-api.local.json (does not exist)\n  configuration file: ${path}\n`,
    )
  })

  test('hides the query of an address, which may have a key (AU-K15, AU-Y2)', async () => {
    const address = 'https://figures.example/requests?token=canary-token'
    const variables = { NEXUS_TELEMETRY_ENDPOINT: address, NEXUS_UPSTREAM: 'openai', OPENAI_BASE_URL: address }
    for (const words of [['show'], ['show', '--json'], ['get', 'telemetry.endpoint'], ['get', 'openai.url']]) {
      const { out, err } = await cli(['config', ...words], variables)
      expect(out).toContain('https://figures.example/requests?…')
      expect(out + err).not.toContain('canary-token')
    }
  })

  test('shows where queries of web search go, and no arguments of the program that searches (WS-54)', async () => {
    const key = { NEXUS_SEARCH: 'brave', NEXUS_SEARCH_API_KEY: 'canary-key-0123456789' }
    const { out } = await cli(['config', 'show'], key)
    expect(out).toMatch(/^ {2}search\.url +https:\/\/api\.search\.brave\.com +default$/m)
    expect(out).toMatch(/^ {2}search\.apiKey +cana…\(21 characters\) +NEXUS_SEARCH_API_KEY$/m)
    const { settings: shownSettings } = JSON.parse((await cli(['config', 'show', '--json'], key)).out)
    expect(shownSettings['search.url']).toEqual({ value: 'https://api.search.brave.com', source: 'default' })
    const own = { ...key, NEXUS_SEARCH_URL: 'https://search.example' }
    expect((await cli(['config', 'show'], own)).out).toMatch(/^ {2}search\.url +https:\/\/search\.example +NEXUS/m)
    expect((await cli(['config', 'show'])).out).toMatch(/^ {2}search\.url +- +not set$/m)
    const command = { NEXUS_SEARCH: 'command', NEXUS_SEARCH_COMMAND: '/opt/my-search --token canary' }
    expect((await cli(['config', 'show'], command)).out).toMatch(
      /^ {2}search\.command +my-search \(2 arguments\) +NEXUS/m,
    )
  })

  test('prints the same as JSON with --json', async () => {
    const { folder, path } = homeWithConfig({ port: 5005, apiKey: 'canary-key-0123456789' })
    const { out, err } = await cli(['config', 'show', '--json'], {}, folder)
    const parsed = JSON.parse(out)
    expect(err).toBe('')
    expect(Object.keys(parsed.settings)).toEqual(settings.map(({ key }) => key))
    expect(parsed).toMatchObject({
      settings: {
        port: { value: 5005, source: path },
        apiKey: { value: 'cana…(21 characters)', source: path },
        clientToken: { value: null, source: null },
      },
      files: [{ path, found: true }],
      warnings: [],
    })
  })

  test('fits into a terminal of 80 columns: a long source has a separate line', async () => {
    const { folder } = homeWithConfig({ endpointUrl: 'https://nexus.example/a/long/path/of/some/kind', port: 1 })
    const { out } = await cli(['config', 'show'], {}, folder, { isOutTerminal: true, columns: 80 })
    const rows = out.split('\n').filter((line) => !line.includes('configuration file'))
    // A path longer than the terminal is not cut.
    expect(rows.filter((row) => row.length > 80 && row.trim().length < 76)).toEqual([])
    expect(out).toMatch(/^ {2}endpointUrl +https:\S+\n {4,40}\S*config\.json$/m)
    expect(out).toContain('~/.config/')
    // In a pipe, each row is one line for grep, even if standard error is a terminal.
    const piped = (await cli(['config', 'show'], {}, folder, { isTerminal: true, columns: 80 })).out
    expect(piped).toMatch(new RegExp(`^ {2}endpointUrl +https:\\S+ +${folder}/\\S*config\\.json$`, 'm'))
    expect(piped).not.toContain('~/')
  })
})
