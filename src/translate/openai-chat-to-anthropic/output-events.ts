import { isObject } from '../../base/json.ts'
import type { MessageStreamEvent } from '../../wire/anthropic/events.ts'
import type { ChatOutput, ChatToolCall } from '../../wire/openai-chat/response.ts'
import { BlockSequence } from './block-sequence.ts'
import { toContentParts } from './content-parts.ts'
import { CumulativeText } from './cumulative-text.ts'
import { ReasoningReader } from './reasoning.ts'
import { ReasoningToReplay } from './reasoning-to-replay.ts'
import type { ChatResponseContext } from './response-context.ts'
import { TextPipeline } from './text-pipeline.ts'
import { type CallPiece, type ToolCall, toCallPiece } from './tool-call.ts'
import { ToolCalls } from './tool-calls.ts'
import { createToToolUse } from './tool-use.ts'

/** Where an output comes from. */
export interface OutputPlace {
  /** Index of the choice. */
  readonly choice: number
  /** The output is a whole message, not a delta. */
  readonly isWhole: boolean
}

/** Translates the model's output in the order of OU-S5: reasoning, content, refusal, calls. */
export class OutputEvents {
  readonly #context: ChatResponseContext
  readonly #blocks: BlockSequence
  readonly #calls: ToolCalls
  readonly #reasoning: ReasoningReader
  readonly #replay: ReasoningToReplay
  readonly #text: TextPipeline
  readonly #cumulativeReasoning: CumulativeText | undefined
  #hasRefusal = false

  constructor(context: ChatResponseContext, emit: (event: MessageStreamEvent) => void) {
    this.#context = context
    this.#reasoning = new ReasoningReader(context.onOddity)
    this.#replay = new ReasoningToReplay(context)
    const blocks = new BlockSequence({ emit, toToolUse: createToToolUse(context), replay: this.#replay })
    this.#blocks = blocks
    this.#calls = new ToolCalls(context, blocks)
    this.#cumulativeReasoning = context.dialect.deltas === 'maybeCumulative' ? new CumulativeText() : undefined
    this.#text = new TextPipeline({
      context,
      hasReasoning: () => this.#reasoning.hasCome,
      onThinking: (text) => blocks.write('thinking', text),
      onText: (text) => blocks.write('text', text),
      onCall: ({ name, arguments: input }) =>
        this.#calls.acceptWhole({ id: '', name, arguments: input, token: '', isCustom: false }),
    })
  }

  /** All output of the model, for the token estimate. */
  get written(): string {
    return this.#blocks.written
  }

  get hasRefusal(): boolean {
    return this.#hasRefusal
  }

  /** The last call that is sent to the client. */
  get lastCall(): ToolCall | undefined {
    return this.#calls.last
  }

  /** The stop sequence that has ended the text: drop all later output (OU-S12). */
  get watchedStop(): string | undefined {
    return this.#text.stop
  }

  /** Returns whether the output has content. Throws GatewayError for a piece without an open block. */
  accept(output: ChatOutput, place: OutputPlace): boolean {
    const hasReasoning = this.#acceptReasoning(output, place)
    const { content, refusal, tool_calls, function_call } = output
    // The held part of the reasoning comes first.
    if (content || refusal || tool_calls || function_call) this.#flushReasoning()
    const hasContent = this.#acceptContent(content)
    if (this.watchedStop !== undefined) return true
    const hasRefusal = this.#acceptRefusal(refusal)
    const hasCalls = this.#acceptCalls(output, place)
    return hasReasoning || hasContent || hasRefusal || hasCalls
  }

  /** Ends all blocks. `isOwnEnd`: the model decided to stop. */
  end(isOwnEnd: boolean): void {
    this.#flushReasoning()
    this.#text.end(isOwnEnd && this.lastCall === undefined)
    this.#blocks.end()
  }

  #flushReasoning(): void {
    const held = this.#cumulativeReasoning?.flush() ?? ''
    if (held !== '') this.#blocks.write('thinking', held)
  }

  #acceptReasoning(output: ChatOutput, { isWhole }: OutputPlace): boolean {
    const text = this.#reasoning.read(output)
    if (output.reasoning_details) this.#replay.addDetails(output.reasoning_details, isWhole)
    if (text === '') return false
    const fresh = this.#cumulativeReasoning === undefined ? text : this.#cumulativeReasoning.push(text)
    if (fresh !== '') this.#blocks.write('thinking', fresh)
    return true
  }

  #acceptContent(content: unknown): boolean {
    if (typeof content === 'string') {
      if (content !== '') this.#text.push(content)
      return content !== ''
    }
    if (!Array.isArray(content)) return false
    const parts = toContentParts(content, this.#context.onOddity).filter(({ text }) => text !== '')
    for (const { kind, text } of parts) {
      if (kind === 'thinking') this.#blocks.write('thinking', text)
      else this.#text.push(text)
    }
    return parts.length > 0
  }

  #acceptRefusal(refusal: unknown): boolean {
    if (typeof refusal !== 'string' || refusal === '') return false
    this.#hasRefusal = true
    this.#blocks.write('refusal', refusal)
    return true
  }

  #acceptCalls({ tool_calls, function_call }: ChatOutput, place: OutputPlace): boolean {
    const calls: ChatToolCall[] = Array.isArray(tool_calls) ? tool_calls.filter(isObject) : []
    if (isObject(function_call)) calls.push({ index: 0, function: function_call })
    if (calls.length === 0) return false
    this.#text.flush()
    for (const call of calls) this.#acceptCall(toCallPiece(call), call.index, place)
    return true
  }

  #acceptCall(piece: CallPiece, index: unknown, { choice, isWhole }: OutputPlace): void {
    if (isWhole) this.#calls.acceptWhole(piece)
    else this.#calls.accept(piece, choice, Number.isInteger(index) ? Number(index) : undefined)
  }
}
