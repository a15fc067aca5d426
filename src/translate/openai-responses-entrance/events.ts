import { noUsage } from '../../messages/usage.ts'
import type { EventBatch, FinalUsage, MessageStreamEvent } from '../../wire/anthropic/events.ts'
import type { ResponseBlock } from '../../wire/anthropic/response.ts'
import type { ResponseEvent } from '../../wire/openai-responses/events.ts'
import type { OutputItem } from '../../wire/openai-responses/output-items.ts'
import type { ResponseFailure, ResponseObject } from '../../wire/openai-responses/response.ts'
import type { AnswerIdentity } from '../openai-entrance/answer-identity.ts'
import type { ToolIdentity } from '../openai-entrance/answer-plan.ts'
import { refusalWords } from '../openai-entrance/refusal-words.ts'
import { toResponseUsage, toToolUsage } from '../openai-entrance/usage.ts'
import { begunResponse } from './begun-response.ts'
import { callWriters, type ToolUseBlock } from './call-writers.ts'
import { CompactionWriter } from './compaction-writer.ts'
import { type Ending, endingOf, endingOfSummary, type HowItEnded } from './ending.ts'
import { type ItemPlace, type ItemWriter, itemIdOf } from './item-writer.ts'
import { MessageWriter, type TextBlock } from './message-writer.ts'
import { ReasoningWriter } from './reasoning-writer.ts'
import type { ResponsesAnswerPlan } from './request.ts'
import { type SearchResult, type SearchUse, SearchWriter } from './search-writer.ts'

/** Seconds since 1970. */
export type Clock = () => number

/** No server keeps an answer that failed. */
const unkept = { store: false }

/** Translates the events of one answer to Responses events (section 3.4). */
export class ResponseEvents {
  readonly #plan: ResponsesAnswerPlan
  readonly #identity: AnswerIdentity
  readonly #clock: Clock
  #hasBegun = false
  #written: ResponseEvent[] = []
  /** By index; undefined for an item that is not complete. */
  readonly #output: (OutputItem | undefined)[] = []
  /** The open item. Stays open after its block: only the next event shows whether the answer was cut. */
  #open: ItemWriter | undefined
  /** By the id of the call: searches without a result, each with an open item of its own. */
  readonly #searches = new Map<string, SearchWriter>()
  /** Events of a block without an item are not translated: the upstream runs its tool (OE-C86). */
  #isInBlock = false
  #stop: HowItEnded = { stop_reason: null, stop_details: null }
  #usage: FinalUsage = noUsage
  #thinkingCharacters = 0

  constructor(plan: ResponsesAnswerPlan, identity: AnswerIdentity, clock: Clock) {
    this.#plan = plan
    this.#identity = identity
    this.#clock = clock
  }

  /** The first two events, once. */
  opening(): readonly ResponseEvent[] {
    this.#begin()
    return this.#take()
  }

  batch(events: EventBatch): readonly ResponseEvent[] {
    for (const event of events) this.#translate(event)
    return this.#take()
  }

  failed(error: ResponseFailure): readonly ResponseEvent[] {
    this.#begin()
    const response = { ...begunResponse(this.#plan, this.#identity), status: 'failed', error, ...unkept } as const
    this.#emit({ type: 'response.failed', response: { ...response, output: this.#items() } })
    return this.#take()
  }

  readonly #emit = (event: ResponseEvent): void => {
    this.#written.push(event)
  }

  #take(): readonly ResponseEvent[] {
    const written = this.#written
    this.#written = []
    return written
  }

  #items(): readonly OutputItem[] {
    return this.#output.filter((item) => item !== undefined)
  }

  #begin(): void {
    if (this.#hasBegun) return
    this.#hasBegun = true
    const response = begunResponse(this.#plan, this.#identity)
    this.#emit({ type: 'response.created', response })
    this.#emit({ type: 'response.in_progress', response })
  }

  #translate(event: MessageStreamEvent): void {
    switch (event.type) {
      case 'content_block_delta':
        if (this.#isInBlock) this.#open?.delta(event.delta)
        return
      case 'message_start':
        this.#begin()
        return
      case 'content_block_start':
        this.#startBlock(event.content_block)
        return
      case 'content_block_stop':
        this.#stopBlock()
        return
      case 'message_delta':
        this.#stop = event.delta
        this.#usage = event.usage
        return
      case 'message_stop':
        this.end(this.#stop, this.#usage)
        return
      default:
    }
  }

  #startBlock(block: ResponseBlock): void {
    this.#stopBlock()
    if (this.#plan.isCompaction && block.type !== 'text') return
    switch (block.type) {
      case 'text':
        this.#startText(block)
        break
      case 'thinking':
      case 'redacted_thinking':
        this.#openItem('rs', (place) => new ReasoningWriter(block, place, this.#plan, this.#emit))
        break
      case 'tool_use':
        this.#startCall(block)
        break
      case 'server_tool_use':
        if (block.name !== 'web_search') return
        this.#startSearch(block)
        break
      case 'web_search_tool_result':
        this.#endSearch(block)
        return
      default:
        return
    }
    this.#isInBlock = true
  }

  #startText(block: TextBlock): void {
    const writer = this.#plan.isCompaction ? this.#compaction() : this.#message()
    writer.open(block)
  }

  #message(): MessageWriter {
    if (this.#open instanceof MessageWriter) return this.#open
    return this.#openItem('msg', (place) => new MessageWriter(place, this.#plan.isJsonObject, this.#emit))
  }

  #compaction(): CompactionWriter {
    if (this.#open instanceof CompactionWriter) return this.#open
    return this.#openItem('cmp', (place) => new CompactionWriter(place, this.#emit))
  }

  #startCall(block: ToolUseBlock): void {
    const tool: ToolIdentity = this.#plan.tools.get(block.name) ?? { kind: 'function', name: block.name }
    const { prefix, Writer } = callWriters[tool.kind]
    this.#openItem(prefix, (place) => new Writer(block, tool, place, this.#emit))
  }

  #startSearch(use: SearchUse): void {
    const { showsSources } = this.#plan
    this.#endWithoutResult(this.#searches.get(use.id))
    const writer = this.#openItem('ws', (place) => new SearchWriter(use, place, showsSources, this.#emit))
    this.#searches.set(use.id, writer)
  }

  #endSearch(result: SearchResult): void {
    const writer = this.#searches.get(result.tool_use_id)
    if (writer === undefined) return
    this.#close('completed')
    this.#searches.delete(result.tool_use_id)
    this.#output[writer.place.output_index] = writer.found(result)
    this.#output.push(writer.carry(result, this.#nextPlace('rs')))
  }

  #endWithoutResult(search: SearchWriter | undefined): void {
    if (search !== undefined) this.#output[search.place.output_index] = search.end('incomplete')
  }

  #nextPlace(prefix: string): ItemPlace {
    const output_index = this.#output.length
    return { item_id: itemIdOf(prefix, this.#identity.id, output_index), output_index }
  }

  #openItem<Writer extends ItemWriter>(prefix: string, create: (place: ItemPlace) => Writer): Writer {
    this.#close('completed')
    const writer = create(this.#nextPlace(prefix))
    this.#output.push(undefined)
    this.#open = writer
    return writer
  }

  #stopBlock(): void {
    if (this.#isInBlock) this.#open?.stop()
    this.#isInBlock = false
  }

  #close(status: 'completed' | 'incomplete'): void {
    this.#stopBlock()
    const open = this.#open
    this.#open = undefined
    // A search ends with its result.
    if (open === undefined || open instanceof SearchWriter) return
    if (open instanceof ReasoningWriter) this.#thinkingCharacters += open.characters
    this.#output[open.place.output_index] = open.end(status)
  }

  /** Ends the answer, and returns the whole of it. */
  end(how: HowItEnded, usage: FinalUsage): ResponseObject {
    this.#begin()
    const ending = this.#endingOf(how)
    this.#close(ending.status === 'completed' ? 'completed' : 'incomplete')
    for (const search of this.#searches.values()) this.#endWithoutResult(search)
    const response: ResponseObject = {
      ...begunResponse(this.#plan, this.#identity),
      ...ending,
      ...(ending.status === 'failed' && unkept),
      completed_at: ending.status === 'completed' ? this.#clock() : null,
      output: this.#items(),
      usage: toResponseUsage(usage, this.#thinkingCharacters),
      ...toToolUsage(usage),
    }
    this.#emit({ type: `response.${ending.status}`, response })
    return response
  }

  #endingOf(how: HowItEnded): Ending {
    if (this.#plan.isCompaction)
      return endingOfSummary(how, this.#open instanceof CompactionWriter ? this.#open.summary : '')
    if (how.stop_reason === 'refusal') this.#writeRefusal(refusalWords(how.stop_details))
    return endingOf(how.stop_reason)
  }

  /** Codex shows no `refusal` part (OE-R37). Some upstreams write the reason as text, too. */
  #writeRefusal(text: string): void {
    if (!(this.#open instanceof MessageWriter)) this.#close('incomplete')
    else if (this.#open.contains(text)) return
    this.#startBlock({ type: 'text', text, citations: null })
  }
}
