import { GatewayError } from '../../base/errors.ts'
import type { NewId } from '../../base/ids.ts'
import { emptyMessage } from '../../messages/empty-message.ts'
import { noUsage, toFinalUsage } from '../../messages/usage.ts'
import type { EventBatch, MessageStreamEvent } from '../../wire/anthropic/events.ts'
import type { ConverseStreamEvent, MessageStop, Metadata } from '../../wire/converse/events.ts'
import { BlockEvents } from './block-events.ts'
import { messageIdPrefix } from './response.ts'
import type { ResponseContext } from './response-context.ts'
import { isCut, isMalformed, malformedOutput, toStop } from './stop.ts'
import { toUsage } from './usage.ts'

type BlockEvent = Extract<ConverseStreamEvent, { type: 'contentBlockStart' | 'contentBlockDelta' | 'contentBlockStop' }>

/**
 * Thinking ends with its signature; models without signatures send no end. After this many events of other blocks it is
 * taken to be over, so that clients do not wait for the response's end.
 */
const silentEvents = 3

/**
 * Translates a Converse stream to Anthropic's events: put events in with `accept`, get batches with `take`. A truncated
 * stream never looks complete.
 */
export class MessageEvents {
  #out: MessageStreamEvent[] = []
  readonly #responseContext: ResponseContext
  readonly #newId: NewId
  readonly #blocks: BlockEvents
  /** Events of other blocks, which wait until the open block ends. */
  #waiting: BlockEvent[] = []
  /** How many events in a row had to wait. */
  #silence = 0
  #hasStarted = false
  #isFinished = false
  #stop: MessageStop | undefined
  #metadata: Metadata | undefined

  constructor(responseContext: ResponseContext, newId: NewId) {
    this.#responseContext = responseContext
    this.#newId = newId
    this.#blocks = new BlockEvents((event) => this.#out.push(event), responseContext)
  }

  /** True after the last event: `message_stop` was taken, or is in the next batch. */
  get isFinished(): boolean {
    return this.#isFinished
  }

  /** Returns the events since the last call. */
  take(): EventBatch {
    const batch = this.#out
    if (batch.length > 0) this.#out = []
    return batch
  }

  /** Throws GatewayError for an unusable response. */
  accept(event: ConverseStreamEvent): void {
    if (this.#isFinished) return
    if (!this.#hasStarted) this.#begin()
    switch (event.type) {
      case 'contentBlockStart':
      case 'contentBlockDelta':
      case 'contentBlockStop':
        if (this.#stop === undefined && !this.#responseContext.isPrewarm) this.#acceptBlock(event)
        break
      case 'messageStop':
        this.#acceptStop(event)
        break
      case 'metadata':
        this.#metadata = event
        break
      case 'messageStart':
      case 'unknown':
        break
    }
    if (this.#stop !== undefined && this.#metadata !== undefined) this.#finish()
  }

  /**
   * Marks the end of the upstream's stream, or its failure. Throws GatewayError if the response is incomplete. A
   * connection that fails after the model's stop costs only the usage figures.
   */
  end(fault?: { readonly error: unknown }): void {
    if (this.#isFinished) return
    if (this.#stop === undefined) {
      throw fault === undefined
        ? new GatewayError('api_error', 'Bedrock stream ended before messageStop', { isLoggable: true })
        : fault.error
    }
    this.#finish()
  }

  #begin(): void {
    this.#hasStarted = true
    // The figures are not known yet. Claude Code replaces these only with later figures above 0.
    const message = emptyMessage(this.#newId(messageIdPrefix), this.#responseContext.model, noUsage)
    this.#out.push({ type: 'message_start', message }, { type: 'ping' })
  }

  #finish(): void {
    this.#isFinished = true
    const { usage: reported, serviceTier } = this.#metadata ?? {}
    const usage = toFinalUsage(toUsage(reported, serviceTier?.type, this.#responseContext))
    const { stopReason, additionalModelResponseFields } = this.#stop ?? {}
    const delta = toStop(stopReason, this.#blocks.hasToolUse, additionalModelResponseFields, this.#responseContext)
    this.#out.push({ type: 'message_delta', delta, usage, context_management: null }, { type: 'message_stop' })
  }

  #acceptBlock(event: BlockEvent): void {
    const index = event.contentBlockIndex ?? 0
    if (this.#blocks.mustWait(index)) {
      this.#waiting.push(event)
      this.#silence += 1
      if (this.#silence < silentEvents || !this.#blocks.isThinking) return
      // The open block had no events in between: it ended without a stop event.
      this.#blocks.giveUp()
      this.#release()
      return
    }
    this.#silence = 0
    if (event.type === 'contentBlockStart') this.#blocks.start(event)
    else if (event.type === 'contentBlockDelta') this.#blocks.delta(event)
    else this.#blocks.stop(index)
    this.#release()
  }

  /** Processes events that no longer have to wait, in order. */
  #release(): void {
    while (this.#waiting[0] !== undefined && !this.#blocks.mustWait(this.#waiting[0].contentBlockIndex ?? 0)) {
      const events = this.#waiting
      this.#waiting = []
      for (const event of events) this.#acceptBlock(event)
    }
  }

  #acceptStop(event: MessageStop): void {
    this.#blocks.close()
    while (this.#waiting.length > 0) {
      this.#release()
      this.#blocks.close()
    }
    // A malformed tool call that was sent cannot be withdrawn; text alone is a usable response.
    const isUsable = this.#responseContext.isPrewarm || (this.#blocks.hasText && !this.#blocks.hasToolUse)
    if (isMalformed(event.stopReason) && !isUsable) throw malformedOutput()
    const mustBeValid = !isCut(event.stopReason) && !this.#responseContext.takesInvalidInput
    if (mustBeValid && this.#blocks.hasInvalidInput) throw malformedOutput()
    this.#stop = event
  }
}
