import type { TextCitation } from '../../wire/anthropic/response.ts'
import type { CompletionAnnotation } from '../../wire/openai-chat/completion.ts'
import { createJsonFence, type JsonFence } from '../openai-entrance/json-fence.ts'
import { toAnnotations } from './annotations.ts'
import type { Emit } from './completion-step.ts'
import type { ChatAnswerPlan } from './request.ts'

/** The steps of an answer's text. */
export class TextSteps {
  readonly #emit: Emit
  readonly #fence: JsonFence | undefined
  readonly #annotations: CompletionAnnotation[] = []
  #citations: TextCitation[] = []
  /** Of the open block. */
  #start = 0
  #length = 0

  constructor({ isJsonObject }: ChatAnswerPlan, emit: Emit) {
    this.#emit = emit
    this.#fence = isJsonObject ? createJsonFence() : undefined
  }

  start(text: string): void {
    this.#start = this.#length
    this.text(text)
  }

  text(text: string): void {
    this.#length += text.length
    this.#write(this.#fence === undefined ? text : this.#fence.push(text))
  }

  cite(citation: TextCitation): void {
    this.#citations.push(citation)
  }

  stop(): void {
    if (this.#citations.length === 0) return
    this.#annotations.push(...toAnnotations(this.#citations, this.#start, this.#length))
    this.#citations = []
  }

  /** After the last block. The annotations are one delta: some clients keep only the last one. */
  end(): void {
    if (this.#fence !== undefined) this.#write(this.#fence.end())
    else if (this.#annotations.length > 0) this.#emit({ type: 'delta', delta: { annotations: this.#annotations } })
  }

  #write(text: string): void {
    if (text !== '') this.#emit({ type: 'text', text })
  }
}
