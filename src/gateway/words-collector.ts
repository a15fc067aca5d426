import { attempt } from '../base/attempt.ts'
import type { ConversationWords } from './request-record.ts'

/** Characters of one request that are kept for observers (AU-S5). */
const mostCharacters = 64 * 1024

/** A block or a delta; its members may be anything. */
interface Part {
  readonly type?: unknown
  readonly name?: unknown
  readonly text?: unknown
  readonly input?: unknown
  readonly partial_json?: unknown
}

interface CollectedTool {
  readonly block: unknown
  readonly name: string
  /** Of a stream, in pieces. */
  json: string
  input: unknown
}

/**
 * Collects the words of an answer: the text of its blocks, and its calls of tools. Takes unchecked events, and ignores
 * what is malformed or above the limit.
 */
export class WordsCollector {
  readonly #texts: string[] = []
  readonly #tools: CollectedTool[] = []
  #left = mostCharacters

  /** A block of a whole answer, or the start of one in a stream. `index` is the same in the block's deltas. */
  block(index: unknown, { type, name, text, input }: Part): void {
    if (type === 'text') this.#texts.push(this.#within(text))
    if (type !== 'tool_use' || typeof name !== 'string') return
    const json = JSON.stringify(input ?? {})
    this.#tools.push({ block: index, name, json: '', input: this.#within(json) === json ? input : undefined })
  }

  delta(index: unknown, { type, text, partial_json }: Part): void {
    if (type === 'text_delta') this.#texts.push((this.#texts.pop() ?? '') + this.#within(text))
    if (type !== 'input_json_delta') return
    const tool = this.#tools.findLast(({ block }) => block === index)
    if (tool !== undefined) tool.json += this.#within(partial_json)
  }

  words(userText: string): ConversationWords {
    return {
      userText,
      assistantText: this.#texts.filter((text) => text !== '').join('\n'),
      tools: this.#tools.map(({ name, json, input }) => ({
        name,
        input: json === '' ? input : attempt(() => JSON.parse(json)),
      })),
    }
  }

  /** The text, up to the limit. */
  #within(text: unknown): string {
    if (typeof text !== 'string') return ''
    const kept = text.slice(0, this.#left)
    this.#left -= kept.length
    return kept
  }
}
