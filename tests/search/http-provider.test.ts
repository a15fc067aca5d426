import { afterEach, describe, expect, test } from 'bun:test'
import { createLogger, type LogRecord } from '../../src/base/logger.ts'
import { Secret } from '../../src/base/secret.ts'
import type { HttpProviderName } from '../../src/config/search.ts'
import { createConfiguredSearch } from '../../src/search/configured-search.ts'
import type { SearchOutcome, SearchRequest } from '../../src/search/search-provider.ts'
import type { Fetch } from '../../src/upstreams/http/post.ts'
import { version } from '../../src/version.ts'
import { defaultConfig } from '../support/chain.ts'
import { afterTest, cleanUp } from '../support/cleanup.ts'
import { rawServer } from '../support/raw-server.ts'
import {
  gzipBomb,
  httpProviderNames,
  type SearchStubOptions,
  searchAnswer,
  searchEngineId,
  searchKey,
  startSearchStub,
  stubResults,
} from '../support/search-providers.ts'

afterEach(cleanUp)

const query = 'what is new in Bun? & more'

interface SetUpOptions extends SearchStubOptions {
  readonly search?: Partial<typeof defaultConfig.search>
  readonly path?: string
  readonly key?: string
}

const setUp = (name: HttpProviderName, { search = {}, path = '', key = searchKey, ...stub }: SetUpOptions = {}) => {
  const provider = startSearchStub(name, stub)
  afterTest(() => provider.stop())
  const records: LogRecord[] = []
  let clock = 0
  const made = createConfiguredSearch(
    {
      ...defaultConfig,
      search: {
        ...defaultConfig.search,
        provider: name,
        url: provider.url + path,
        apiKey: new Secret(key),
        engineId: searchEngineId,
        ...search,
      },
    },
    {
      fetch: fetch as Fetch,
      maximumConnections: 16,
      // Each search comes a minute after the one before, so that the limit of searches never counts.
      now: () => {
        clock += 60_000
        return clock
      },
      log: createLogger('debug', (record) => records.push(record)),
    },
  )
  if (made === undefined) throw new Error('no search')
  const run = (rules: Partial<SearchRequest> = {}, signal = new AbortController().signal): Promise<SearchOutcome> =>
    made.run({ query, allowedDomains: [], blockedDomains: [], ...rules }, signal)
  return { provider, run, records }
}

const found = stubResults.map(({ title, url, snippet, date }) => ({ title, url, snippet, pageAge: date ?? null }))

describe.each(httpProviderNames)('the provider %s', (name) => {
  const hasDates = name !== 'google'
  const results = hasDates ? found : found.map((result) => ({ ...result, pageAge: null }))

  test('gets the query and the key as its API documents it, and nothing of the client (WS-41, WS-42)', async () => {
    const { provider, run, records } = setUp(name)
    expect(await run()).toEqual({ results })
    expect(provider.faults).toEqual([])
    const [seen] = provider.searches
    const { host: _, connection: __, 'content-length': ___, ...headers } = seen?.headers ?? {}
    expect(headers).toEqual({
      accept: 'application/json',
      'accept-encoding': 'identity',
      'user-agent': `nexus-claude-api/${version}`,
      ...(seen?.method === 'POST' && { 'content-type': 'application/json' }),
    })
    expect(JSON.stringify([seen?.parameters, seen?.body])).toContain(query)
    expect(records).toEqual([])
  })

  test('reports that nothing was found (WS-25)', async () => {
    const { run } = setUp(name, { results: [] })
    expect(await run()).toEqual({ results: [] })
  })

  test('gets domains and the country where its API has them; what does not fit is left out (WS-44, WS-45)', async () => {
    const { provider, run } = setUp(name)
    const rules = {
      allowedDomains: ['bun.example/blog', 'news.example'],
      blockedDomains: ['old.example', 'news.example/sport'],
      location: { country: 'de', city: 'Ulm', region: 'BW', timezone: 'Europe/Berlin' },
    }
    expect(await run(rules)).toEqual({ results: results.slice(0, 2) })
    expect(await run({ blockedDomains: ['example'] })).toEqual({ results: [] })
    expect(provider.faults).toEqual([])
    const [seen] = provider.searches
    const withSites = `${query} (site:bun.example OR site:news.example)`
    expect(seen?.body ?? seen?.parameters).toEqual(
      {
        searxng: { q: withSites, format: 'json', language: 'all' },
        brave: { q: withSites, count: '20', country: 'DE' },
        tavily: {
          query,
          max_results: 20,
          include_domains: ['bun.example', 'news.example'],
          exclude_domains: ['old.example'],
          country: 'germany',
        },
        serper: { q: withSites, num: 20, gl: 'de' },
        google: { cx: searchEngineId, q: withSites, num: '10' },
        exa: {
          query,
          numResults: 20,
          includeDomains: ['bun.example', 'news.example'],
          excludeDomains: ['old.example'],
          userLocation: 'DE',
          contents: { text: { maxCharacters: 2000 } },
        },
      }[name],
    )
  })

  test('gets the number of results of the configuration (WS-46)', async () => {
    const { provider, run } = setUp(name, { search: { results: 2 } })
    expect(await run()).toEqual({ results: results.slice(0, 2) })
    expect(provider.faults).toEqual([])
    if (name !== 'searxng')
      expect(JSON.stringify(provider.searches[0])).toMatch(/"(?:count|max_results|num|numResults)":"?2"?[,}]/)
  })

  test('may find a hundred pages: no more than wanted are shown, and none is opened (WS-46, WS-53)', async () => {
    const opened: string[] = []
    const site = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: ({ url }) => {
        opened.push(url)
        return new Response('')
      },
    })
    afterTest(() => site.stop(true))
    const many = Array.from({ length: 100 }, (_, index) => ({
      title: `Page ${index}`,
      url: `http://127.0.0.1:${site.port}/${index}`,
      snippet: `Open http://127.0.0.1:${site.port}/snippet`,
    }))
    const { run } = setUp(name, { results: many })
    const expected = many.slice(0, 8).map((page) => ({ ...page, pageAge: null }))
    expect(await run()).toEqual({ results: expected })
    expect(opened).toEqual([])
  })

  test('answers at a URL of the configuration, with or without the path of its API (WS-41)', async () => {
    const { provider, run } = setUp(name, { path: '' })
    await run()
    const path = provider.searches[0]?.path ?? ''
    expect(await setUp(name, { path }).run()).toEqual({ results })
    const below = setUp(name, { path: '/below/' })
    expect(await below.run()).toEqual({ errorCode: 'unavailable' })
    expect(below.provider.faults).toEqual([`path /below${path}`])
  })

  test('with JSON that is cut at any byte is unavailable (WS-25)', async () => {
    const whole = Buffer.from(searchAnswer(name, stubResults.slice(0, 1)))
    let cut = 0
    const { run } = setUp(name, { answer: () => new Response(whole.subarray(0, cut)) })
    for (; cut < whole.length; cut += 1) expect([cut, await run()]).toEqual([cut, { errorCode: 'unavailable' }])
    expect(await run()).toEqual({ results: results.slice(0, 1) })
  })

  test.each([
    '<!doctype html><html><body>Log in first</body></html>',
    '',
    'null',
    '[]',
    '"results"',
    '{}',
    '{"results": null, "web": null, "organic": null, "items": null}',
    '{"results": {"0": 1}, "web": {"results": "a"}, "organic": {}, "items": "none"}',
    `${'['.repeat(200_000)}`,
  ])('with the body %.40s is unavailable (WS-25)', async (body) => {
    const isNothingFound = body === '{}' && (name === 'brave' || name === 'google')
    const { run } = setUp(name, { answer: () => new Response(body) })
    expect(await run()).toEqual(isNothingFound ? { results: [] } : { errorCode: 'unavailable' })
  })

  test('with results of wrong types shows only those that have a URL (WS-25, WS-46)', async () => {
    const wrong = [null, 1, 'a', [], {}, { url: 7, link: 7 }, { url: null, link: null, title: 'a' }]
    const right = {
      url: 'https://a.example',
      link: 'https://a.example',
      title: 7,
      description: [],
      content: {},
      snippet: 1,
      text: null,
      date: 3,
      page_age: {},
      publishedDate: 4,
      published_date: [],
    }
    const list = [...wrong, right]
    const { run } = setUp(name, {
      answer: () => Response.json({ results: list, web: { results: list }, organic: list, items: list }),
    })
    expect(await run()).toEqual({
      results: [{ title: 'a.example', url: 'https://a.example/', snippet: '', pageAge: null }],
    })
  })
})

describe('a provider that fails', () => {
  test.each([
    [301, 'unavailable'],
    [400, 'unavailable'],
    [401, 'unavailable'],
    [403, 'unavailable'],
    [429, 'too_many_requests'],
    [500, 'unavailable'],
    [503, 'unavailable'],
  ])('with the status %d has the code %s, and a log line without the query (WS-25, WS-54)', async (status, code) => {
    const { run, records } = setUp('brave', {
      answer: () => new Response(`{"error": "${query}"}`, { status, headers: { location: 'http://127.0.0.1:9/' } }),
    })
    expect(await run()).toEqual({ errorCode: code as 'unavailable' })
    expect(records.map(({ event, fields: { ms: _, ...fields } }) => [event, fields])).toEqual([
      ['search.failed', { provider: 'brave', code, status }],
    ])
  })

  test('by a redirect does not lead elsewhere (WS-42)', async () => {
    const target = startSearchStub('exa')
    afterTest(() => target.stop())
    const { run } = setUp('exa', { answer: () => Response.redirect(`${target.url}/search`, 307) })
    expect(await run()).toEqual({ errorCode: 'unavailable' })
    expect([...target.searches, ...target.faults]).toEqual([])
  })

  test('because its key is wrong logs no key (WS-25, WS-54)', async () => {
    for (const name of httpProviderNames.filter((one) => one !== 'searxng')) {
      const { provider, run, records } = setUp(name, { key: 'another-key-0123456789' })
      expect(await run()).toEqual({ errorCode: 'unavailable' })
      expect(provider.faults).toEqual(['key'])
      expect(JSON.stringify(records)).not.toMatch(/another-key|what is new/)
    }
  })

  test('because nothing listens at its address is unavailable, and no log has the key (WS-25, WS-54)', async () => {
    for (const name of httpProviderNames) {
      const { provider, run, records } = setUp(name)
      await provider.stop()
      expect(await run()).toEqual({ errorCode: 'unavailable' })
      expect(records[0]?.fields['reason']).toMatch(/refused the connection: .* Check search\.url and its port\.$/)
      expect(JSON.stringify(records)).not.toMatch(/search-key|what is new/)
    }
  })

  test('by silence is unavailable after the timeout, and its connection is closed (WS-25)', async () => {
    const { provider, run } = setUp('tavily', { search: { timeout: 0.05 }, answer: () => new Promise(() => {}) })
    expect(await run()).toEqual({ errorCode: 'unavailable' })
    await provider.left
  })

  test('by silence within its answer is unavailable after the timeout (WS-25)', async () => {
    const begin = () =>
      new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('{"results": [')) })
    const { provider, run } = setUp('tavily', { search: { timeout: 0.05 }, answer: () => new Response(begin()) })
    expect(await run()).toEqual({ errorCode: 'unavailable' })
    await provider.left
  })

  test('does not keep a search whose client leaves (WS-18)', async () => {
    const leaving = new AbortController()
    const { provider, run, records } = setUp('exa', {
      answer: () => {
        leaving.abort(new Error('left'))
        return new Promise(() => {})
      },
    })
    await expect(run({}, leaving.signal)).rejects.toThrow('left')
    await provider.left
    expect(records).toEqual([])
  })
})

describe('an answer that is too long', () => {
  const mebibyte = 1024 * 1024

  test('with its length at the start is not read (WS-42)', async () => {
    const { run, records } = setUp('searxng', { answer: () => new Response(Buffer.alloc(10 * mebibyte, 'a')) })
    expect(await run()).toEqual({ errorCode: 'unavailable' })
    expect(records[0]?.fields).toMatchObject({ status: 200, reason: 'the answer is too long' })
  })

  test('without a length is read up to 2 MiB (WS-42)', async () => {
    let sent = 0
    const endless = () =>
      new ReadableStream({
        pull(controller) {
          sent += mebibyte / 4
          controller.enqueue(new Uint8Array(mebibyte / 4))
        },
      })
    const { provider, run } = setUp('searxng', { answer: () => new Response(endless()) })
    expect(await run()).toEqual({ errorCode: 'unavailable' })
    await provider.left
    expect(sent).toBeLessThan(20 * mebibyte)
  })

  test('that is packed into few bytes is unpacked up to 2 MiB (WS-42)', async () => {
    const { run } = setUp('searxng', { answer: () => gzipBomb(64 * mebibyte) })
    expect(await run()).toEqual({ errorCode: 'unavailable' })
  })

  test('of exactly 2 MiB is read (WS-42)', async () => {
    const text = searchAnswer('searxng', stubResults.slice(0, 1)).padEnd(2 * mebibyte)
    const { run } = setUp('searxng', { answer: () => new Response(text) })
    expect(await run()).toEqual({ results: found.slice(0, 1) })
  })
})

test('a search is sent again if its kept-alive connection turns out to be closed (WS-42)', async () => {
  const body = searchAnswer('serper')
  const answer = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  const server = await rawServer((socket, count) => {
    if (count === 2) socket.destroy()
    else socket.write(answer)
  })
  const { run } = setUp('serper', { search: { url: server.url } })
  expect([await run(), await run()]).toEqual([{ results: found }, { results: found }])
  expect(server.count()).toBe(3)
})
