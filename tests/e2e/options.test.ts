import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Case } from '../../scripts/e2e/case.ts'
import { type Client, labelOf, openAiClients, resolveClients } from '../../scripts/e2e/clients.ts'
import { parseOptions, selectJobs } from '../../scripts/e2e/options.ts'
import { newestTestedClaude, testedClaudeVersions } from '../../src/cli/claude-code/tested-versions.ts'

const called = (name: string, more: Partial<Case> = {}): Case => ({
  name,
  setup: () => ({ scenario: () => undefined }),
  play: async () => {},
  ...more,
})

const cases = [
  called('Read of a PDF'),
  called('a ToolSearch turn', { since: '2.1.329' }),
  called('toolRunner', { newestOnly: true }),
]

const claude = (version: string): Client => ({ name: 'claude', version })

const selected = (versions: readonly string[], ...words: string[]): string[] =>
  selectJobs(cases, versions.map(claude), words).map(({ test, client }) => `${client.version} ${test.name}`)

const resolved = async (...words: string[]): Promise<string[]> => (await resolveClients(words, latest)).map(labelOf)

const latest = async (): Promise<string> => '2.2.0'

describe('options of e2e', () => {
  test('runs every case with two jobs by default', () => {
    expect(parseOptions([])).toEqual({ clients: [], words: [], jobs: 2, source: false, program: undefined })
  })

  test('takes the words of --only in one argument or in several', () => {
    expect(parseOptions(['--only', 'read  PDF']).words).toEqual(['read', 'pdf'])
    expect(parseOptions(['--only', 'read', 'PDF']).words).toEqual(['read', 'pdf'])
  })

  test('refuses words without --only, and says how to write them', () => {
    expect(() => parseOptions(['read', 'pdf'])).toThrow('unexpected argument "read". To choose cases: --only read pdf')
  })

  test('refuses a number of jobs below one', () => {
    expect(() => parseOptions(['--jobs', '0'])).toThrow('--jobs takes a whole number from 1, not "0"')
  })
})

describe('clients of e2e', () => {
  const openAiLabels = ['codex 0.171.0', 'opencode 1.18.33']

  test('are the tested versions of Claude Code, oldest first, Codex and opencode', async () => {
    expect(await resolved()).toEqual([...testedClaudeVersions.map((version) => `claude ${version}`), ...openAiLabels])
    expect([...testedClaudeVersions].sort(Bun.semver.order)).toEqual([...testedClaudeVersions])
  })

  test('are named by version, newest, latest, codex or opencode, and each runs once', async () => {
    expect(await resolved('2.1.300', 'latest', '2.1.300')).toEqual(['claude 2.1.300', 'claude 2.2.0'])
    expect(await resolved('newest', 'codex')).toEqual([`claude ${newestTestedClaude}`, ...openAiLabels])
    expect(await resolved('opencode', 'codex')).toEqual(openAiLabels.toReversed())
  })

  test('are the versions that the page of OpenAI clients names (OE-K1, OE-K3)', () => {
    const page = readFileSync(join(import.meta.dir, '..', '..', 'docs', 'clients', 'openai.md'), 'utf8')
    const words = page.toLowerCase().replace(/\s+/g, ' ')
    for (const client of openAiClients) expect(words).toContain(`tested with ${labelOf(client)}`)
  })

  test('are refused under any other name', async () => {
    await expect(resolveClients(['newer'], latest)).rejects.toThrow(
      '--client takes a version of Claude Code, newest, latest, codex or opencode, not "newer"',
    )
  })
})

describe('cases of e2e', () => {
  test('run for each version that can play them', () => {
    expect(selected(['2.1.197', '2.1.332'])).toEqual([
      '2.1.197 Read of a PDF',
      '2.1.332 Read of a PDF',
      '2.1.332 a ToolSearch turn',
      '2.1.332 toolRunner',
    ])
  })

  test('are chosen by words in any order and any case', () => {
    expect(selected(['2.1.332'], 'pdf', 'read')).toEqual(['2.1.332 Read of a PDF'])
    expect(selected(['2.1.332'], 'pdf', 'toolsearch')).toEqual([])
  })

  test('of another client run only with it', () => {
    const codexCase = called('hello', { client: 'codex' })
    const codex: Client = { name: 'codex', version: '0.171.0' }
    const jobs = selectJobs([...cases, codexCase], [claude('2.1.332'), codex], [])
    expect(jobs.map(({ test, client }) => `${client.name} ${test.name}`)).toEqual([
      'claude Read of a PDF',
      'claude a ToolSearch turn',
      'claude toolRunner',
      'codex hello',
    ])
  })
})
