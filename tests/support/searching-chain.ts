import { startSearchServer } from '../../scripts/support/search-server.ts'
import type { ReplyBlock, Scenario } from '../../src/simulator/reply.ts'
import { type Chain, type ChainOptions, defaultConfig, startChain } from './chain.ts'
import { afterTest } from './cleanup.ts'
import type { SearchStub } from './search-providers.ts'

/** The whole product with a search server on loopback, and a model that searches in its first turn. */

export const query = 'ferry timetable'
export const firstResult = 'https://result-0.example/ferry'

const cited: ReplyBlock = {
  citedText: 'It leaves at noon.',
  citations: [
    {
      location: { searchResultLocation: { searchResultIndex: 0, start: 0, end: 1 } },
      title: 'ferry 0',
      source: firstResult,
      sourceContent: [{ text: 'ferry ferry' }],
    },
  ],
}

const searchingModel: Scenario = ({ assistantTurns, lastTurn }) => {
  if (assistantTurns === 0) return { content: [{ text: 'Searching. ' }, { tool: 'web_search', input: { query } }] }
  const hasResults = lastTurn.some((part) => 'toolResult' in part)
  return { content: hasResults ? [{ text: 'Found: ' }, cited] : [{ text: 'Yes.' }] }
}

export const startSearchingChain = (options: ChainOptions = {}): Chain & { readonly search: SearchStub } => {
  const stub = startSearchServer('ferry', ['results'])
  afterTest(() => stub.stop())
  const search = { ...defaultConfig.search, provider: 'searxng' as const, url: stub.url }
  return {
    ...startChain({ scenario: searchingModel, ...options, config: { search, ...options.config } }),
    search: stub,
  }
}
