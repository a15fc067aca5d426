import type { BlockDelta } from '../../wire/anthropic/events.ts'
import type { CompactionItem } from '../../wire/openai-responses/output-items.ts'
import { encodeSummary } from './encrypted-content.ts'
import type { Emit, ItemPlace, ItemWriter } from './item-writer.ts'
import type { TextBlock } from './message-writer.ts'

/** Packs all text of an answer into one item (OE-R45). */
export class CompactionWriter implements ItemWriter {
  readonly place: ItemPlace
  readonly #emit: Emit
  #summary = ''

  constructor(place: ItemPlace, emit: Emit) {
    this.place = place
    this.#emit = emit
    emit({ type: 'response.output_item.added', output_index: place.output_index, item: this.#item() })
  }

  open({ text }: TextBlock): void {
    this.#summary += text
  }

  delta(delta: BlockDelta): void {
    if (delta.type === 'text_delta') this.#summary += delta.text
  }

  get summary(): string {
    return this.#summary
  }

  stop(): void {}

  end(): CompactionItem {
    const item = this.#item()
    this.#emit({ type: 'response.output_item.done', output_index: this.place.output_index, item })
    return item
  }

  #item(): CompactionItem {
    return { type: 'compaction', id: this.place.item_id, encrypted_content: encodeSummary(this.#summary) }
  }
}
