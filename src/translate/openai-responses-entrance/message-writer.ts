import type { BlockDelta } from '../../wire/anthropic/events.ts'
import type { ResponseBlock, TextCitation } from '../../wire/anthropic/response.ts'
import type { ItemStatus, MessageItem, TextPart, UrlCitation } from '../../wire/openai-responses/output-items.ts'
import { createJsonFence, type JsonFence } from '../openai-entrance/json-fence.ts'
import { citedPage } from '../openai-entrance/url-citation.ts'
import type { Emit, ItemPlace, ItemWriter } from './item-writer.ts'

const logprobs: readonly never[] = []

const part = (text: string, annotations: readonly UrlCitation[]): TextPart => ({
  type: 'output_text',
  text,
  annotations,
  logprobs,
})

const message = (id: string, status: ItemStatus, content: readonly TextPart[]): MessageItem => ({
  type: 'message',
  id,
  role: 'assistant',
  status,
  content,
})

const toUrlCitation = (citation: TextCitation, end_index: number): UrlCitation | undefined => {
  const page = citedPage(citation)
  return page && { type: 'url_citation', start_index: 0, end_index, ...page }
}

export type TextBlock = Extract<ResponseBlock, { type: 'text' }>

/** Writes adjacent text blocks as one message, with a content part for each (OE-R31). */
export class MessageWriter implements ItemWriter {
  readonly place: ItemPlace
  readonly #isJsonObject: boolean
  readonly #emit: Emit
  readonly #parts: TextPart[] = []
  #text = ''
  #citations: TextCitation[] = []
  #fence: JsonFence | undefined

  /** `isJsonObject`: the client expects nothing but JSON, which has neither a fence nor citations (OE-C56). */
  constructor(place: ItemPlace, isJsonObject: boolean, emit: Emit) {
    this.place = place
    this.#isJsonObject = isJsonObject
    this.#emit = emit
    emit({
      type: 'response.output_item.added',
      output_index: place.output_index,
      item: message(place.item_id, 'in_progress', []),
    })
  }

  /** The next text block begins. */
  open({ text, citations }: TextBlock): void {
    this.#text = ''
    this.#citations = [...(citations ?? [])]
    this.#fence = this.#isJsonObject ? createJsonFence() : undefined
    this.#emit({ type: 'response.content_part.added', ...this.#inPart(), part: part('', []) })
    this.#add(text)
  }

  delta(delta: BlockDelta): void {
    if (delta.type === 'text_delta') this.#add(delta.text)
    else if (delta.type === 'citations_delta') this.#citations.push(delta.citation)
  }

  #add(text: string): void {
    this.#write(this.#fence === undefined ? text : this.#fence.push(text))
  }

  #write(text: string): void {
    if (text === '') return
    this.#text += text
    // The most frequent event: written without copies of its place.
    const { item_id, output_index } = this.place
    const content_index = this.#parts.length
    this.#emit({ type: 'response.output_text.delta', item_id, output_index, content_index, delta: text, logprobs })
  }

  stop(): void {
    if (this.#fence !== undefined) this.#write(this.#fence.end())
    const inPart = this.#inPart()
    const text = this.#text
    // Only now the length of the cited text is known.
    const citations = this.#isJsonObject ? [] : this.#citations
    const annotations = citations.flatMap((citation) => toUrlCitation(citation, text.length) ?? [])
    for (const [annotation_index, annotation] of annotations.entries())
      this.#emit({ type: 'response.output_text.annotation.added', ...inPart, annotation_index, annotation })
    this.#emit({ type: 'response.output_text.done', ...inPart, text, logprobs })
    const done = part(text, annotations)
    this.#parts.push(done)
    this.#emit({ type: 'response.content_part.done', ...inPart, part: done })
  }

  contains(text: string): boolean {
    return this.#parts.some((written) => written.text === text)
  }

  end(status: ItemStatus): MessageItem {
    const item = message(this.place.item_id, status, this.#parts)
    this.#emit({ type: 'response.output_item.done', output_index: this.place.output_index, item })
    return item
  }

  #inPart() {
    return { ...this.place, content_index: this.#parts.length }
  }
}
