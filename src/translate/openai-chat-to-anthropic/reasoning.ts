import { type Json, objectsIn } from '../../base/json.ts'
import { isBlank } from '../../messages/blank.ts'
import type { ChatOutput } from '../../wire/openai-chat/response.ts'
import { textOf } from './text-of.ts'

const detailText = ({ text, summary }: Json): string => textOf(text) || textOf(summary)

const detailsText = (details: unknown): string => objectsIn(details).map(detailText).join('')

const readers = {
  reasoning_content: textOf,
  reasoning: textOf,
  reasoning_text: textOf,
  reasoning_details: detailsText,
} as const

type Member = keyof typeof readers

/** The members that may have reasoning; the first one wins if several have the same text (OU-A5). */
const members = Object.keys(readers) as Member[]

/** Reads reasoning from the member that had it first: some servers send a copy in another member or at the end. */
export class ReasoningReader {
  readonly #onOddity: ((what: string) => void) | undefined
  #source: Member | undefined
  #hasCome = false

  constructor(onOddity: ((what: string) => void) | undefined) {
    this.#onOddity = onOddity
  }

  /** A separate member has had reasoning other than white space. */
  get hasCome(): boolean {
    return this.#hasCome
  }

  /** The text of an output's reasoning; empty if it has none. */
  read(output: ChatOutput): string {
    const { reasoning_content, reasoning, reasoning_text, reasoning_details } = output
    // Nearly all deltas without reasoning have none of these members.
    if (!(reasoning_content || reasoning || reasoning_text || reasoning_details)) return ''
    const text = this.#readSource(output)
    if (!this.#hasCome && !isBlank(text)) this.#hasCome = true
    return text
  }

  #readSource(output: ChatOutput): string {
    const source = this.#source
    const text = source === undefined ? '' : readers[source](output[source])
    if (text !== '') return text
    const found = members.find((member) => readers[member](output[member]) !== '')
    if (found !== undefined && source !== undefined) this.#onOddity?.('reasoning in a second member')
    if (found === undefined || source !== undefined) return ''
    this.#source = found
    return readers[found](output[found])
  }
}
