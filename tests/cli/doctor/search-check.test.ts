import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { secretsIn } from '../../support/canary.ts'
import { afterTest } from '../../support/cleanup.ts'
import { temporaryFolder } from '../../support/cli.ts'
import { doctor, doctorReport } from '../../support/doctor.ts'
import { writeFile } from '../../support/files.ts'
import {
  httpProviderNames,
  type SearchStubOptions,
  searchEngineId,
  searchKey,
  startSearchStub,
  stubResults,
} from '../../support/search-providers.ts'

type ProviderName = (typeof httpProviderNames)[number]

const start = (name: ProviderName, options: SearchStubOptions = {}) => {
  const stub = startSearchStub(name, options)
  afterTest(stub.stop)
  const environment = {
    NEXUS_SEARCH: name,
    NEXUS_SEARCH_URL: stub.url,
    NEXUS_SEARCH_API_KEY: searchKey,
    NEXUS_SEARCH_ENGINE_ID: searchEngineId,
  }
  return { stub, environment }
}

/** The finding about search, with a simulated upstream. */
const check = async (environment: Record<string, string>, ...flags: readonly string[]) => {
  const { of, said, code } = await doctor(['--simulate', ...flags], environment)
  return { finding: of('search'), said, code }
}

describe('doctor searches once', () => {
  test.each(httpProviderNames)('with %s, and shows the number of results, no title (WS-3)', async (name) => {
    const { stub, environment } = start(name)
    const { finding, said, code } = await check(environment)
    const host = new URL(stub.url).host
    expect(finding).toMatchObject({
      status: 'ok',
      detail: expect.stringMatching(
        new RegExp(`^${host} found 3 results for the word test \\(\\d+ ms\\)$`),
      ) as unknown as string,
      data: { provider: name, results: 3, ms: expect.any(Number) as unknown as number },
    })
    expect([code, stub.searches.length, stub.faults]).toEqual([0, 1, []])
    expect(JSON.stringify(stub.searches)).toContain('"test"')
    for (const { title, url, snippet } of stubResults)
      for (const words of [title, url, snippet]) expect(said).not.toContain(words)
    expect(said).not.toContain(searchKey)
  })

  test('and announces where the search goes (WS-3, WS-54)', async () => {
    const { stub, environment } = start('brave')
    const { err } = await doctorReport(['--simulate'], environment)
    expect(err.replaceAll('\n', ' ')).toContain(`One search for the word test goes to ${new URL(stub.url).host}.`)
  })

  test.each<[ProviderName, number, string, string]>([
    ['searxng', 403, 'unavailable, status 403', 'Add json to search.formats in the settings.yml of SearXNG.'],
    ['brave', 401, 'unavailable, status 401', 'Check search.apiKey, and with google search.engineId.'],
    ['exa', 429, 'too_many_requests, status 429', 'The provider allows no more searches now. Check your plan there.'],
    ['serper', 500, 'unavailable, status 500', 'Check search.url, search.timeout and the proxy.'],
  ])('and fails with a remedy if %s answers %p (WS-3)', async (name, status, cause, remedy) => {
    const { stub, environment } = start(name, { answer: () => new Response('secret words', { status }) })
    const { finding, said, code } = await check(environment)
    const detail = `a search with ${new URL(stub.url).host} failed: ${cause}`
    expect([code, finding.status, finding.detail, finding.remedy]).toEqual([1, 'fail', detail, remedy])
    expect(said).not.toContain('secret words')
  })

  test('and names the setting of the URL if nothing listens there (WS-3)', async () => {
    const { stub, environment } = start('searxng')
    await stub.stop()
    const { host } = new URL(stub.url)
    const { finding } = await check(environment)
    expect([finding.status, finding.detail, finding.remedy]).toEqual([
      'fail',
      `a search with ${host} failed: unavailable, ${host} refused the connection: is the server running?`,
      'Check search.url and its port.',
    ])
  })

  test('and warns if nothing was found (WS-3)', async () => {
    const { environment } = start('tavily', { results: [] })
    const { finding, code } = await check(environment)
    expect([code, finding.status]).toEqual([0, 'warn'])
    expect(finding.detail).toContain('found 0 results')
  })
})

describe('doctor makes no search', () => {
  test('while web search is off, and says how to switch it on (WS-3)', async () => {
    const { finding, code } = await check({})
    expect([code, finding.status, finding.detail]).toEqual([0, 'info', 'off: models cannot search the web'])
    expect(finding.remedy).toContain('config set search.provider brave')
  })

  test.each([
    [['--offline'], '--offline: no requests'],
    [['--upstream', 'anthropic'], "Anthropic's own API"],
    [['--max-retries', 'x'], 'fix the configuration first'],
  ])('with %j (WS-3)', async (flags, detail) => {
    const { stub, environment } = start('brave')
    const { finding } = await check(environment, ...flags)
    expect([finding.status, finding.detail, stub.searches]).toEqual(['skip', detail, []])
  })
})

describe('doctor sends nothing that the server would not send', () => {
  test.each<[string, Record<string, string>]>([
    ['a provider without its key', { NEXUS_SEARCH_API_KEY: '' }],
    ['an invalid domain', { NEXUS_SEARCH_ALLOWED_DOMAINS: 'https://a.example' }],
    ['the key unencrypted', { NEXUS_SEARCH_URL: 'http://search.example' }],
  ])('with %s (WS-3, WS-54)', async (_, wrong) => {
    const { stub, environment } = start('brave')
    const { finding } = await check({ ...environment, ...wrong })
    expect([finding.status, finding.detail]).toEqual(['skip', 'fix the configuration first'])
    const { err } = await doctorReport(['--simulate'], { ...environment, ...wrong })
    expect([err.includes('One search'), stub.searches, stub.faults]).toEqual([false, [], []])
  })
})

describe('with a program', () => {
  const page = readFileSync(join(import.meta.dir, '..', '..', '..', 'docs', 'web-search.md'), 'utf8')
  const example = /```js\n(.+?)```/s.exec(page)?.[1] ?? ''

  const search = (file: string, more: Record<string, string> = {}) =>
    check({ NEXUS_SEARCH: 'command', NEXUS_SEARCH_COMMAND: JSON.stringify([process.execPath, file]), ...more })

  test('the example of the documentation searches (WS-43)', async () => {
    const requests: string[] = []
    const wiki = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      fetch({ url }) {
        requests.push(new URL(url).search)
        return Response.json({
          pages: [{ name: 'Tests', address: 'https://wiki.example/tests', text: 'How we test.' }],
        })
      },
    })
    afterTest(() => wiki.stop(true))
    const file = join(temporaryFolder(), 'search-wiki.mjs')
    writeFile(file, example)
    const { finding } = await search(file, { NEXUS_SEARCH_ENV: 'WIKI_URL', WIKI_URL: wiki.url.origin })
    expect(finding).toMatchObject({ status: 'ok', data: { provider: 'command', results: 1 } })
    expect(requests).toEqual(['?q=test&limit=8'])
  })

  test('a failure names its exit code, and nothing that it wrote (WS-3, WS-43)', async () => {
    const file = join(temporaryFolder(), 'broken.mjs')
    writeFile(file, "console.error('secret words')\nprocess.exit(3)\n")
    const { finding, said } = await search(file)
    expect(finding).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('failed: unavailable, exit code 3') as unknown as string,
      remedy: 'Run the program of search.command yourself: it reads one JSON object, and writes one.',
    })
    expect([secretsIn(said), said.includes('secret words')]).toEqual([[], false])
  })
})
