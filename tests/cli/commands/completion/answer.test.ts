import { describe, expect, test } from 'bun:test'
import { catalogue } from '../../../../src/cli/commands/commands.ts'
import { answerFor, directive } from '../../../../src/cli/commands/completion/answer.ts'
import type { Catalogue } from '../../../../src/cli/commands/help.ts'
import { commonFlags, flagsOf } from '../../../../src/cli/parse/arguments.ts'
import type { Command } from '../../../../src/cli/parse/command.ts'
import { settings } from '../../../../src/config/settings/settings.ts'
import { clientSpelling } from '../../../../src/models/resolver.ts'
import { nexusModels } from '../../../../src/upstreams/nexus/models.ts'
import { cli } from '../../../support/cli.ts'
import { startClients } from '../../../support/clients-command.ts'
import { writeFile } from '../../../support/files.ts'

/** The candidates, without their descriptions, and the directive. */
const answer = async (...words: string[]): Promise<{ values: string[]; directive: number }> => {
  const { code, out, err } = await cli(['complete', '--', ...words])
  expect([code, err]).toEqual([0, ''])
  const lines = out.split('\n').slice(0, -1)
  return {
    values: lines.slice(0, -1).map((line) => line.split('\t')[0] ?? ''),
    directive: Number(lines.at(-1)?.slice(1)),
  }
}

const values = async (...words: string[]): Promise<string[]> => (await answer(...words)).values

const visible = catalogue.commands.filter(({ isHidden }) => isHidden !== true)

const models = nexusModels.models.flatMap((model) => [
  clientSpelling(model.id),
  ...(nexusModels.defaults[model.family] === model ? [model.family] : []),
])

describe('the candidates for a line', () => {
  test('are commands with descriptions', async () => {
    const { out } = await cli(['complete', '--', 'st'])
    expect(out).toBe(
      'start\tRun the server that connects Claude Code, Codex, opencode and other clients to the upstream\n:4\n',
    )
    const firstWords = [...new Set(visible.map(({ name }) => name.split(' ')[0] ?? ''))]
    expect((await values('')).sort()).toEqual(firstWords.sort())
  })

  test.each(visible.map(({ name, args }) => [name, args] as const))('are all flags of %s', async (name, args) => {
    expect(await values(...name.split(' '), '-')).toEqual(flagsOf(args).map(([flag]) => `--${flag}`))
  })

  test.each([
    [['--log-f'], ['--log-format', '--log-file']],
    [['start', '--log-format', 'text', '-p', '1', '--log-f'], ['--log-file']],
    [['start', '--log-format=text', '--log-f'], ['--log-file']],
    [
      ['start', '--log-format', ''],
      ['text', 'json', 'json-snake'],
    ],
    [['start', '--log-format', 'json-'], ['json-snake']],
    [['start', '--log-format=t'], ['text']],
    [['start', '-v', '--log-level', 's'], ['silent']],
    [
      ['start', '--search', 's'],
      ['searxng', 'serper'],
    ],
    [['claude', '--search=br'], ['brave']],
    [
      ['start', '--shell', 'p'],
      ['powershell', 'pwsh'],
    ],
    [['start', '--model', ''], models],
    [['start', '--small-model=claude-h'], ['claude-haiku-4-5']],
    [['models', ''], models],
    [['models', 'sonnet', 'x'], []],
    [['help', 'simu'], ['simulate']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish', 'powershell'],
    ],
    // Only the user knows these values.
    [['start', '--port', ''], []],
    [['start', '--api-key', ''], []],
    [['start', '-p', ''], []],
    [['start', '--dev=', ''], flagsOf({ ...visible[0]?.args }).map(([flag]) => `--${flag}`)],
    [['start', '--dev='], []],
    [['start', '--nonsense='], []],
    [['start', '--', '--po'], []],
    [['nonsense', ''], []],
    [['complet'], ['completion']],
    [['setup', 'claude-c'], ['claude-code']],
  ])('%p', async (words, expected) => {
    const { values: found, directive: printed } = await answer(...words)
    expect(found.filter((value) => value !== '--dev')).toEqual(expected.filter((value) => value !== '--dev'))
    expect(printed).toBe(directive.noFiles)
  })

  test.each([
    [['start', '--config', '']],
    [['start', '--config=./c']],
    [['start', '--env-file', 'x']],
    [['start', '--log-file', '']],
    [['simulate', '--scenario', '']],
  ])('are files that the shell finds: %p', async (words) => {
    expect(await answer(...words)).toEqual({ values: [], directive: directive.files })
  })

  test('are commands without any word', async () => {
    expect(await values()).toEqual(await values(''))
  })

  test('have descriptions of one short line', async () => {
    for (const { name } of visible) {
      const { out } = await cli(['complete', '--', ...name.split(' '), '-'])
      for (const line of out.split('\n').slice(0, -2)) expect(line).toMatch(/^--[a-z-]+\t[^\t;:(]{3,90}$/)
    }
  })
})

describe('groups and settings', () => {
  const member = (name: string, args: Command['args'], more: Partial<Command> = {}): Command => ({
    name,
    description: `What ${name} does`,
    args: { ...args, ...commonFlags },
    examples: [],
    run: async () => undefined,
    ...more,
  })
  const key = { type: 'positional', description: 'Setting' } as const
  const start = member('start', {})
  const all: Catalogue = {
    commands: [
      start,
      member('config get', { key }),
      member('config set', { key, value: { type: 'positional', required: false } }),
      member('usage', { by: { type: 'string', valueHint: 'day|week' } }),
      member('usage watch', {}),
      member('claude', {}, { rest: { hint: 'arguments', owner: 'claude' } }),
      member('hidden', {}, { isHidden: true }),
      member('help', {
        command: { type: 'positional', required: false },
        member: { type: 'positional', required: false },
      }),
    ],
    groups: [
      { name: 'config', description: 'Settings' },
      { name: 'usage', description: 'Usage' },
    ],
    defaultCommand: start,
  }
  const given = (...words: string[]): string[] =>
    answerFor(words, { catalogue: all, clientNames: [] })
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split('\t')[0] ?? '')

  test.each([
    [[''], ['start', 'claude', 'config', 'usage', 'help', ':4']],
    // A command that has members: both are possible.
    [
      ['usage', ''],
      ['watch', '--by', '--help', '--version', ':4'],
    ],
    [
      ['usage', 'w'],
      ['watch', ':4'],
    ],
    [
      ['usage', '--by', ''],
      ['day', 'week', ':4'],
    ],
    [
      ['usage', '--by=w'],
      ['week', ':4'],
    ],
    [
      ['usage', 'watch', ''],
      ['--help', '--version', ':4'],
    ],
    [
      ['help', 'usage', ''],
      ['watch', ':4'],
    ],
    [
      ['config', ''],
      ['get', 'set', ':4'],
    ],
    [
      ['config', 's'],
      ['set', ':4'],
    ],
    [
      ['config', 'get', ''],
      [...settings.map((setting) => setting.key), ':4'],
    ],
    [
      ['config', 'set', 'logging.f'],
      ['logging.format', 'logging.file', ':4'],
    ],
    [
      ['config', 'set', 'translation.pdf', ''],
      ['visual', 'text', ':4'],
    ],
    [
      ['config', 'set', 'allowHttp', ''],
      ['true', 'false', ':4'],
    ],
    [
      ['config', 'set', 'model', 'o'],
      ['opus', ':4'],
    ],
    [['config', 'set', 'logging.file', ''], [':0']],
    [['config', 'set', 'apiKey', ''], [':4']],
    [['config', 'set', 'nonsense', ''], [':4']],
    [
      ['help', 'conf'],
      ['config', ':4'],
    ],
    [
      ['help', 'config', ''],
      ['get', 'set', ':4'],
    ],
    [['help', 'start', ''], [':4']],
    // Arguments for another program.
    [['claude', '--', '--he'], [':0']],
  ])('%p', (words, expected) => {
    expect(given(...words)).toEqual(expected)
  })
})

describe('the candidates for a name of a client', () => {
  test('are the clients of the file, and none if it cannot be read (OP-A5)', async () => {
    const { run, folder, path } = startClients()
    const namesFor = async (...words: string[]): Promise<string[]> => {
      const { code, out, err } = await cli(['complete', '--', 'clients', ...words], {}, folder)
      expect([code, err]).toEqual([0, ''])
      return out.split('\n').slice(0, -2)
    }
    expect(await namesFor('rotate', '')).toEqual([])
    for (const name of ['alice', 'albert', 'bob']) await run(['add', name])
    for (const command of ['rotate', 'disable', 'enable', 'remove'])
      expect(await namesFor(command, 'al')).toEqual(['alice', 'albert'])
    expect(await namesFor('add', '')).toEqual([])
    expect(await namesFor('rotate', '--clients', path, 'b')).toEqual(['bob'])
    expect(await namesFor('rotate', '--clients', '/nowhere/clients.json', '')).toEqual([])
    writeFile(path, '{')
    expect(await namesFor('rotate', '')).toEqual([])
  })
})
