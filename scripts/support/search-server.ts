/** A search server on loopback in the form of SearXNG, which sometimes hangs, fails or sends something else. */
export interface SearchServer {
  readonly url: string
  readonly queries: readonly string[]
  stop(): Promise<void>
}

type Reaction = 'results' | 'hang' | 'status' | 'cut' | 'large' | 'shape'

export const searchReactions: readonly Reaction[] = [
  'results',
  'results',
  'hang',
  'results',
  'status',
  'cut',
  'large',
  'shape',
]

/** More than the server reads. */
const largeBytes = 10 * 1024 * 1024

const resultsOf = (words: string): string =>
  JSON.stringify({
    results: Array.from({ length: 12 }, (_, index) => ({
      title: `${words} ${index}`,
      url: `https://result-${index}.example/${words}`,
      content: `${words} `.repeat(20 + index),
      publishedDate: '2026-11-01',
    })),
  })

const answerWith = async (reaction: Reaction, words: string, { signal }: Request): Promise<Response> => {
  const text = resultsOf(words)
  switch (reaction) {
    case 'results':
      return new Response(text)
    case 'hang':
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve(new Response(text))))
    case 'status':
      return new Response(words, { status: 500 })
    case 'cut':
      return new Response(text.slice(0, text.length / 2))
    case 'large':
      return new Response(words.repeat(largeBytes / words.length))
    case 'shape':
      return Response.json({ results: [null, { title: 1, url: [words], content: {} }, words] })
  }
}

/** `words` are in all its results. */
export const startSearchServer = (words: string, reactions: readonly Reaction[] = searchReactions): SearchServer => {
  const queries: string[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    idleTimeout: 0,
    fetch(request) {
      const reaction = reactions[queries.length % reactions.length] ?? 'results'
      queries.push(new URL(request.url).searchParams.get('q') ?? '')
      return answerWith(reaction, words, request)
    },
  })
  return { url: `http://127.0.0.1:${server.port}`, queries, stop: () => server.stop(true) }
}

/** The variables that let the server search there. */
export const searchEnvironment = ({ url }: SearchServer): Readonly<Record<string, string>> => ({
  NEXUS_SEARCH: 'searxng',
  NEXUS_SEARCH_URL: url,
  NEXUS_SEARCH_TIMEOUT: '1',
})
