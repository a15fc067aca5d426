import { attempt } from '../../base/attempt.ts'
import { isObject, type Json } from '../../base/json.ts'
import type { MessageStreamEvent } from '../../wire/anthropic/events.ts'
import type { Message, StopReason } from '../../wire/anthropic/response.ts'

/** The tool calls in an answer that the client runs. */

export interface ToolCall {
  readonly id: string
  readonly name: string
  /** Undefined if it is not a JSON object. */
  readonly input: Json | undefined
  /** Whether the answer ended in the middle of the call. */
  readonly isCut: boolean
}

const cuttingStops: readonly (StopReason | null)[] = ['max_tokens', 'model_context_window_exceeded']

export const callsOf = ({ content, stop_reason }: Pick<Message, 'content' | 'stop_reason'>): ToolCall[] =>
  content.flatMap((block, index) => {
    if (block.type !== 'tool_use') return []
    const { id, name, input } = block
    const isCut = index === content.length - 1 && cuttingStops.includes(stop_reason)
    return [{ id, name, input: isObject(input) ? input : undefined, isCut }]
  })

interface StreamedCall {
  readonly id: string
  readonly name: string
  readonly block: number
  json: string
}

/** An empty text is an input without members. */
const parseInput = (json: string): unknown => attempt(() => JSON.parse(json === '' ? '{}' : json))

/** Collects the calls of a stream, whose inputs arrive in pieces. */
export const createCallCollector = () => {
  const calls: StreamedCall[] = []
  let lastBlock = -1
  return {
    add(event: MessageStreamEvent): void {
      if (event.type === 'content_block_start') {
        lastBlock = event.index
        const { content_block: block } = event
        if (block.type === 'tool_use') calls.push({ id: block.id, name: block.name, block: event.index, json: '' })
        return
      }
      if (event.type !== 'content_block_delta' || event.delta.type !== 'input_json_delta') return
      const call = calls.findLast(({ block }) => block === event.index)
      if (call !== undefined) call.json += event.delta.partial_json
    },
    calls: (stopReason: StopReason | null): ToolCall[] =>
      calls.map(({ id, name, block, json }) => {
        const input = parseInput(json)
        const isCut = block === lastBlock && cuttingStops.includes(stopReason)
        return { id, name, input: isObject(input) ? input : undefined, isCut }
      }),
  }
}
