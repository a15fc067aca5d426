import { unfinishedTokenLength } from './unfinished-token.ts'

export interface ThinkTagsOptions {
  /** The chat template writes the opening tag: the text begins inside it. */
  readonly isPrefilled: boolean
  /** Reasoning has come in a member of its own: tagged text is a copy of it. */
  readonly hasReasoning: () => boolean
  readonly onThinking: (text: string) => void
  readonly onText: (text: string) => void
}

const tags = [
  { open: '<think>', close: '</think>' },
  { open: '<thinking>', close: '</thinking>' },
] as const

/**
 * Takes thinking out of a response's text (OU-S11): the tagged text at its very beginning. Later tags are text. The
 * tagged text is dropped where reasoning comes in a member of its own.
 */
export class ThinkTags {
  readonly #options: ThinkTagsOptions
  #state: 'start' | 'thinking' | 'copy' | 'text' = 'start'
  /** What may become a tag. */
  #held = ''
  #closingTag: string = tags[0].close
  /** Text of tags that do not count: it is dropped once they are closed. */
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

  /** Gives out all that is held: a tool call comes, or nothing more. A copy that is not closed may be more than one. */
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
