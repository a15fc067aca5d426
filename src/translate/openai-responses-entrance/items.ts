import { GatewayError } from '../../base/errors.ts'
import type { Json } from '../../base/json.ts'
import type { Path } from '../../base/path.ts'
import { isBlank } from '../../messages/blank.ts'
import type { ContentBlock } from '../../wire/anthropic/content.ts'
import type {
  AgentMessageItem,
  CompactionItem,
  Content,
  InputItem,
  ItemOf,
  ItemReference,
  MessageItem,
  OtherItem,
  ReasoningItem,
} from '../../wire/openai-responses/input-item.ts'
import { markLast, toContentBlocks } from '../openai-entrance/content-parts.ts'
import type { OpenAiContext } from '../openai-entrance/context.ts'
import type { PlacedMessage } from '../openai-entrance/conversation.ts'
import { refusal } from '../openai-entrance/refusal.ts'
import { Calls } from './call-items.ts'
import { decodeSearch } from './carried-search.ts'
import { compactionRequest, toSummaryText } from './compaction.ts'
import { decodeSummary, decodeThinking } from './encrypted-content.ts'
import { isResult, toResult } from './result-items.ts'
import type { ToolNames } from './tool-names.ts'
import type { CollectedTools } from './tools.ts'
import { Turns } from './turns.ts'

export interface ReadItems {
  readonly messages: readonly PlacedMessage[]
  /** The client requests a summary that replaces the conversation (OE-R45). */
  readonly isCompaction: boolean
}

/** Items of tools that OpenAI's servers run (OE-R21). */
const serverItem = /^(?:file_search|code_interpreter|image_generation|computer)_call(?:_output)?$|^(?:mcp_|program)/

/** A text that OpenAI's servers encrypted. */
const cipher = /^gAAAA/

const isReference = (item: MessageItem | ItemReference): item is ItemReference =>
  item.type === 'item_reference' || !('role' in item)

const text = (words: string): ContentBlock => ({ type: 'text', text: words })

const isRole = (role: string): role is MessageItem['role'] =>
  ['user', 'assistant', 'system', 'developer'].includes(role)

const itemNotFound = (id: string): GatewayError =>
  new GatewayError(
    'not_found_error',
    `Item with id '${id}' not found. Send the whole item: this server does not have it.`,
    {
      path: ['input'],
      reason: 'Item with this id not found.',
    },
  )

class ItemReader {
  readonly turns: Turns
  isCompaction = false
  readonly #calls: Calls
  readonly #found: CollectedTools['found']
  readonly #context: OpenAiContext

  constructor(names: ToolNames, found: CollectedTools['found'], context: OpenAiContext) {
    this.turns = new Turns(context)
    this.#calls = new Calls(names, context.notes)
    this.#found = found
    this.#context = context
  }

  read(item: InputItem, index: number, isLast: boolean): void {
    const path = ['input', index]
    switch (item.type) {
      case undefined:
      case null:
      case 'message':
      case 'item_reference':
        if (isReference(item)) this.#readReference(item, path)
        else this.#readMessage(item, path)
        break
      case 'reasoning':
        this.#readReasoning(item, path)
        break
      case 'function_call':
      case 'custom_tool_call':
      case 'local_shell_call':
      case 'shell_call':
      case 'apply_patch_call':
        this.turns.addAssistant(path, this.#calls.toToolUse(item, path))
        break
      case 'tool_search_call':
        this.#readSearch(item, path)
        break
      case 'tool_search_output':
        this.#readFoundTools(item, path, this.#found.get(index) ?? [])
        break
      case 'web_search_call':
        this.turns.beginSearch(path, item.status)
        break
      case 'agent_message':
        this.turns.add('user', path, ...this.#agentBlocks(item, path))
        break
      case 'compaction':
      case 'compaction_summary':
        this.#readSummary(item, path)
        break
      case 'compaction_trigger':
        this.#readTrigger(path, isLast)
        break
      // Read before the conversation: they belong to the request as a whole.
      case 'additional_tools':
      case 'configuration_update':
        break
      default:
        if (isResult(item)) this.turns.add('user', path, toResult(item, path, this.#calls, this.#context))
        else this.#readOther(item, path)
    }
  }

  #blocks(content: Content | null | undefined, path: Path): ContentBlock[] {
    return toContentBlocks(content, [...path, 'content'], this.#context)
  }

  #readMessage(item: Pick<MessageItem, 'role' | 'content'> & Json, path: Path): void {
    const blocks = markLast(this.#blocks(item.content, path), item, path)
    if (item.role === 'assistant') this.turns.addAssistant(path, ...blocks)
    else this.turns.add(item.role === 'user' ? 'user' : 'system', path, ...blocks)
  }

  /** Stored items are in their place already. Thinking that is lost may be in the thinking memory (OE-R44). */
  #readReference({ id }: ItemReference, path: Path): void {
    if (!id.startsWith('rs_')) throw itemNotFound(id)
    this.#loseThinking(path, 'a reference to reasoning that is not stored')
  }

  /** The summary alone is never sent as thinking: the model would refuse it (OE-R19, OE-R43). */
  #readReasoning({ encrypted_content: encrypted }: ReasoningItem, path: Path): void {
    const search = decodeSearch(encrypted ?? '')
    if (search !== undefined) {
      this.turns.addSearch(path, search)
      return
    }
    const carried = decodeThinking(encrypted ?? '')
    if (carried === undefined) this.#loseThinking(path, 'reasoning that this server did not write')
    else if (carried.modelId !== this.#context.model.id) this.#loseThinking(path, 'reasoning of another model')
    else this.turns.addAssistant(path, ...carried.content)
  }

  #loseThinking(path: Path, what: string): void {
    this.#context.notes.changed(path, what)
    this.turns.loseThinking(path)
  }

  #readSearch(item: ItemOf<'tool_search_call'>, path: Path): void {
    if (typeof item.call_id === 'string') this.turns.addAssistant(path, this.#calls.toToolUse(item, path))
    else this.#context.notes.dropped(path, "a search for tools by OpenAI's server")
  }

  /** The tools themselves are in the request's list of tools (OE-R25). */
  #readFoundTools({ call_id: id }: ItemOf<'tool_search_output'>, path: Path, names: readonly string[]): void {
    if (typeof id !== 'string') return
    const content = names.length === 0 ? 'No tool was found.' : `Tools found: ${names.join(', ')}`
    this.turns.add('user', path, { type: 'tool_result', tool_use_id: this.#calls.end(id) || 'unknown', content })
  }

  /** The parts are the words of another agent, each in the clear or encrypted by OpenAI. */
  #agentBlocks({ content }: AgentMessageItem, path: Path): ContentBlock[] {
    if (!Array.isArray(content)) return this.#blocks(content, path)
    return content.flatMap((part, index) => {
      const words = part.text ?? part.encrypted_content ?? ''
      if (!cipher.test(words)) return isBlank(words) ? [] : [text(words)]
      this.#context.notes.changed([...path, 'content', index], 'a text that only OpenAI can decrypt')
      return []
    })
  }

  #readSummary({ encrypted_content: encrypted }: CompactionItem, path: Path): void {
    const summary = decodeSummary(encrypted ?? '')
    if (summary === undefined) this.#context.notes.changed(path, 'a summary that this server did not write')
    else this.turns.add('user', path, text(toSummaryText(summary)))
  }

  #readTrigger(path: Path, isLast: boolean): void {
    this.isCompaction = isLast
    if (isLast) this.turns.add('user', path, text(compactionRequest))
    else this.#context.notes.dropped(path, 'an earlier request for a summary')
  }

  #readOther({ type, role, content, ...rest }: OtherItem, path: Path): void {
    if (serverItem.test(type)) {
      this.#context.notes.changed(path, "an item of a tool of OpenAI's servers")
      return
    }
    if (typeof role !== 'string' || content === undefined || content === null)
      throw refusal('unsupported_value', [...path, 'type'], 'items of this type are not supported')
    if (!isRole(role))
      throw refusal('invalid_value', [...path, 'role'], 'expected user, assistant, system or developer')
    this.#readMessage({ ...rest, role, content }, path)
  }
}

/**
 * Translates the items of a request's input (OE-R15 to OE-R21). `names` has the request's own tools. Throws a 400 that
 * names the path.
 */
export const readItems = (
  items: readonly InputItem[],
  names: ToolNames,
  found: CollectedTools['found'],
  context: OpenAiContext,
): ReadItems => {
  const reader = new ItemReader(names, found, context)
  for (const [index, item] of items.entries()) reader.read(item, index, index === items.length - 1)
  reader.turns.end()
  return { messages: reader.turns.messages, isCompaction: reader.isCompaction }
}
