import type { EventBatch, MessageStreamEvent } from '../../wire/anthropic/events.ts'
import type { Message, ResponseBlock } from '../../wire/anthropic/response.ts'
import type { ThinkingContent } from './thinking-content.ts'

/** The thinking of an answer that calls tools: the model needs it back together with the calls (OE-C64). */
export interface AnswerThinking {
  readonly thinking: readonly ThinkingContent[]
  readonly toolCallIds: readonly string[]
}

/** Collects the thinking of one answer, whole or streamed. */
export class ThinkingCollector {
  readonly #thinking: ThinkingContent[] = []
  readonly #toolCallIds: string[] = []
  /** The streamed block. */
  #open: { type: 'thinking'; thinking: string; signature: string } | undefined

  /** Undefined for an answer without thinking, or without calls. */
  get result(): AnswerThinking | undefined {
    const isComplete = this.#thinking.length > 0 && this.#toolCallIds.length > 0
    return isComplete ? { thinking: this.#thinking, toolCallIds: this.#toolCallIds } : undefined
  }

  message({ content }: Pick<Message, 'content'>): void {
    for (const block of content) this.#block(block)
  }

  /** Returns whether the answer is complete. */
  batch(events: EventBatch): boolean {
    for (const event of events) this.#event(event)
    return events.at(-1)?.type === 'message_stop'
  }

  #block(block: ResponseBlock): void {
    if (block.type === 'redacted_thinking') this.#thinking.push({ type: block.type, data: block.data })
    else if (block.type === 'tool_use') this.#toolCallIds.push(block.id)
    else if (block.type === 'thinking') {
      this.#open = { type: block.type, thinking: block.thinking, signature: block.signature }
      this.#thinking.push(this.#open)
    }
  }

  #event(event: MessageStreamEvent): void {
    if (event.type === 'content_block_start') this.#block(event.content_block)
    if (event.type !== 'content_block_delta' || this.#open === undefined) return
    const { delta } = event
    if (delta.type === 'thinking_delta') this.#open.thinking += delta.thinking
    else if (delta.type === 'signature_delta') this.#open.signature = delta.signature
  }
}
