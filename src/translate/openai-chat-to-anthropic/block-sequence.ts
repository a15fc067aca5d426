import { isBlank } from '../../messages/blank.ts'
import type { BlockDelta, MessageStreamEvent } from '../../wire/anthropic/events.ts'
import type { ResponseBlock } from '../../wire/anthropic/response.ts'
import type { ReasoningToReplay } from './reasoning-to-replay.ts'
import { ToolCall } from './tool-call.ts'

type ToolUse = Extract<ResponseBlock, { type: 'tool_use' }>

/** The content of a block of text: the answer, a refusal, or thinking. */
export type TextKind = 'text' | 'refusal' | 'thinking'

interface WaitingText {
  readonly kind: TextKind
  text: string
}

export interface BlockSequenceOptions {
  readonly emit: (event: MessageStreamEvent) => void
  readonly toToolUse: (call: ToolCall) => ToolUse
  readonly replay: ReasoningToReplay
}

const startOf = (kind: TextKind): ResponseBlock =>
  kind === 'thinking' ? { type: 'thinking', thinking: '', signature: '' } : { type: 'text', text: '', citations: null }

const deltaOf = (kind: TextKind, text: string): BlockDelta =>
  kind === 'thinking' ? { type: 'thinking_delta', thinking: text } : { type: 'text_delta', text }

/**
 * Writes the blocks of a response: contiguous indices, one open block at a time (OU-S4). A tool call is open until its
 * arguments are complete; later blocks wait in order (OU-S9).
 */
export class BlockSequence {
  readonly #options: BlockSequenceOptions
  #nextIndex = 0
  #open: TextKind | ToolCall | undefined
  #waiting: (WaitingText | ToolCall)[] = []
  /** White space before a block. A block of only white space is not opened: upstreams refuse it in the history. */
  #space: WaitingText | undefined
  #written = ''

  constructor(options: BlockSequenceOptions) {
    this.#options = options
  }

  /** All text that has been written, for the token estimate. */
  get written(): string {
    return this.#written
  }

  /** Writes a text that is not empty. */
  write(kind: TextKind, text: string): void {
    if (this.#waiting.length === 0 && this.#open === kind) {
      this.#writeText(kind, text)
      return
    }
    const last = this.#waiting.at(-1)
    if (last !== undefined && !(last instanceof ToolCall) && last.kind === kind) last.text += text
    else this.#waiting.push({ kind, text })
    this.#advance()
  }

  /** Adds a call. Its block begins with its first arguments, the next block or the end. */
  addCall(call: ToolCall): void {
    this.#waiting.push(call)
  }

  /** Writes the new parts of a call. */
  updateCall(call: ToolCall): void {
    if (this.#open === call) this.#writeArguments(call.take())
    if (call.state === 'open' || call.state === 'closed') this.#replayToken(call)
    this.#advance()
  }

  /** Ends all blocks, complete or not. */
  end(): void {
    for (const next of this.#waiting.splice(0)) this.#begin(next)
    this.#close()
    this.#writeReplay()
  }

  /** Begins the waiting blocks that can begin now. */
  #advance(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.#open instanceof ToolCall && !this.#open.isComplete) return
      if (next instanceof ToolCall) {
        const hasSuccessor = this.#waiting.length > 1
        if (next.name === '' || !(next.hasArguments || hasSuccessor)) return
      }
      this.#waiting.shift()
      this.#begin(next)
    }
  }

  #begin(next: WaitingText | ToolCall): void {
    if (next instanceof ToolCall) this.#beginCall(next)
    else this.#beginText(next.kind, next.text)
  }

  #beginText(kind: TextKind, text: string): void {
    if (this.#open === kind) {
      this.#writeText(kind, text)
      return
    }
    const space = this.#space?.kind === kind ? this.#space.text : ''
    if (isBlank(text)) {
      this.#space = { kind, text: space + text }
      return
    }
    this.#space = undefined
    this.#close()
    if (kind !== 'thinking') this.#writeReplay()
    this.#open = kind
    this.#emitStart(startOf(kind))
    this.#writeText(kind, space + text)
  }

  #beginCall(call: ToolCall): void {
    this.#close()
    const toolUse = this.#options.toToolUse(call)
    call.state = 'open'
    call.clientId = toolUse.id
    this.#replayToken(call)
    this.#writeReplay()
    this.#open = call
    this.#emitStart(toolUse)
    this.#written += toolUse.name
    this.#writeArguments(call.take())
  }

  #close(): void {
    const open = this.#open
    if (open === undefined) return
    if (open instanceof ToolCall) {
      this.#writeArguments(open.takeRest())
      open.state = 'closed'
    } else if (open === 'thinking') this.#writeSignature(this.#options.replay.take())
    this.#open = undefined
    this.#options.emit({ type: 'content_block_stop', index: this.#nextIndex })
    this.#nextIndex += 1
  }

  #emitStart(content_block: ResponseBlock): void {
    this.#options.emit({ type: 'content_block_start', index: this.#nextIndex, content_block })
  }

  #emitDelta(delta: BlockDelta): void {
    this.#options.emit({ type: 'content_block_delta', index: this.#nextIndex, delta })
  }

  #writeText(kind: TextKind, text: string): void {
    this.#written += text
    this.#emitDelta(deltaOf(kind, text))
  }

  #writeArguments(partial_json: string): void {
    if (partial_json === '') return
    this.#written += partial_json
    this.#emitDelta({ type: 'input_json_delta', partial_json })
  }

  #writeSignature(signature: string): void {
    if (signature !== '') this.#emitDelta({ type: 'signature_delta', signature })
  }

  #replayToken(call: ToolCall): void {
    if (call.token === '') return
    this.#options.replay.addToken(call.clientId, call.token)
    call.token = ''
  }

  /** Writes reasoning to send back that no open thinking block can carry, as a thinking block without text. */
  #writeReplay(): void {
    const signature = this.#options.replay.take()
    if (signature === '') return
    this.#emitStart(startOf('thinking'))
    this.#open = 'thinking'
    this.#writeSignature(signature)
    this.#close()
  }
}
