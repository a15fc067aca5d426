import { gzipSync } from 'node:zlib'
import type { HttpProviderName } from '../../src/config/search.ts'

/** Search providers on loopback: each checks requests as its public API documents them, and answers in its form. */

export const searchKey = 'search-key-0123456789'
export const searchEngineId = 'engine-0123'

export interface StubResult {
  readonly title: string
  readonly url: string
  readonly snippet: string
  readonly date?: string
}

/** The results that a stub has for every query. */
export const stubResults: readonly StubResult[] = [
  { title: 'Bun 2.0', url: 'https://bun.example/blog/2', snippet: 'Bun 2.0 was released.', date: '2026-11-20' },
  { title: 'News', url: 'https://news.example/bun', snippet: 'A report about Bun.' },
  { title: 'Other', url: 'https://other.example/', snippet: 'Something else.' },
]

interface SeenSearch {
  readonly method: string
  readonly path: string
  readonly parameters: Readonly<Record<string, string>>
  /** Without the key. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

interface ProviderFace {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** The key in a request. */
  keyOf(request: Request, url: URL): string | null | undefined
  /** The status of the refusal; undefined for a request that is right. */
  refuse(sent: Readonly<Record<string, unknown>>): number | undefined
  answer(results: readonly StubResult[]): unknown
}

const isCount = (value: unknown, most: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most

const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''
const isHosts = (value: unknown): boolean =>
  value === undefined || (Array.isArray(value) && value.every((host) => /^[a-z0-9.-]+$/.test(host)))
const isAbsentOr = (pattern: RegExp, value: unknown): boolean =>
  value === undefined || (typeof value === 'string' && pattern.test(value))

/** Google's form of each result, which Serper uses, too. */
const linked = (results: readonly StubResult[]) =>
  results.map(({ title, url, snippet, date }, index) => ({ title, link: url, snippet, date, position: index + 1 }))

const faces: Readonly<Record<HttpProviderName, ProviderFace>> = {
  searxng: {
    method: 'GET',
    path: '/search',
    keyOf: () => searchKey,
    // Without JSON in its settings, the server answers 403.
    refuse: ({ q, format, language }) =>
      format !== 'json'
        ? 403
        : isText(q) && isAbsentOr(/^(?:all|auto|[a-z]{2,3}(?:-[A-Z]{2})?)$/, language)
          ? undefined
          : 400,
    answer: (results) => ({
      query: 'a',
      number_of_results: 0,
      results: results.map(({ title, url, snippet, date }) => ({
        url,
        title,
        content: snippet,
        publishedDate: date ?? null,
        engine: 'duckduckgo',
        score: 1,
      })),
      answers: [],
      unresponsive_engines: [],
    }),
  },
  brave: {
    method: 'GET',
    path: '/res/v1/web/search',
    keyOf: (request) => request.headers.get('x-subscription-token'),
    refuse: ({ q, count, country }) =>
      isText(q) && String(q).length <= 400 && isCount(Number(count), 20) && isAbsentOr(/^(?:DE|US|GB)$/, country)
        ? undefined
        : 422,
    answer: (results) => ({
      type: 'search',
      query: { original: 'a' },
      // Absent if nothing was found.
      ...(results.length > 0 && {
        web: {
          type: 'search',
          results: results.map(({ title, url, snippet, date }) => ({
            title,
            url,
            description: snippet.replace('Bun', '<strong>Bun</strong>'),
            ...(date !== undefined && { page_age: date }),
          })),
        },
      }),
    }),
  },
  tavily: {
    method: 'POST',
    path: '/search',
    keyOf: (request) => request.headers.get('authorization')?.replace(/^Bearer /, ''),
    refuse: ({ query, max_results, include_domains, exclude_domains, country }) =>
      isText(query) &&
      isCount(max_results, 20) &&
      isHosts(include_domains) &&
      isHosts(exclude_domains) &&
      isAbsentOr(/^(?:germany|united states)$/, country)
        ? undefined
        : 400,
    answer: (results) => ({
      query: 'a',
      answer: null,
      images: [],
      results: results.map(({ title, url, snippet, date }) => ({
        title,
        url,
        content: snippet,
        score: 0.9,
        raw_content: null,
        ...(date !== undefined && { published_date: date }),
      })),
      response_time: 0.5,
    }),
  },
  serper: {
    method: 'POST',
    path: '/search',
    keyOf: (request) => request.headers.get('x-api-key'),
    refuse: ({ q, num, gl }) => (isText(q) && isCount(num, 100) && isAbsentOr(/^[a-z]{2}$/, gl) ? undefined : 400),
    answer: (results) => ({ searchParameters: { q: 'a', type: 'search' }, organic: linked(results), credits: 1 }),
  },
  google: {
    method: 'GET',
    path: '/customsearch/v1',
    keyOf: (_, url) => url.searchParams.get('key'),
    refuse: ({ cx, q, num }) => (cx === searchEngineId && isText(q) && isCount(Number(num), 10) ? undefined : 400),
    answer: (results) => ({
      kind: 'customsearch#search',
      searchInformation: { totalResults: String(results.length) },
      // Absent if nothing was found.
      ...(results.length > 0 && { items: linked(results).map(({ date: _, ...item }) => item) }),
    }),
  },
  exa: {
    method: 'POST',
    path: '/search',
    keyOf: (request) => request.headers.get('x-api-key'),
    refuse: ({ query, numResults, includeDomains, excludeDomains, userLocation, contents }) =>
      isText(query) &&
      isCount(numResults, 100) &&
      isHosts(includeDomains) &&
      isHosts(excludeDomains) &&
      isAbsentOr(/^[A-Z]{2}$/, userLocation) &&
      JSON.stringify(contents).startsWith('{"text":')
        ? undefined
        : 400,
    answer: (results) => ({
      requestId: 'r',
      results: results.map(({ title, url, snippet, date }) => ({
        id: url,
        title,
        url,
        text: snippet,
        publishedDate: date ?? null,
        author: null,
      })),
    }),
  },
}

export const httpProviderNames = Object.keys(faces) as HttpProviderName[]

/** The answer of a provider, for tests that change it. */
export const searchAnswer = (name: HttpProviderName, results = stubResults): string =>
  JSON.stringify(faces[name].answer(results))

/** Bytes that unpack to this many zeros. */
export const gzipBomb = (bytes: number): Response =>
  new Response(gzipSync(Buffer.alloc(bytes)), {
    headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
  })

export interface SearchStubOptions {
  readonly results?: readonly StubResult[]
  /** Answers a request that is right, in place of the provider. */
  readonly answer?: (request: Request) => Response | Promise<Response>
}

export interface SearchStub {
  /** For `search.url`. */
  readonly url: string
  /** Requests that are right. */
  readonly searches: readonly SeenSearch[]
  /** Requests that the provider refuses, with the reason. */
  readonly faults: readonly string[]
  /** Resolves when the client has left the newest request. */
  readonly left: Promise<void>
  stop(): Promise<void>
}

/** Headers that every request has. Others could come from a client. */
const usualHeaders = new Set([
  'accept',
  'accept-encoding',
  'connection',
  'content-length',
  'content-type',
  'host',
  'user-agent',
  'authorization',
  'x-api-key',
  'x-subscription-token',
])
const keyHeaders = new Set(['authorization', 'x-api-key', 'x-subscription-token'])

/** Starts a provider. Its answers have the form of its public API. */
export const startSearchStub = (name: HttpProviderName, options: SearchStubOptions = {}): SearchStub => {
  const { results = stubResults, answer } = options
  const face = faces[name]
  const searches: SeenSearch[] = []
  const faults: string[] = []
  const left = Promise.withResolvers<void>()
  const refuse = (status: number, reason: string): Response => {
    faults.push(reason)
    return Response.json({ error: { code: status, message: reason } }, { status })
  }
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    // A test may let a search hang.
    idleTimeout: 0,
    async fetch(request) {
      request.signal.addEventListener('abort', () => left.resolve())
      const url = new URL(request.url)
      const headers = Object.fromEntries([...request.headers].filter(([key]) => !keyHeaders.has(key)))
      const strange = [...request.headers.keys()].filter((key) => !usualHeaders.has(key))
      if (strange.length > 0) return refuse(400, `headers: ${strange.join()}`)
      if (!/^nexus-claude-api\/\d/.test(headers['user-agent'] ?? '')) return refuse(403, 'user-agent')
      if (request.method !== face.method) return refuse(405, `method ${request.method}`)
      if (url.pathname !== face.path) return refuse(404, `path ${url.pathname}`)
      if (face.keyOf(request, url) !== searchKey) return refuse(401, 'key')
      const { key: _, ...parameters } = Object.fromEntries(url.searchParams)
      const body = face.method === 'POST' ? ((await request.json()) as Record<string, unknown>) : undefined
      const status = face.refuse(body ?? parameters)
      if (status !== undefined) return refuse(status, JSON.stringify(body ?? parameters))
      searches.push({ method: request.method, path: url.pathname, parameters, headers, body })
      return answer?.(request) ?? Response.json(face.answer(results))
    },
  })
  return {
    url: `http://127.0.0.1:${server.port}`,
    searches,
    faults,
    left: left.promise,
    stop: () => server.stop(true),
  }
}
