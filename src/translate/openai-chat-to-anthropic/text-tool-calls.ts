import { parseTextToolCalls, type TextToolCall, textToolCallStarts } from './parse-text-tool-calls.ts'
import { unfinishedTokenLength } from './unfinished-token.ts'

export interface TextToolCallsOptions {
  readonly offeredTools: ReadonlyMap<string, Readonly<Record<string, unknown>>>
  readonly onText: (text: string) => void
  readonly onCall: (call: TextToolCall) => void
}

const fence = '```'
const tokens = [fence, ...textToolCallStarts]

interface Token {
  readonly text: string
  readonly at: number
}

const firstTokenIn = (text: string): Token | undefined => {
  let first: Token | undefined
  for (const token of tokens) {
    const at = text.indexOf(token)
    if (at !== -1 && (first === undefined || at < first.at)) first = { text: token, at }
  }
  return first
}

/**
 * Parses tool calls that a model writes as text (OU-S18), for upstreams that do not. Only markup at the end of the text
 * counts, outside a code fence and for tools that the request offers. Other markup stays text. The class holds markup
 * back until the text ends.
 */
export class TextToolCalls {
  readonly #options: TextToolCallsOptions
  /** Text that may be the beginning of a token; after markup, all text from there. */
  #held = ''
  #isMarkup = false
  #isFenced = false

  constructor(options: TextToolCallsOptions) {
    this.#options = options
  }

  push(text: string): void {
    this.#held += text
    while (!this.#isMarkup) {
      const token = firstTokenIn(this.#held)
      if (token === undefined) break
      const isMarkup = token.text !== fence && !this.#isFenced
      if (token.text === fence) this.#isFenced = !this.#isFenced
      this.#giveOut(token.at + (isMarkup ? 0 : token.text.length))
      this.#isMarkup = isMarkup
    }
    if (!this.#isMarkup) this.#giveOut(this.#held.length - unfinishedTokenLength(this.#held, tokens))
  }

  /** Emits the held text as text: the next output is not text. */
  flush(): void {
    this.#giveOut(this.#held.length)
    this.#isMarkup = false
  }

  /** Ends the text: emits the held text as calls, or as text if it does not parse. */
  end(): void {
    const calls = this.#isMarkup ? parseTextToolCalls(this.#held, this.#options.offeredTools) : undefined
    if (calls === undefined) {
      this.flush()
      return
    }
    this.#held = ''
    for (const call of calls) this.#options.onCall(call)
  }

  #giveOut(length: number): void {
    const text = this.#held.slice(0, length)
    this.#held = this.#held.slice(length)
    if (text !== '') this.#options.onText(text)
  }
}
