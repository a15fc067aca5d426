import type { BlockDelta } from '../../wire/anthropic/events.ts'
import type { ResponseBlock } from '../../wire/anthropic/response.ts'
import type { ReasoningItem, WebSearchItem } from '../../wire/openai-responses/output-items.ts'
import { toInputObject } from '../tool-input.ts'
import { encodeSearch } from './carried-search.ts'
import type { Emit, ItemPlace, ItemWriter } from './item-writer.ts'

export type SearchUse = Extract<ResponseBlock, { type: 'server_tool_use' }>
export type SearchResult = Extract<ResponseBlock, { type: 'web_search_tool_result' }>

const isEmpty = (input: object): boolean => Object.keys(input).length === 0

const sourcesOf = ({ content }: SearchResult) =>
  Array.isArray(content) ? content.map(({ url }: { readonly url: string }) => ({ type: 'url', url }) as const) : []

/**
 * Writes a web search that runs without the client (OE-R26). Its item is open until its result arrives: other items may
 * begin before.
 */
export class SearchWriter implements ItemWriter {
  readonly place: ItemPlace
  readonly #use: SearchUse
  readonly #showsSources: boolean
  readonly #emit: Emit
  #json = ''
  #input: object = {}

  constructor(use: SearchUse, place: ItemPlace, showsSources: boolean, emit: Emit) {
    this.#use = use
    this.place = place
    this.#showsSources = showsSources
    this.#emit = emit
  }

  delta(delta: BlockDelta): void {
    if (delta.type === 'input_json_delta') this.#json += delta.partial_json
  }

  /** Only the complete input has the query, which clients show. */
  stop(): void {
    this.#input = isEmpty(this.#use.input) ? (toInputObject(this.#json) ?? {}) : this.#use.input
    const { output_index } = this.place
    this.#emit({ type: 'response.output_item.added', output_index, item: this.#item('in_progress') })
    this.#emit({ type: 'response.web_search_call.in_progress', ...this.place })
    this.#emit({ type: 'response.web_search_call.searching', ...this.place })
  }

  found(result: SearchResult): WebSearchItem {
    if (!Array.isArray(result.content)) return this.end('failed')
    this.#emit({ type: 'response.web_search_call.completed', ...this.place })
    return this.#done(this.#item('completed', this.#showsSources ? { sources: sourcesOf(result) } : {}))
  }

  /** The answer ends before the result, or the search has failed. */
  end(status: WebSearchItem['status']): WebSearchItem {
    return this.#done(this.#item(status))
  }

  /** The item that brings the search and its result back. */
  carry(result: SearchResult, place: ItemPlace): ReasoningItem {
    const { output_index, item_id: id } = place
    const { type, id: useId, name, caller } = this.#use
    const use = { type, id: useId, name, input: this.#input, caller }
    const item: ReasoningItem = { type: 'reasoning', id, summary: [] }
    const done: ReasoningItem = { ...item, encrypted_content: encodeSearch({ use, result }) }
    this.#emit({ type: 'response.output_item.added', output_index, item })
    this.#emit({ type: 'response.output_item.done', output_index, item: done })
    return done
  }

  #done(item: WebSearchItem): WebSearchItem {
    this.#emit({ type: 'response.output_item.done', output_index: this.place.output_index, item })
    return item
  }

  #item(status: WebSearchItem['status'], more: Pick<WebSearchItem['action'], 'sources'> = {}): WebSearchItem {
    const { query }: { readonly query?: unknown } = this.#input
    const text = typeof query === 'string' ? query : ''
    return {
      type: 'web_search_call',
      id: this.place.item_id,
      status,
      action: { type: 'search', query: text, queries: [text], ...more },
    }
  }
}
