import type { Emit } from './completion-step.ts'
import { reasoningFormat, showsDetails } from './reasoning.ts'
import type { ChatAnswerPlan } from './request.ts'

/** The steps of an answer's thinking (OE-C92). */
export class ThinkingSteps {
  readonly #emit: Emit
  readonly #isShown: boolean
  readonly #hasDetails: boolean
  /** Of the open block, among the blocks of thinking. */
  #index = -1
  /** Of all thinking. */
  characters = 0

  constructor({ reasoning }: ChatAnswerPlan, emit: Emit) {
    this.#emit = emit
    this.#isShown = reasoning !== 'none'
    this.#hasDetails = showsDetails(reasoning)
  }

  start(text: string, signature: string): void {
    this.#index += 1
    this.text(text)
    this.signature(signature)
  }

  text(text: string): void {
    this.characters += text.length
    if (text !== '' && this.#isShown) this.#emit({ type: 'reasoning', text, index: this.#index })
  }

  /** With an empty text: some clients lose a signature without one. */
  signature(signature: string): void {
    if (signature === '' || !this.#hasDetails) return
    const detail = { type: 'reasoning.text', text: '', signature, format: reasoningFormat, index: this.#index } as const
    this.#emit({ type: 'delta', delta: { reasoning_details: [detail] } })
  }

  redacted(data: string): void {
    this.#index += 1
    if (!this.#hasDetails) return
    const detail = { type: 'reasoning.encrypted', data, format: reasoningFormat, index: this.#index } as const
    this.#emit({ type: 'delta', delta: { reasoning_details: [detail] } })
  }
}
