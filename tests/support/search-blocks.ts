import { loadCarriedText } from '../../src/gateway/web-search/carried-text.ts'
import { createHistory, type History } from '../../src/gateway/web-search/history.ts'
import { type ClientResult, type ResultOptions, toClientResult } from '../../src/gateway/web-search/results.ts'
import { toServerToolId } from '../../src/gateway/web-search/server-tool-ids.ts'
import type { Note } from '../../src/messages/notes.ts'
import type { SearchOutcome, SearchResult } from '../../src/search/search-provider.ts'
import type { InputMessage } from '../../src/wire/anthropic/request.ts'
import type { ResponseBlock } from '../../src/wire/anthropic/response.ts'

/** Blocks of searches as clients get them from this server, and send them back. */

export const carriedText = await loadCarriedText()

const direct = { type: 'direct' } as const

/** `id`: the model's. */
export const searchUse = (id: string, query: unknown = 'news'): ResponseBlock => ({
  type: 'server_tool_use',
  id: toServerToolId(id),
  name: 'web_search',
  input: { query },
  caller: direct,
})

export const found = (text: string, more: Partial<SearchResult> = {}): SearchResult => ({
  title: `About ${text}`,
  url: `https://a.example/${encodeURIComponent(text)}`,
  snippet: text,
  pageAge: null,
  ...more,
})

export const searchResult = (id: string, outcome: SearchOutcome): ClientResult =>
  toClientResult(toServerToolId(id), outcome, carriedText)

export const textBlock = (text: string): ResponseBlock => ({ type: 'text', text, citations: null })

/** Like Anthropic's own. */
export const foreignSearch = (id: string): readonly object[] => [
  { type: 'server_tool_use', id, name: 'web_search', input: { query: 'old news' } },
  {
    type: 'web_search_tool_result',
    tool_use_id: id,
    content: [
      {
        type: 'web_search_result',
        title: 'Old',
        url: 'https://o.example',
        page_age: null,
        encrypted_content: 'EqgfCg==',
      },
    ],
  },
]

export const historyOf = (messages: readonly object[], options: Partial<ResultOptions> = {}): History =>
  createHistory(JSON.parse(JSON.stringify(messages)) as InputMessage[], {
    carriedText,
    cites: true,
    breaksMarks: false,
    ...options,
  })

/** Notes as `level path: what`. */
export const notesOf = ({ notes }: { readonly notes: readonly Note[] }): string[] =>
  notes.map(({ level, path, what }) => `${level} ${path}: ${what}`)
