import { GatewayError } from '../../base/errors.ts'
import { parseObject } from '../../base/json.ts'
import type { BlockDelta, MessageStreamEvent } from '../../wire/anthropic/events.ts'
import type { ResponseBlock } from '../../wire/anthropic/response.ts'
import type { BlockStart, BlockDelta as ConverseDelta } from '../../wire/converse/events.ts'
import { toCitation } from './citation.ts'
import { nameOf, type ResponseContext } from './response-context.ts'
import { createToolUses } from './tool-use.ts'

type BlockKind = 'text' | 'thinking' | 'redacted_thinking' | 'tool_use'

interface OpenBlock {
  readonly kind: BlockKind
  /** Bedrock's index. It has gaps and is not passed on. */
  readonly converseIndex: number
  /** Whether `content_block_start` has been written. */
  started: boolean
  /** The signature, redacted content or tool input, complete at the block's end. */
  held: string
}

type Delta = NonNullable<ConverseDelta['delta']>

const kindOf = (delta: Delta): BlockKind | undefined => {
  if (delta.text !== undefined || delta.citation !== undefined) return 'text'
  if (delta.toolUse !== undefined) return 'tool_use'
  if (delta.reasoningContent?.redactedContent !== undefined) return 'redacted_thinking'
  return delta.reasoningContent === undefined ? undefined : 'thinking'
}

/** Joins base64 pieces: as text, or as bytes if the first piece has padding. */
const joinBase64 = (left: string, right: string): string =>
  left.endsWith('=')
    ? Buffer.concat([Buffer.from(left, 'base64'), Buffer.from(right, 'base64')]).toString('base64')
    : left + right

/**
 * Translates Bedrock's block events to Anthropic's: contiguous indices, one block open at a time. Only tool uses have a
 * start event; other blocks begin with their first delta, and may have no stop event.
 */
export class BlockEvents {
  readonly #emit: (event: MessageStreamEvent) => void
  readonly #responseContext: ResponseContext
  readonly #toToolUse: ReturnType<typeof createToolUses>
  #nextIndex = 0
  #open: OpenBlock | undefined
  /** Bedrock's indices of thinking that was closed without a stop event. */
  readonly #givenUp = new Set<number>()
  #hasToolUse = false
  #hasText = false
  #hasInvalidInput = false

  constructor(emit: (event: MessageStreamEvent) => void, responseContext: ResponseContext) {
    this.#emit = emit
    this.#responseContext = responseContext
    this.#toToolUse = createToolUses(responseContext)
  }

  /**
   * Whether the events of another block must wait: a tool use lasts until its stop event, and thinking until its
   * signature, which is last. Other blocks may have no stop event.
   */
  mustWait(converseIndex: number): boolean {
    const open = this.#open
    if (open === undefined || open.converseIndex === converseIndex) return false
    return open.kind === 'tool_use' || (open.kind === 'thinking' && open.held === '')
  }

  /** Whether thinking is open. */
  get isThinking(): boolean {
    return this.#open?.kind === 'thinking'
  }

  get hasToolUse(): boolean {
    return this.#hasToolUse
  }

  get hasText(): boolean {
    return this.#hasText
  }

  /** Whether the input of a tool use is not the JSON text of an object. */
  get hasInvalidInput(): boolean {
    return this.#hasInvalidInput
  }

  start({ contentBlockIndex = 0, start }: BlockStart): void {
    const toolUse = start?.toolUse
    if (toolUse === undefined) return
    this.close()
    const block = this.#toToolUse(toolUse)
    this.#hasToolUse ||= block.type === 'tool_use'
    this.#open = { kind: 'tool_use', converseIndex: contentBlockIndex, started: false, held: '' }
    this.#begin(block)
  }

  /** Throws GatewayError for the input of a tool use without a start event. */
  delta({ contentBlockIndex = 0, delta }: ConverseDelta): void {
    const kind = delta === undefined ? undefined : kindOf(delta)
    if (delta === undefined || kind === undefined) {
      if (delta !== undefined) this.#responseContext.onOddity?.(`delta of ${nameOf(delta)}`)
      return
    }
    if (kind === 'thinking' && !delta.reasoningContent?.text && this.#givenUp.has(contentBlockIndex)) return
    const block = this.#openAs(kind, contentBlockIndex)
    switch (kind) {
      case 'text':
        this.#writeText(block, delta)
        break
      case 'thinking':
        this.#writeThinking(block, delta.reasoningContent ?? {})
        break
      case 'redacted_thinking':
        block.held = joinBase64(block.held, delta.reasoningContent?.redactedContent ?? '')
        break
      case 'tool_use':
        this.#writeInput(block, delta.toolUse?.input ?? '')
        break
    }
  }

  /** Ends the block with Bedrock's index. Joined texts stay open, because another text may follow. */
  stop(converseIndex: number): void {
    const isJoined = this.#responseContext.joinsTexts && this.#open?.kind === 'text'
    if (this.#open?.converseIndex === converseIndex && !isJoined) this.close()
  }

  /** Ends thinking that has no more events. A late signature is ignored. */
  giveUp(): void {
    if (this.#open !== undefined) this.#givenUp.add(this.#open.converseIndex)
    this.close()
  }

  /** Ends the open block, if any. */
  close(): void {
    const block = this.#open
    if (block === undefined) return
    if (block.kind === 'redacted_thinking' && block.held !== '')
      this.#begin({ type: 'redacted_thinking', data: block.held })
    if (block.kind === 'thinking' && block.held !== '') this.#write({ type: 'signature_delta', signature: block.held })
    if (block.kind === 'tool_use') this.#endInput(block)
    if (block.started) {
      this.#emit({ type: 'content_block_stop', index: this.#nextIndex })
      this.#nextIndex += 1
    }
    this.#open = undefined
  }

  #begin(block: ResponseBlock): void {
    if (this.#open !== undefined) this.#open.started = true
    this.#emit({ type: 'content_block_start', index: this.#nextIndex, content_block: block })
  }

  #write(delta: BlockDelta): void {
    this.#emit({ type: 'content_block_delta', index: this.#nextIndex, delta })
  }

  #openAs(kind: BlockKind, converseIndex: number): OpenBlock {
    const open = this.#open
    const isSame = open?.kind === kind && open.converseIndex === converseIndex
    const isJoined = this.#responseContext.joinsTexts && kind === 'text' && open?.kind === 'text'
    if (open !== undefined && (isSame || isJoined)) return open
    this.close()
    if (kind === 'tool_use') {
      throw new GatewayError('api_error', 'Bedrock sent the input of a tool use that it had not started.', {
        isLoggable: true,
      })
    }
    const block: OpenBlock = { kind, converseIndex, started: false, held: '' }
    this.#open = block
    return block
  }

  #writeText(block: OpenBlock, { text, citation }: Delta): void {
    const kept = citation === undefined ? undefined : toCitation(citation, this.#responseContext)
    if (kept !== undefined) {
      if (!block.started) this.#begin({ type: 'text', text: '', citations: [] })
      this.#write({ type: 'citations_delta', citation: kept })
    }
    // Bedrock often begins with an empty text. A block that stays empty is not sent.
    if (text === undefined || text === '') return
    if (!block.started) this.#begin({ type: 'text', text: '', citations: null })
    this.#hasText = true
    this.#write({ type: 'text_delta', text })
  }

  #writeThinking(block: OpenBlock, { text, signature }: NonNullable<Delta['reasoningContent']>): void {
    if (!block.started) this.#begin({ type: 'thinking', thinking: '', signature: '' })
    if (text !== undefined && text !== '') this.#write({ type: 'thinking_delta', thinking: text })
    // The SDK replaces a signature, so the complete one is written once, at the end.
    if (signature !== undefined) block.held += signature
  }

  #writeInput(block: OpenBlock, input: string): void {
    block.held += input
    this.#write({ type: 'input_json_delta', partial_json: input })
  }

  #endInput({ held }: OpenBlock): void {
    if (held === '') this.#write({ type: 'input_json_delta', partial_json: '{}' })
    else this.#hasInvalidInput ||= parseObject(held) === undefined
  }
}
