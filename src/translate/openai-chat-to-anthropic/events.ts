import type { NewId } from '../../base/ids.ts'
import { isObject } from '../../base/json.ts'
import { emptyMessage } from '../../messages/empty-message.ts'
import { noUsage, toFinalUsage } from '../../messages/usage.ts'
import type { EventBatch, MessageStreamEvent } from '../../wire/anthropic/events.ts'
import type { ChatChoice, ChatOutput, ChatResponse, ChatUsage } from '../../wire/openai-chat/response.ts'
import { brokenStream, failureOf, noChoices } from './faults.ts'
import { OutputEvents } from './output-events.ts'
import type { ChatResponseContext } from './response-context.ts'
import { type Finish, isOwnEnd, toFinish, toStop } from './stop.ts'
import { toServiceTier, toTotals, toUsage, usageIn } from './usage.ts'

const messageIdPrefix = 'msg_'

/**
 * Translates a Chat Completions response to the events of an Anthropic stream: `accept` adds a chunk, `take` returns
 * new events. The first event waits for the first content (OU-S1). A stream that was cut never looks complete.
 */
export class MessageEvents {
  readonly #context: ChatResponseContext
  readonly #newId: NewId
  readonly #output: OutputEvents
  #out: MessageStreamEvent[] = []
  #hasBegun = false
  #isFinished = false
  #hasChoice = false
  #finish: Finish | undefined
  #usage: ChatUsage | undefined
  #tier: unknown

  constructor(context: ChatResponseContext, newId: NewId) {
    this.#context = context
    this.#newId = newId
    this.#output = new OutputEvents(context, (event) => this.#emit(event))
  }

  /** No more events follow: `message_stop` was returned, or the next `take` returns it. */
  get isFinished(): boolean {
    return this.#isFinished
  }

  /** The model has ended its output. Usage may follow; a caller does not have to wait for `end` (OU-S16). */
  get isEnding(): boolean {
    return this.#finish !== undefined && !this.#isFinished
  }

  /** Returns the events since the last call. */
  take(): EventBatch {
    const batch = this.#out
    if (batch.length > 0) this.#out = []
    return batch
  }

  /** Takes a chunk that reports no error. Throws GatewayError for a response that cannot be used. */
  accept(chunk: ChatResponse): void {
    if (this.#isFinished) return
    const wasEnding = this.#finish !== undefined
    const hasSaid = this.#read(chunk, false)
    if (this.#output.watchedStop !== undefined) this.#complete()
    else if (wasEnding && !hasSaid && usageIn(chunk) !== undefined) this.#complete()
  }

  /** Takes a whole response that reports no error. Throws GatewayError for one that cannot be used. */
  acceptWhole(response: ChatResponse): void {
    this.#read(response, true)
    this.done()
  }

  /** Handles `[DONE]`, the upstream's end of the stream: the response is complete. */
  done(): void {
    if (this.#isFinished) return
    if (!this.#hasChoice) throw noChoices()
    this.#complete()
  }

  /**
   * Ends the stream after its last byte or a fault. Throws GatewayError if the response is not complete. After the
   * model has ended its output, a fault can lose only usage figures.
   */
  end(fault?: { readonly error: unknown }): void {
    if (this.#isFinished) return
    if (this.#finish === undefined) throw fault === undefined ? brokenStream('it ended too early') : fault.error
    this.#complete()
  }

  /** Returns whether the response has content. */
  #read(response: ChatResponse, isWhole: boolean): boolean {
    this.#usage = usageIn(response) ?? this.#usage
    if (typeof response.service_tier === 'string') this.#tier = response.service_tier
    if (!Array.isArray(response.choices)) return false
    let hasSaid = false
    for (const choice of response.choices) {
      if (isObject(choice) && this.#readChoice(choice, isWhole)) hasSaid = true
    }
    return hasSaid
  }

  #readChoice(choice: ChatChoice, isWhole: boolean): boolean {
    this.#hasChoice = true
    if (this.#output.watchedStop !== undefined) return false
    const output: ChatOutput | null | undefined = choice.delta ?? choice.message
    const index = typeof choice.index === 'number' ? choice.index : 0
    const isUsed = isObject(output) && !this.#context.isPrewarm
    const hasSaid = isUsed && this.#output.accept(output, { choice: index, isWhole })
    const finish = toFinish(choice)
    if (finish !== undefined && this.#finish === undefined) this.#setFinish(finish)
    return hasSaid
  }

  #setFinish(finish: Finish): void {
    const failure = failureOf(finish.reason)
    if (failure !== undefined) throw failure
    this.#finish = finish
    if (!this.#hasBegun) this.#begin()
  }

  #emit(event: MessageStreamEvent): void {
    if (!this.#hasBegun) this.#begin()
    this.#out.push(event)
  }

  #begin(): void {
    this.#hasBegun = true
    // Claude Code replaces these with later figures that are above 0.
    const usage = { ...noUsage, service_tier: toServiceTier(this.#tier) }
    const message = emptyMessage(this.#newId(messageIdPrefix), this.#context.model, usage)
    this.#out.push({ type: 'message_start', message }, { type: 'ping' })
  }

  #complete(): void {
    this.#isFinished = true
    const output = this.#output
    output.end(isOwnEnd(this.#finish))
    const usage = toUsage(this.#usage, output.written, this.#context)
    const { hasRefusal, lastCall, watchedStop } = output
    const end = {
      finish: this.#finish,
      watchedStop,
      hasRefusal,
      lastCall,
      hasOutput: output.written !== '',
      ...toTotals(this.#usage),
    }
    const delta = toStop(end, this.#context)
    this.#emit({ type: 'message_delta', delta, usage: toFinalUsage(usage), context_management: null })
    this.#emit({ type: 'message_stop' })
  }
}
