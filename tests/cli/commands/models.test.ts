import { describe, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { nexusModels } from '../../../src/upstreams/nexus/models.ts'
import { productSpellings } from '../../support/catalog.ts'
import { cli, temporaryFolder } from '../../support/cli.ts'

const json = async (...args: Parameters<typeof cli>): Promise<unknown> => JSON.parse((await cli(...args)).out)

describe('models', () => {
  test('prints every spelling of each model without a key, in lines of 80 columns', async () => {
    const { code, out, err } = await cli(['models'])
    expect(code).toBe(0)
    expect(out).toStartWith(`Claude Sonnet 4.6 (the main model)
  Fast and capable: the everyday model
  names       claude-sonnet-4-6, claude-sonnet-4.6, sonnet, default,
              claude-sonnet-4-6[1m]
  Nexus id    claude-sonnet-4.6
  window      200,000 tokens
  output      128,000 tokens at most

Claude Opus 4.6
`)
    for (const line of `${out}${err}`.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
    for (const { id } of nexusModels.models) expect(out).toContain(`\n  Nexus id    ${id}\n`)
    expect(err.replaceAll('\n', ' ')).toContain('nexus-claude-api models <name>')
    expect(err).toContain('default is the main model')
    expect(err).toContain('With [1m] after a name')
  })

  test('Part 3 fits into a narrow window', async () => {
    const { out, err } = await cli(['models'], {}, undefined, { outColumns: 48, columns: 48 })
    for (const line of `${out}${err}`.split('\n')) expect([line, line.length <= 48]).toEqual([line, true])
  })

  test('marks the main and the small model of the configuration in JSON', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'c.json'), '{ "model": "opus[1m]", "smallModel": "sonnet" }')
    const roles = (list: unknown) =>
      (list as { nexusId: string; isMain: boolean; isSmall: boolean }[]).map(({ nexusId, isMain, isSmall }) => [
        nexusId,
        isMain,
        isSmall,
      ])
    const args = ['models', '--json', '--config', join(folder, 'c.json')]
    expect(roles(await json(args))).toEqual([
      ['claude-sonnet-4.6', false, true],
      ['claude-opus-4.6', true, false],
      ['claude-haiku-4.5', false, false],
    ])
    expect(roles(await json([...args, '--model', 'haiku', '--small-model', 'haiku']))[2]).toEqual([
      'claude-haiku-4.5',
      true,
      true,
    ])
  })

  test('prints the model that serves a name', async () => {
    expect(await json(['models', 'us.anthropic.claude-opus-4-8', '--json'])).toEqual([
      {
        asked: 'us.anthropic.claude-opus-4-8',
        id: 'claude-opus-4-6',
        nexusId: 'claude-opus-4.6',
        displayName: 'Claude Opus 4.6',
        description: 'The strongest: hard problems and long work',
        family: 'opus',
        spellings: ['claude-opus-4-6', 'claude-opus-4.6', 'opus', 'fable', 'mythos', 'best', 'opusplan'],
        maxInputTokens: 200_000,
        maxOutputTokens: 128_000,
        isMain: false,
        isSmall: false,
      },
    ])
    expect(await json(['models', 'claude-mythos-preview', '--json'])).toMatchObject([{ nexusId: 'claude-opus-4.6' }])
    const { out, err } = await cli(['models', 'default', '--model', 'haiku'])
    expect([out, err]).toEqual([expect.stringContaining('requested   default\n'), ''])
    expect(out).toContain('Nexus id    claude-haiku-4.5\n')
  })

  test.each([
    ['sonet', 'Unknown model sonet. Did you mean sonnet?'],
    ['haiko-4.5', 'Available: claude'],
    ['foo', 'Unknown model foo. Available: claude'],
    ['llama-4-mini', 'Unknown model llama-4-mini. Available: claude'],
    ['', 'The model name is empty. Available: claude'],
    ['AKIA-is-this-a-key-perhaps-0123456789', 'Unknown model. Available: claude'],
    ['llama-5', `Available: ${productSpellings.join(', ')}.`],
  ])('ends with 2 for the unknown name %p, and suggests the nearest', async (name, message) => {
    expect(await cli(['models', name])).toEqual({ code: 2, out: '', err: expect.stringContaining(message) as never })
  })

  test('accepts an unencrypted endpoint', async () => {
    expect((await cli(['models'], { NEXUS_ENDPOINT_URL: 'http://nexus.example' })).code).toBe(0)
  })

  test('prints only spellings that the server accepts for the model', async () => {
    for (const entry of (await json(['models', '--json'])) as { nexusId: string; spellings: string[] }[])
      for (const name of entry.spellings)
        expect(await json(['models', name, '--json'])).toMatchObject([{ asked: name, nexusId: entry.nexusId }])
  })
})

test("shows which model serves a name of OpenAI's, unless the OpenAI API is off (OE-M11, OE-M12)", async () => {
  const idOf = async (name: string, environment: Record<string, string> = {}) => {
    const { code, out } = await cli(['models', name, '--json'], environment)
    return code === 0 ? JSON.parse(out)[0].nexusId : code
  }
  expect(await idOf('gpt-5.1-codex')).toBe('claude-sonnet-4.6')
  expect(await idOf('gpt-5-nano')).toBe('claude-haiku-4.5')
  expect(await idOf('my-model', { NEXUS_MODEL_MAP: 'my-model:claude-opus-4.6' })).toBe('claude-opus-4.6')
  expect(await idOf('gpt-5', { NEXUS_OPENAI_API: 'false' })).toBe(2)
})

test('models with --upstream openai shows the map of names (OU-R1)', async () => {
  const { out, err } = await cli(['models', '--upstream', 'openai', '--model', 'glm', '--model-map', 'fast:glm-air'])
  expect(out).toStartWith(`glm
  claude-opus-4-6 for clients
  names       claude-opus-4-6, opus, best, opusplan, claude-opus-4-6[1m]
  server id   glm
`)
  expect(out).toContain('\nglm (the main model)\n  claude-sonnet-4-6 for clients\n')
  expect(out).toContain('\n  names       fast, fast[1m]\n  server id   glm-air\n')
  expect(err).toContain('Other names are mapped, too')
  const [entry] = (await json([
    'models',
    'claude-3-5-haiku-20241022',
    '--json',
    '--upstream',
    'openai',
    '--model',
    'glm',
  ])) as {
    id: string
    nexusId: string
  }[]
  expect(entry).toMatchObject({ id: 'claude-haiku-4-5', nexusId: 'glm' })
})

test('under the upstream anthropic, names go there unchanged, so there is no list', async () => {
  const anthropic = ['models', '--upstream', 'anthropic']
  const { code, out, err } = await cli(anthropic)
  expect([code, out]).toEqual([0, ''])
  expect(err).toContain('Names go to Anthropic as clients send them')
  expect(JSON.parse((await cli([...anthropic, '--json'])).out)).toEqual([])
  const named = await cli([...anthropic, '--json', 'claude-opus-4.8'])
  expect(JSON.parse(named.out)).toMatchObject([{ nexusId: 'claude-opus-4-8' }])
})
