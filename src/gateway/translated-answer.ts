import type { EventBatch, FinalUsage } from '../wire/anthropic/events.ts'
import type { MessagesRequest } from '../wire/anthropic/request.ts'
import type { Message, ResponseBlock, StopReason, Usage } from '../wire/anthropic/response.ts'
import { requestClassOf } from './request-class.ts'
import type { RunningRequest } from './running-requests.ts'
import { selectUserText } from './words.ts'
import { WordsCollector } from './words-collector.ts'

/** Some upstreams have no figures before the end. */
const isKnown = ({ input_tokens, cache_creation_input_tokens, cache_read_input_tokens }: Usage): boolean =>
  input_tokens + cache_creation_input_tokens + cache_read_input_tokens > 0

/** Adds the facts of one answer to the request's record, from events that are parsed already (AU-U6). */
export class TranslatedAnswer {
  readonly #running: RunningRequest
  readonly #words: WordsCollector | undefined
  #usage: FinalUsage | undefined
  #id = ''
  #toolCalls = 0

  constructor(running: RunningRequest, request: MessagesRequest) {
    this.#running = running
    // Query evaluations are not conversations (AU-S2), also if classes are not counted.
    if (!running.wantsWords || requestClassOf(request) === 'query_evaluation') return
    const words = new WordsCollector()
    const userText = selectUserText(request.messages)
    this.#words = words
    running.words = () => words.words(userText)
  }

  /** Empty before its start. */
  get id(): string {
    return this.#id
  }

  get usage(): FinalUsage | undefined {
    return this.#usage
  }

  /** Returns whether the batch is the last. */
  batch(batch: EventBatch): boolean {
    let isLast = false
    for (const event of batch) {
      isLast = event.type === 'message_stop'
      if (event.type === 'message_start') this.#start(event.message)
      else if (event.type === 'message_delta') this.#end(event.delta.stop_reason, event.usage)
      else if (event.type === 'content_block_start') this.#block(event.index, event.content_block)
      else if (event.type === 'content_block_delta') this.#words?.delta(event.index, event.delta)
    }
    return isLast
  }

  message({ id, content, stop_reason, usage }: Message): void {
    this.#id = id
    this.#running.update({ responseId: id })
    for (const [index, block] of content.entries()) this.#block(index, block)
    this.#end(stop_reason, usage)
  }

  #start({ id, usage }: Message): void {
    this.#id = id
    // An answer that is cut has no other figures.
    this.#running.update({ responseId: id, ...(isKnown(usage) && { usage }) })
  }

  #block(index: number, block: ResponseBlock): void {
    if (block.type === 'tool_use') this.#toolCalls += 1
    this.#words?.block(index, block)
  }

  #end(stopReason: StopReason | null, usage: FinalUsage): void {
    this.#usage = usage
    this.#running.update({ usage, toolCalls: this.#toolCalls, ...(stopReason !== null && { stopReason }) })
  }
}
