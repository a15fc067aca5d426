import type { BlockDelta } from '../wire/anthropic/events.ts'
import type { ResponseBlock, TextCitation } from '../wire/anthropic/response.ts'
import { toInputObject } from './tool-input.ts'

/** A block that grows by its deltas. */
interface GrowingBlock {
  readonly start: ResponseBlock
  readonly citations: TextCitation[]
  /** Text, thinking, or the JSON text of an input. */
  text: string
  signature: string
}

/** The value that Claude Code uses for a streamed input that is not a JSON object, and reports to the model. */
const unparsedInput = (raw: string) => ({ __unparsedToolInput: { raw } })

const toBlock = ({ start, citations, text, signature }: GrowingBlock): ResponseBlock => {
  switch (start.type) {
    case 'text':
      return { ...start, text, citations: citations.length > 0 ? citations : start.citations }
    case 'thinking':
      return { ...start, thinking: text, signature }
    case 'tool_use':
    case 'server_tool_use':
      return { ...start, input: toInputObject(text) ?? unparsedInput(text) }
    case 'redacted_thinking':
    case 'web_search_tool_result':
      return start
  }
}

/** Collects the blocks of a streamed answer. */
export class BlockCollector {
  readonly #blocks: GrowingBlock[] = []

  start(block: ResponseBlock): void {
    this.#blocks.push({ start: block, citations: [], text: '', signature: '' })
  }

  /** Ignores a delta without its block. */
  delta(index: number, delta: BlockDelta): void {
    const block = this.#blocks[index]
    if (block === undefined) return
    if (delta.type === 'text_delta') block.text += delta.text
    else if (delta.type === 'thinking_delta') block.text += delta.thinking
    else if (delta.type === 'input_json_delta') block.text += delta.partial_json
    else if (delta.type === 'signature_delta') block.signature = delta.signature
    else block.citations.push(delta.citation)
  }

  /** The block as it is now. */
  at(index: number): ResponseBlock | undefined {
    const block = this.#blocks[index]
    return block && toBlock(block)
  }

  blocks(): ResponseBlock[] {
    return this.#blocks.map(toBlock)
  }
}
