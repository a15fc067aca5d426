import type { Path } from '../../base/path.ts'
import { sideOf } from '../../messages/conversation.ts'
import { emptyTurnText } from '../../messages/fillers.ts'
import type { ContentBlock, TextBlock, ToolResultBlock, ToolUseBlock } from '../../wire/anthropic/content.ts'
import type { InputMessage } from '../../wire/anthropic/request.ts'
import type { OpenAiContext } from './context.ts'
import { refusal } from './refusal.ts'
import { isThinkingBlock } from './thinking-content.ts'
import { ToolCallIds } from './tool-call-ids.ts'
import { openCalls, toUnpairedResult } from './unpaired-calls.ts'

/** A message of the client in canonical blocks. Calls and results have the client's ids. */
export interface PlacedMessage {
  readonly role: 'user' | 'assistant' | 'system'
  readonly content: readonly ContentBlock[]
  readonly path: Path
}

export interface Arranged {
  readonly system: TextBlock[]
  readonly messages: InputMessage[]
}

/** A call, and its result as soon as it is read. */
interface Call {
  /** The canonical id. */
  readonly id: string
  readonly path: Path
  result?: ToolResultBlock
}

/** Successive messages of one role. */
interface Turn {
  readonly role: PlacedMessage['role']
  readonly content: ContentBlock[]
  readonly calls: Call[]
  /** Of its first message. */
  readonly path: Path
}

/** Reads the messages in their order, and gives each call its result, at whatever position that is. */
class Turns {
  /** The system messages before all turns. */
  readonly leading: TextBlock[][] = []
  readonly all: Turn[] = []
  /** By the client's id: the calls without a result, all of one turn. The same id in a later turn is another call. */
  readonly #open = new Map<string, { readonly turn: Turn; readonly calls: Call[] }>()
  readonly #ids = new ToolCallIds()
  readonly #notes: OpenAiContext['notes']

  constructor(notes: OpenAiContext['notes']) {
    this.#notes = notes
  }

  add({ role, content, path }: PlacedMessage): void {
    if (content.length === 0) return
    if (role !== 'system') this.#addTo(this.#turnOf(role, path), content, path)
    else if (this.all.length === 0) this.leading.push(content.map((block) => requireText(block, path)))
    else {
      const turn = this.#turnOf(role, path)
      for (const block of content) turn.content.push(changesTools(block) ? block : requireText(block, path))
    }
  }

  #turnOf(role: Turn['role'], path: Path): Turn {
    const current = this.all.at(-1)
    if (current?.role === role) return current
    const turn: Turn = { role, content: [], calls: [], path }
    this.all.push(turn)
    return turn
  }

  #addTo(turn: Turn, content: readonly ContentBlock[], path: Path): void {
    for (const block of content) {
      requireSide(block, turn.role, path)
      if (block.type === 'tool_use') turn.content.push(this.#addCall(turn, block, path))
      else if (block.type === 'tool_result') this.#addResult(turn, block, path)
      else turn.content.push(block)
    }
  }

  #addCall(turn: Turn, use: ToolUseBlock, path: Path): ToolUseBlock {
    const call: Call = { id: this.#ids.next(use.id), path }
    turn.calls.push(call)
    const open = this.#open.get(use.id)
    if (open?.turn === turn) open.calls.push(call)
    else this.#open.set(use.id, { turn, calls: [call] })
    return call.id === use.id ? use : { ...use, id: call.id }
  }

  #addResult(turn: Turn, result: ToolResultBlock, path: Path): void {
    const call = this.#open.get(result.tool_use_id)?.calls.shift()
    if (call !== undefined) {
      call.result = call.id === result.tool_use_id ? result : { ...result, tool_use_id: call.id }
      return
    }
    this.#notes.changed(path, 'tool result without a call')
    for (const block of toUnpairedResult(result)) turn.content.push(block)
  }
}

const changesTools = ({ type }: ContentBlock): boolean => type === 'tool_addition' || type === 'tool_removal'

const requireText = (block: ContentBlock, path: Path): TextBlock => {
  if (block.type === 'text') return block
  throw refusal('invalid_value', [...path, 'content'], 'a system message takes only text')
}

const requireSide = ({ type }: ContentBlock, role: Turn['role'], path: Path): void => {
  const side = type === 'text' ? undefined : sideOf[type]
  if (side === undefined || side === role) return
  const isUsers = side === 'user'
  throw refusal(
    'invalid_value',
    [...path, 'content'],
    `a part of type '${type}' cannot be in a message of the ${role}`,
    isUsers ? "a user's part in an assistant's message" : "an assistant's part in a user's message",
  )
}

/** Anthropic refuses a turn that ends with thinking: the model was interrupted, and nothing depends on it. */
const withoutLastThinking = ({ content, path }: Turn, notes: OpenAiContext['notes']): ContentBlock[] => {
  const end = content.findLastIndex((block) => !isThinkingBlock(block)) + 1
  if (end === content.length) return content
  notes.dropped(path, 'thinking at the end of a turn')
  return content.slice(0, end)
}

const toResult = ({ id, path, result }: Call, notes: OpenAiContext['notes']): ToolResultBlock => {
  if (result !== undefined) return result
  notes.changed(path, 'tool call without a result')
  return { type: 'tool_result', tool_use_id: id, is_error: true, content: '(no result: the call was interrupted)' }
}

/** Adds blocks to the last message if it has this role, or in a new message. */
const append = (messages: InputMessage[], role: Turn['role'], content: readonly ContentBlock[]): void => {
  if (content.length === 0) return
  const last = messages.at(-1)
  if (last?.role !== role) messages.push({ role, content: [...content] })
  else for (const block of content) (last.content as ContentBlock[]).push(block)
}

/** The results of a turn's calls come directly after it, before all other blocks (OE-C35, OE-C36). */
const toMessages = (turns: readonly Turn[], notes: OpenAiContext['notes']): InputMessage[] => {
  const messages: InputMessage[] = []
  for (const turn of turns) {
    append(messages, turn.role, turn.role === 'assistant' ? withoutLastThinking(turn, notes) : turn.content)
    append(
      messages,
      'user',
      turn.calls.map((call) => toResult(call, notes)),
    )
  }
  return messages
}

/** Anthropic's conversations begin with the user. */
const beginWithUser = (messages: InputMessage[], notes: OpenAiContext['notes'], path: Path): void => {
  const first = messages.find(({ role }) => role !== 'system')
  if (first?.role === 'user') return
  notes.changed(path, 'conversation that begins with the assistant')
  messages.unshift({ role: 'user', content: [{ type: 'text', text: emptyTurnText }] })
}

/**
 * Arranges the messages of an OpenAI client as Anthropic requires them (OE-C30 to OE-C42): the leading system messages
 * become the system prompt, and later ones keep their position. Each call has its result directly after it. A longer
 * conversation begins with the same blocks.
 */
export const arrange = (messages: readonly PlacedMessage[], { notes }: Pick<OpenAiContext, 'notes'>): Arranged => {
  const turns = new Turns(notes)
  for (const message of messages) turns.add(message)
  const last = messages.at(-1)
  if (last?.role === 'assistant') {
    const open = last.content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []))
    if (open.length > 0) throw openCalls(open, last.path)
  }
  const arranged = toMessages(turns.all, notes)
  const root: Path = (last?.path ?? ['messages']).slice(0, 1)
  if (arranged.length === 0) {
    // A client that sends only instructions means them as its question (OE-C31).
    const question = turns.leading.pop()
    if (question !== undefined) arranged.push({ role: 'user', content: question })
  }
  if (!arranged.some(({ role }) => role === 'user')) {
    throw refusal('invalid_value', root, 'expected at least one message of the user with content')
  }
  beginWithUser(arranged, notes, root)
  return { system: turns.leading.flat(), messages: arranged }
}
