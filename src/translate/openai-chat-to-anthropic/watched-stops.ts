import { unfinishedTokenLength } from './unfinished-token.ts'

export interface WatchedStopsOptions {
  /** A list that is not empty, of strings that are not empty. */
  readonly sequences: readonly string[]
  readonly onText: (text: string) => void
}

interface Match {
  readonly sequence: string
  readonly start: number
}

/** Ends a text before the first stop sequence, for upstreams that do not support stop sequences (OU-S12). */
export class WatchedStops {
  readonly #options: WatchedStopsOptions
  /** Text that may be the beginning of a stop sequence. */
  #held = ''
  #found: string | undefined

  constructor(options: WatchedStopsOptions) {
    this.#options = options
  }

  /** The stop sequence that ended the text. */
  get found(): string | undefined {
    return this.#found
  }

  push(text: string): void {
    if (this.#found !== undefined) return
    const all = this.#held + text
    const match = this.#firstIn(all)
    this.#found = match?.sequence
    const end = match?.start ?? all.length - unfinishedTokenLength(all, this.#options.sequences)
    this.#held = match === undefined ? all.slice(end) : ''
    if (end > 0) this.#options.onText(all.slice(0, end))
  }

  /** Emits the held text: the text has ended. */
  flush(): void {
    const held = this.#held
    this.#held = ''
    if (held !== '') this.#options.onText(held)
  }

  /** The sequence that ends first, for any split of the text; of two that end together, the longer one. */
  #firstIn(text: string): Match | undefined {
    let first: Match | undefined
    let firstEnd = Number.POSITIVE_INFINITY
    for (const sequence of this.#options.sequences) {
      const start = text.indexOf(sequence)
      const end = start + sequence.length
      if (start === -1 || end > firstEnd) continue
      if (first !== undefined && end === firstEnd && start > first.start) continue
      first = { sequence, start }
      firstEnd = end
    }
    return first
  }
}
