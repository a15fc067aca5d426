import { isObject, type Json } from '../../base/json.ts'
import type { SearchResult } from '../../search/search-provider.ts'
import type { CacheControl, ContentBlock } from '../../wire/anthropic/content.ts'
import type { InputMessage } from '../../wire/anthropic/request.ts'
import { type CarriedText, createHistoryDecoder } from './carried-text.ts'
import { searchToolName } from './request.ts'
import type { ReadOutcome } from './results.ts'
import { isOwnServerToolId } from './server-tool-ids.ts'

/** Finds the searches of this server in a history. All others stay words of the assistant (WS-33). */

export interface OwnResult {
  /** The client's id of the search. */
  readonly useId: string
  readonly outcome: ReadOutcome
  readonly cacheControl: CacheControl | undefined
}

export interface OwnSearches {
  /** Uses of the tool, with their ids. */
  readonly uses: ReadonlyMap<ContentBlock, string>
  readonly results: ReadonlyMap<ContentBlock, OwnResult>
}

const idOf = (id: unknown): string | undefined => (typeof id === 'string' && id !== '' ? id : undefined)

type Decode = CarriedText['decode']

const readResult = (item: unknown, decode: Decode): SearchResult | undefined => {
  if (!isObject(item)) return undefined
  const { title, url, page_age: age } = item
  const snippet = decode(item['encrypted_content'])
  if (snippet === undefined || typeof title !== 'string' || typeof url !== 'string') return undefined
  return { title, url, snippet, pageAge: typeof age === 'string' ? age : null }
}

/** Undefined for a content that this server did not write, or that has changed since. */
const readOutcome = (content: unknown, decode: Decode): ReadOutcome | undefined => {
  if (Array.isArray(content)) {
    const results: SearchResult[] = []
    for (const item of content) {
      const result = readResult(item, decode)
      if (result === undefined) return undefined
      results.push(result)
    }
    return { results }
  }
  const code = isObject(content) ? content['error_code'] : undefined
  return typeof code === 'string' ? { errorCode: code } : undefined
}

/** Results have our text; only errors, and lists without results, need our id to be known as ours. */
const isOwn = (outcome: ReadOutcome, useId: string): boolean =>
  ('results' in outcome && outcome.results.length > 0) || isOwnServerToolId(useId)

const blocksOf = (messages: readonly InputMessage[]): ContentBlock[] =>
  messages.flatMap(({ role, content }) => (role === 'assistant' && Array.isArray(content) ? content : []))

export const findOwnSearches = (messages: readonly InputMessage[], carriedText: CarriedText): OwnSearches => {
  const uses = new Map<ContentBlock, string>()
  const results = new Map<ContentBlock, OwnResult>()
  const [own, foreign] = [new Set<string>(), new Set<string>()]
  const blocks = blocksOf(messages)
  const decode = createHistoryDecoder(carriedText)
  for (const block of blocks) {
    if (block.type !== 'web_search_tool_result') continue
    const useId = idOf((block as Json)['tool_use_id'])
    if (useId === undefined) continue
    const outcome = readOutcome(block.content, decode)
    if (outcome === undefined || !isOwn(outcome, useId)) {
      foreign.add(useId)
      continue
    }
    own.add(useId)
    results.set(block, { useId, outcome, cacheControl: block.cache_control ?? undefined })
  }
  for (const block of blocks) {
    if (block.type !== 'server_tool_use' || block.name !== searchToolName) continue
    const id = idOf(block.id)
    if (id !== undefined && (own.has(id) || (isOwnServerToolId(id) && !foreign.has(id)))) uses.set(block, id)
  }
  return { uses, results }
}
