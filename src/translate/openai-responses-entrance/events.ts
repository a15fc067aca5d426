import type { EventBatch } from '../../wire/anthropic/events.ts'
import type { AnswerIdentity } from '../openai-entrance/answer-identity.ts'
import type { ResponsesAnswerPlan } from './request.ts'
import { begunResponse } from './response.ts'

/** An event without its `sequence_number`, which is given when it is written. */
export interface ResponseEvent {
  readonly type: string
  readonly [member: string]: unknown
}

/** Translates the events of one answer to Responses events (section 3.4). */
export class ResponseEvents {
  readonly #plan: ResponsesAnswerPlan
  readonly #identity: AnswerIdentity
  #hasBegun = false

  constructor(plan: ResponsesAnswerPlan, identity: AnswerIdentity) {
    this.#plan = plan
    this.#identity = identity
  }

  /** The first two events, once. */
  opening(): readonly ResponseEvent[] {
    if (this.#hasBegun) return []
    this.#hasBegun = true
    const response = begunResponse(this.#plan, this.#identity)
    return [
      { type: 'response.created', response },
      { type: 'response.in_progress', response },
    ]
  }

  batch(events: EventBatch): readonly ResponseEvent[] {
    return events.length === 0 ? [] : this.opening()
  }

  failed(error: { readonly code: string; readonly message: string }): readonly ResponseEvent[] {
    const response = { ...begunResponse(this.#plan, this.#identity), status: 'failed', error }
    return [...this.opening(), { type: 'response.failed', response }]
  }
}
