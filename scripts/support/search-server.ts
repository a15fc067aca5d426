import { type SearchStub, searchAnswer, startSearchStub } from '../../tests/support/search-providers.ts'

/** A search server on this machine, which sometimes hangs, fails or sends something else. */

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
  searchAnswer(
    'searxng',
    Array.from({ length: 12 }, (_, index) => ({
      title: `${words} ${index}`,
      url: `https://result-${index}.example/${words}`,
      snippet: `${words} `.repeat(20 + index),
      date: '2026-11-01',
    })),
  )

const answerWith = (reaction: Reaction, words: string): Response | Promise<Response> => {
  const text = resultsOf(words)
  switch (reaction) {
    case 'results':
      return new Response(text)
    case 'hang':
      return new Promise(() => {})
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

/** Reacts to one search after another. `words` are in all its answers. */
export const startSearchServer = (words: string, reactions: readonly Reaction[] = searchReactions): SearchStub => {
  let searches = 0
  const next = (): Reaction => {
    searches += 1
    return reactions[(searches - 1) % reactions.length] ?? 'results'
  }
  return startSearchStub('searxng', { answer: () => answerWith(next(), words) })
}

/** The variables that let the server search there. */
export const searchEnvironment = ({ url }: SearchStub): Readonly<Record<string, string>> => ({
  NEXUS_SEARCH: 'searxng',
  NEXUS_SEARCH_URL: url,
  NEXUS_SEARCH_TIMEOUT: '1',
})

export const queriesOf = ({ searches }: Pick<SearchStub, 'searches'>): unknown[] =>
  searches.map(({ parameters }) => parameters['q'])
