import type { BlockDelta } from '../../wire/anthropic/events.ts'
import type { ItemStatus, ReasoningItem } from '../../wire/openai-responses/output-items.ts'
import type { ThinkingContent } from '../openai-entrance/thinking-content.ts'
import { encodeThinking } from './encrypted-content.ts'
import type { Emit, ItemPlace, ItemWriter } from './item-writer.ts'
import type { ResponsesAnswerPlan } from './request.ts'

const summaryText = (text: string) => ({ type: 'summary_text', text }) as const

/** Writes a block of thinking as an item that carries the whole block back, and shows it if the client wants (OE-R30). */
export class ReasoningWriter implements ItemWriter {
  readonly place: ItemPlace
  readonly #plan: ResponsesAnswerPlan
  readonly #emit: Emit
  readonly #data: string | undefined
  #thinking = ''
  #signature = ''
  #hasSummary = false

  constructor(block: ThinkingContent, place: ItemPlace, plan: ResponsesAnswerPlan, emit: Emit) {
    this.place = place
    this.#plan = plan
    this.#emit = emit
    this.#data = block.type === 'redacted_thinking' ? block.data : undefined
    emit({
      type: 'response.output_item.added',
      output_index: place.output_index,
      item: { type: 'reasoning', id: place.item_id, summary: [] },
    })
    if (block.type === 'redacted_thinking') return
    this.#signature = block.signature
    this.#add(block.thinking)
  }

  delta(delta: BlockDelta): void {
    if (delta.type === 'thinking_delta') this.#add(delta.thinking)
    else if (delta.type === 'signature_delta') this.#signature = delta.signature
  }

  #add(thinking: string): void {
    if (thinking === '') return
    this.#thinking += thinking
    if (!this.#plan.showsSummary) return
    if (!this.#hasSummary) {
      this.#hasSummary = true
      const part = summaryText('')
      this.#emit({ type: 'response.reasoning_summary_part.added', ...this.place, summary_index: 0, part })
    }
    this.#emit({
      type: 'response.reasoning_summary_text.delta',
      ...this.place,
      summary_index: 0,
      delta: thinking,
    })
  }

  stop(): void {
    if (!this.#hasSummary) return
    const inSummary = { ...this.place, summary_index: 0 }
    const text = this.#thinking
    this.#emit({ type: 'response.reasoning_summary_text.done', ...inSummary, text })
    this.#emit({ type: 'response.reasoning_summary_part.done', ...inSummary, part: summaryText(text) })
  }

  get characters(): number {
    return this.#thinking.length
  }

  end(status: ItemStatus): ReasoningItem {
    const content: ThinkingContent =
      this.#data === undefined
        ? { type: 'thinking', thinking: this.#thinking, signature: this.#signature }
        : { type: 'redacted_thinking', data: this.#data }
    const item: ReasoningItem = {
      type: 'reasoning',
      id: this.place.item_id,
      summary: this.#hasSummary ? [summaryText(this.#thinking)] : [],
      // A block that was cut has no signature: the model would refuse it.
      ...(status === 'completed' && {
        encrypted_content: encodeThinking({ modelId: this.#plan.modelId, content: [content] }),
      }),
    }
    this.#emit({ type: 'response.output_item.done', output_index: this.place.output_index, item })
    return item
  }
}
