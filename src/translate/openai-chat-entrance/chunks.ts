import type { EventBatch, MessageStreamEvent } from '../../wire/anthropic/events.ts'
import type { CompletionDelta, FinishReason } from '../../wire/openai-chat/completion.ts'
import type { ChatAnswerPlan } from './request.ts'
import { toFinishReason } from './response.ts'

/** The parts of one chunk that differ from chunk to chunk. */
export interface CompletionStep {
  readonly delta: CompletionDelta
  readonly finishReason: FinishReason | null
}

/** Translates the events of one answer to chunks (OE-C90 to OE-C99). */
export class CompletionSteps {
  readonly plan: ChatAnswerPlan

  constructor(plan: ChatAnswerPlan) {
    this.plan = plan
  }

  batch(events: EventBatch): readonly CompletionStep[] {
    return events.flatMap((event) => this.#event(event) ?? [])
  }

  #event(event: MessageStreamEvent): CompletionStep | undefined {
    switch (event.type) {
      case 'message_start':
        return { delta: { role: 'assistant', content: '' }, finishReason: null }
      case 'content_block_delta':
        return event.delta.type === 'text_delta'
          ? { delta: { content: event.delta.text }, finishReason: null }
          : undefined
      case 'message_delta':
        return { delta: {}, finishReason: toFinishReason(event.delta.stop_reason) }
      default:
        return undefined
    }
  }
}
