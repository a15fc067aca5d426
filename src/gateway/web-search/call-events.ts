import { BlockCollector } from '../../translate/block-collector.ts'
import type { BlockDelta, EventBatch, MessageStreamEvent } from '../../wire/anthropic/events.ts'
import type { Message, ResponseBlock } from '../../wire/anthropic/response.ts'
import { type EndedCall, isSearch, type SearchLoop } from './search-loop.ts'

/** The events of one block that is complete. */
export const wholeBlockEvents = (content_block: ResponseBlock, index: number): MessageStreamEvent[] => [
  { type: 'content_block_start', index, content_block },
  { type: 'content_block_stop', index },
]

/**
 * The events of one call as the client sees them: with its indices, and without the end, because the answer may go on
 * (WS-21).
 */
export class CallEvents {
  readonly #loop: SearchLoop
  /** Of the client's first block of this call. */
  readonly #firstIndex: number
  readonly #collector = new BlockCollector()
  /** Indices of searches: their inputs are shown whole (WS-22). */
  readonly #searches = new Set<number>()
  #id = ''
  #end: Pick<EndedCall, 'stop' | 'usage'> | undefined

  constructor(loop: SearchLoop, firstIndex: number) {
    this.#loop = loop
    this.#firstIndex = firstIndex
  }

  read(batch: EventBatch): MessageStreamEvent[] {
    return batch.flatMap((event) => this.#toClientEvents(event))
  }

  ended(): EndedCall {
    if (this.#end === undefined) throw new Error('a complete stream has message_delta')
    return { id: this.#id, content: this.#collector.blocks(), ...this.#end }
  }

  #toClientEvents(event: MessageStreamEvent): readonly MessageStreamEvent[] {
    switch (event.type) {
      case 'message_start':
        this.#id = event.message.id
        return this.#firstIndex === 0 ? [this.#startMessage(event.message)] : []
      case 'content_block_start':
        return [this.#startBlock(event.content_block, event.index)]
      case 'content_block_delta':
        return this.#delta(event.delta, event.index)
      case 'content_block_stop':
        return this.#endBlock(event.index)
      case 'message_delta':
        this.#end = { stop: event.delta, usage: event.usage }
        return []
      case 'message_stop':
        return []
      case 'ping':
        // That of a later call's start would end our own pings.
        return this.#firstIndex === 0 ? [event] : []
    }
  }

  #startMessage(message: Message): MessageStreamEvent {
    return { type: 'message_start', message: { ...message, usage: this.#loop.sum(message.usage) } }
  }

  #startBlock(block: ResponseBlock, index: number): MessageStreamEvent {
    const content_block = this.#loop.toClientBlock(block)
    this.#collector.start(content_block)
    if (isSearch(content_block)) this.#searches.add(index)
    return { type: 'content_block_start', index: this.#firstIndex + index, content_block }
  }

  #delta(given: BlockDelta, index: number): readonly MessageStreamEvent[] {
    const delta = given.type === 'citations_delta' ? this.#toCitationDelta(given) : given
    if (delta === undefined) return []
    this.#collector.delta(index, delta)
    if (this.#searches.has(index)) return []
    return [{ type: 'content_block_delta', index: this.#firstIndex + index, delta }]
  }

  #toCitationDelta(delta: Extract<BlockDelta, { type: 'citations_delta' }>): BlockDelta | undefined {
    const citation = this.#loop.toClientCitation(delta.citation)
    return citation && { ...delta, citation }
  }

  #endBlock(inner: number): readonly MessageStreamEvent[] {
    const index = this.#firstIndex + inner
    const stop = { type: 'content_block_stop', index } as const
    const block = this.#searches.has(inner) ? this.#collector.at(inner) : undefined
    if (block === undefined || !isSearch(block)) return [stop]
    const partial_json = JSON.stringify(block.input)
    return [{ type: 'content_block_delta', index, delta: { type: 'input_json_delta', partial_json } }, stop]
  }
}
