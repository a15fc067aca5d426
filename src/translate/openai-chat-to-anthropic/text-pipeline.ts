import { CumulativeText } from './cumulative-text.ts'
import type { TextToolCall } from './parse-text-tool-calls.ts'
import type { ChatResponseContext } from './response-context.ts'
import { TextToolCalls } from './text-tool-calls.ts'
import { ThinkTags } from './think-tags.ts'
import { WatchedStops } from './watched-stops.ts'

export interface TextPipelineOptions {
  readonly context: ChatResponseContext
  readonly hasReasoning: () => boolean
  readonly onThinking: (text: string) => void
  readonly onText: (text: string) => void
  readonly onCall: (call: TextToolCall) => void
}

/** Filters the text of a response; it has only the filters that the request's dialect needs. */
export class TextPipeline {
  readonly #cumulative: CumulativeText | undefined
  readonly #think: ThinkTags
  readonly #stops: WatchedStops | undefined
  readonly #calls: TextToolCalls | undefined

  constructor({ context, hasReasoning, onThinking, onText, onCall }: TextPipelineOptions) {
    const { dialect, watchedStops, offeredTools } = context
    this.#cumulative = dialect.deltas === 'maybeCumulative' ? new CumulativeText() : undefined
    const calls = dialect.textToolCalls ? new TextToolCalls({ offeredTools, onText, onCall }) : undefined
    this.#calls = calls
    const afterStops = calls === undefined ? onText : (text: string) => calls.push(text)
    const stops =
      watchedStops.length > 0 ? new WatchedStops({ sequences: watchedStops, onText: afterStops }) : undefined
    this.#stops = stops
    this.#think = new ThinkTags({
      isPrefilled: dialect.thinkPrefilled,
      hasReasoning,
      onThinking,
      onText: stops === undefined ? afterStops : (text) => stops.push(text),
    })
  }

  /** The stop sequence that has ended the text (OU-S12). */
  get stop(): string | undefined {
    return this.#stops?.found
  }

  push(text: string): void {
    const fresh = this.#cumulative === undefined ? text : this.#cumulative.push(text)
    if (fresh !== '') this.#think.push(fresh)
  }

  /** Emits the text that the filters hold: the next output is not text. */
  flush(): void {
    this.#flushFilters()
    this.#calls?.flush()
  }

  /** Ends the text. `mayHoldCalls`: the model decided to stop and made no call. */
  end(mayHoldCalls: boolean): void {
    this.#flushFilters()
    if (mayHoldCalls) this.#calls?.end()
    else this.#calls?.flush()
  }

  #flushFilters(): void {
    const held = this.#cumulative?.flush() ?? ''
    if (held !== '') this.#think.push(held)
    this.#think.flush()
    this.#stops?.flush()
  }
}
