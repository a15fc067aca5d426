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
 * Thinking ends in its signature; of models that sign nothing, in silence. After so many events of other
 * blocks it is over, so that nobody waits for the answer's end to read it.
 */
const silentEvents = 3

/**
 * A Converse stream as the events of an Anthropic one: events go in by `accept`, batches come out by `take`. A stream
 * that was cut is never made to look complete.
 */
export class MessageEvents {
  #out: MessageStreamEvent[] = []
  readonly #responseContext: ResponseContext
  readonly #newId: NewId
  readonly #blocks: BlockEvents
  /** Events of another block that came before the open one had ended: they wait for that. */
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

  /** Nothing more will come: `message_stop` is among what was given, or is to be taken. */
  get isFinished(): boolean {
    return this.#isFinished
  }

  /** Gives what there is to be sent since the last time. */
  take(): EventBatch {
    const batch = this.#out
    if (batch.length > 0) this.#out = []
    return batch
  }

  /** Throws GatewayError for an answer that cannot be used. */
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
   * The upstream has no more to say, or broke off. Throws GatewayError where the answer was not finished. A line that
   * breaks after the model has stopped takes nothing from the answer but its figures.
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
    // The figures are not known yet. Claude Code takes later ones over these only where they are above 0.
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
      // Nothing more of the open block has come among all these: it ended without a word.
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

  /** Lets those go on that need wait no longer, in their order. */
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
    // A malformed tool call cannot be taken back once it was sent; text alone is an answer.
    const isUsable = this.#responseContext.isPrewarm || (this.#blocks.hasText && !this.#blocks.hasToolUse)
    if (isMalformed(event.stopReason) && !isUsable) throw malformedOutput()
    const mustBeValid = !isCut(event.stopReason) && !this.#responseContext.takesInvalidInput
    if (mustBeValid && this.#blocks.hasInvalidInput) throw malformedOutput()
    this.#stop = event
  }
}
