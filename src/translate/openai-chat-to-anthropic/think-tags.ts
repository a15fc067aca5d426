import { unfinishedTokenLength } from './unfinished-token.ts'

export interface ThinkTagsOptions {
  /** The chat template writes the opening tag, so the text begins inside it. */
  readonly isPrefilled: boolean
  /** A separate member has reasoning: tagged text is a copy of it. */
  readonly hasReasoning: () => boolean
  readonly onThinking: (text: string) => void
  readonly onText: (text: string) => void
}

const tags = [
  { open: '<think>', close: '</think>' },
  { open: '<thinking>', close: '</thinking>' },
] as const

/**
 * Separates thinking from a response's text (OU-S11): the tagged text at the very beginning. Later tags are text. The
 * tagged text is dropped if a separate member has the reasoning.
 */
export class ThinkTags {
  readonly #options: ThinkTagsOptions
  #state: 'start' | 'thinking' | 'copy' | 'text' = 'start'
  /** Text that may be the beginning of a tag. */
  #held = ''
  #closingTag: string = tags[0].close
  /** Tagged text that copies the reasoning: it is dropped when its tag is closed. */
  #copy = ''

  constructor(options: ThinkTagsOptions) {
    this.#options = options
  }

  push(text: string): void {
    if (this.#state === 'text') {
      this.#options.onText(text)
      return
    }
    this.#held += text
    if (this.#state === 'start') this.#readStart()
    else this.#readTagged()
  }

  /** Emits all held text before a tool call or the end. A copy without its closing tag may contain more: it is text. */
  flush(): void {
    const held = this.#held
    this.#held = ''
    if (this.#state === 'thinking' || this.#state === 'copy') this.#takeTagged(held)
    else if (held !== '') this.#writeText(held)
    if (this.#state === 'copy') this.#writeText(this.#copy)
  }

  #readStart(): void {
    const start = this.#held.trimStart()
    const tag = tags.find(({ open }) => start.startsWith(open))
    if (tag === undefined && tags.some(({ open }) => open.startsWith(start))) return
    const isTagged = tag !== undefined || (this.#options.isPrefilled && !this.#options.hasReasoning())
    if (!isTagged) {
      this.flush()
      return
    }
    this.#state = 'thinking'
    if (tag !== undefined) {
      this.#closingTag = tag.close
      this.#held = start.slice(tag.open.length)
    }
    this.#readTagged()
  }

  #readTagged(): void {
    const held = this.#held
    const end = held.indexOf(this.#closingTag)
    if (end === -1) {
      const kept = held.length - unfinishedTokenLength(held, [this.#closingTag])
      this.#held = held.slice(kept)
      this.#takeTagged(held.slice(0, kept))
      return
    }
    this.#held = ''
    this.#takeTagged(held.slice(0, end))
    this.#writeText(held.slice(end + this.#closingTag.length))
  }

  #takeTagged(text: string): void {
    if (this.#options.hasReasoning()) this.#state = 'copy'
    if (this.#state === 'copy') this.#copy += text
    else if (text !== '') this.#options.onThinking(text)
  }

  #writeText(text: string): void {
    this.#state = 'text'
    this.#copy = ''
    if (text !== '') this.#options.onText(text)
  }
}
