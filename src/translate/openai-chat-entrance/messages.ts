import type { Json } from '../../base/json.ts'
import type { Path } from '../../base/path.ts'
import { isBlank } from '../../messages/blank.ts'
import type { ContentBlock, ToolResultBlock } from '../../wire/anthropic/content.ts'
import type { CompletionMessage, ToolCall } from '../../wire/openai-chat/completion-request.ts'
import { toCustomInput, toToolInput } from '../openai-entrance/arguments.ts'
import { markLast, toContentBlocks, withMarker } from '../openai-entrance/content-parts.ts'
import type { OpenAiContext } from '../openai-entrance/context.ts'
import type { PlacedMessage } from '../openai-entrance/conversation.ts'
import { refusal } from '../openai-entrance/refusal.ts'
import { toResultContent } from '../openai-entrance/result-content.ts'
import { isThinkingBlock } from '../openai-entrance/thinking-content.ts'
import { toThinkingHistory } from './thinking-history.ts'

/** Reads the messages of one request in their order. */
class MessageReader {
  readonly #context: OpenAiContext
  /** The number of calls by the member `function_call`, which have no ids. */
  #functionCalls = 0
  /** The ids of such calls without a result, by the function's name. */
  readonly #openFunctions = new Map<string, string[]>()
  #firstSpeaker: string | undefined
  #hasSpeakers = false

  constructor(context: OpenAiContext) {
    this.#context = context
  }

  read(message: CompletionMessage, path: Path): PlacedMessage {
    switch (message.role) {
      case 'system':
      case 'developer':
        return { role: 'system', content: markLast(this.#blocks(message, path), message, path), path }
      case 'user':
        return { role: 'user', content: markLast(this.#userBlocks(message, path), message, path), path }
      case 'assistant':
        return { role: 'assistant', content: markLast(this.#assistantBlocks(message, path), message, path), path }
      case 'tool':
      case 'function':
        return { role: 'user', content: this.#results(message, path), path }
    }
  }

  #blocks({ content }: CompletionMessage, path: Path): ContentBlock[] {
    return toContentBlocks(content, [...path, 'content'], this.#context)
  }

  /** With two or more names, the model reads who speaks: from the second name on, so that no earlier turn changes (OE-C41). */
  #userBlocks(message: CompletionMessage, path: Path): ContentBlock[] {
    const blocks = this.#blocks(message, path)
    const name = message.name ?? ''
    if (name === '') return blocks
    this.#firstSpeaker ??= name
    this.#hasSpeakers ||= name !== this.#firstSpeaker
    const index = this.#hasSpeakers ? blocks.findIndex(({ type }) => type === 'text') : -1
    const block = blocks[index]
    if (block?.type === 'text') blocks[index] = { ...block, text: `${name}: ${block.text}` }
    return blocks
  }

  #assistantBlocks(message: CompletionMessage & Json, path: Path): ContentBlock[] {
    if (message['audio'] !== undefined && message['audio'] !== null) {
      throw refusal('unsupported_value', [...path, 'audio'], 'the models take no audio')
    }
    const said = this.#blocks(message, path)
    if (!isBlank(message.refusal ?? '')) said.push({ type: 'text', text: message.refusal ?? '' })
    const calls = this.#calls(message, path)
    if (said.some(isThinkingBlock)) return [...said, ...calls]
    const first = said.find((block) => block.type === 'tool_use') ?? calls[0]
    const firstId = first?.type === 'tool_use' ? first.id : undefined
    return [...toThinkingHistory(message, firstId, path, this.#context), ...said, ...calls]
  }

  #calls({ tool_calls: calls, function_call: called }: CompletionMessage, path: Path): ContentBlock[] {
    const { notes } = this.#context
    const uses = (calls ?? []).map((call, index) => this.#toToolUse(call, [...path, 'tool_calls', index]))
    if (called === undefined || called === null) return uses
    if (uses.length > 0) {
      notes.dropped([...path, 'function_call'], 'function_call next to tool_calls')
      return uses
    }
    this.#functionCalls += 1
    const id = `call_fn_${this.#functionCalls}`
    const open = this.#openFunctions.get(called.name)
    if (open === undefined) this.#openFunctions.set(called.name, [id])
    else open.push(id)
    const input = toToolInput(called.arguments, [...path, 'function_call', 'arguments'], notes)
    return [{ type: 'tool_use', id, name: called.name, input }]
  }

  #toToolUse(call: ToolCall, path: Path): ContentBlock {
    const { id, function: called, custom } = call
    if (called !== undefined && called !== null) {
      const input = toToolInput(called.arguments, [...path, 'function', 'arguments'], this.#context.notes)
      return withMarker({ type: 'tool_use', id, name: called.name, input }, call, path)
    }
    if (custom === undefined || custom === null) {
      throw refusal('invalid_value', [...path, 'function'], 'expected a function or a custom tool')
    }
    return withMarker({ type: 'tool_use', id, name: custom.name, input: toCustomInput(custom.input ?? '') }, call, path)
  }

  #results(message: CompletionMessage, path: Path): ContentBlock[] {
    const { role, content, is_error: isError } = message
    // Anthropic's own results, in a message of OpenAI's role (OE-C23).
    if (Array.isArray(content) && content.some(({ type }) => type === 'tool_result')) return this.#blocks(message, path)
    const id = role === 'function' ? this.#functionCallId(message, path) : message.tool_call_id
    if (id === undefined || id === null) throw refusal('invalid_value', [...path, 'tool_call_id'], 'expected a string')
    const result: ToolResultBlock = { type: 'tool_result', tool_use_id: id }
    const inner = toResultContent(content, [...path, 'content'], this.#context)
    if (inner !== undefined) result.content = inner
    if (isError === true) result.is_error = true
    return [withMarker(result, message, path)]
  }

  /** Of the last call of this function without a result. */
  #functionCallId({ name }: CompletionMessage, path: Path): string {
    if (name === undefined || name === null) throw refusal('invalid_value', [...path, 'name'], 'expected a string')
    return this.#openFunctions.get(name)?.pop() ?? name
  }
}

/** Translates the messages of a Chat Completions request (OE-C30 to OE-C43). Throws a 400 that names the path. */
export const toPlacedMessages = (messages: readonly CompletionMessage[], context: OpenAiContext): PlacedMessage[] => {
  const reader = new MessageReader(context)
  return messages.map((message, index) => reader.read(message, ['messages', index]))
}
