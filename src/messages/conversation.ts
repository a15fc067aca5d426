import { invalidRequest } from '../base/errors.ts'
import type { Path } from '../base/path.ts'
import type { ContentBlock, TextBlock } from '../wire/anthropic/content.ts'
import type { InputMessage } from '../wire/anthropic/request.ts'
import { isBlank } from './blank.ts'
import { findSummary, type Summary, summaryText } from './compaction.ts'
import type { Notes } from './notes.ts'

/** A client's messages as turns, for upstreams that require alternating roles. */

/** A text and its path in the client's request. */
export interface PlacedText {
  readonly block: TextBlock
  readonly path: Path
}

/** Consecutive messages of one role. A `Unit` is a translated block. */
export interface Turn<Unit> {
  readonly role: 'user' | 'assistant' | 'system'
  units: Unit[]
  /** The path of the turn's first message in the client's request. */
  readonly path: Path
}

/** The turns, and the system messages before all of them. */
export interface Conversation<Unit> {
  readonly turns: Turn<Unit>[]
  readonly leadingSystem: readonly PlacedText[]
}

export interface ConversationOptions<Unit> {
  /** Adds the translated block to the units of its turn. Throws a 400 for a block without a translation. */
  readonly addBlock: (units: Unit[], block: ContentBlock, path: Path) => void
  /** Whether the messages have compaction blocks. */
  readonly hasCompactions: boolean
  /** Whether the upstream accepts system messages between the user's turn and the assistant's. */
  readonly keepsSystemMessages: boolean
  readonly notes: Notes
}

type Side = 'user' | 'assistant'

/** The only side whose messages may have a block. */
export const sideOf: Readonly<Partial<Record<ContentBlock['type'], Side>>> = {
  tool_use: 'assistant',
  thinking: 'assistant',
  redacted_thinking: 'assistant',
  server_tool_use: 'assistant',
  mcp_tool_use: 'assistant',
  tool_result: 'user',
  image: 'user',
  document: 'user',
  search_result: 'user',
}

const blocksOf = (message: InputMessage, path: Path): readonly ContentBlock[] => {
  const { content } = message
  if (content === undefined) {
    if (message.role === 'system') return []
    throw invalidRequest([...path, 'content'], 'Field required')
  }
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content
}

const reminderPattern = /^\s*<system-reminder>[\s\S]*<\/system-reminder>\s*$/

/** The form that Claude Code itself uses for models without system messages. */
export const asReminder = (text: string): string =>
  reminderPattern.test(text) ? text : `<system-reminder>\n${text}\n</system-reminder>`

/** One client message with translated blocks; a system message with its original texts. */
type Part<Unit> =
  | (Turn<Unit> & { readonly role: Side })
  | { readonly role: 'system'; readonly texts: readonly PlacedText[]; readonly path: Path }

type SystemPart = Extract<Part<never>, { role: 'system' }>

const systemTexts = (message: InputMessage, path: Path): PlacedText[] =>
  blocksOf(message, path).flatMap((block, index) => {
    const blockPath = [...path, 'content', index]
    if (block.type === 'text') return [{ block, path: blockPath }]
    // tool-loading.ts reads changes of the tools.
    if (block.type === 'tool_addition' || block.type === 'tool_removal') return []
    throw invalidRequest(blockPath, `content blocks of type '${block.type}' cannot be in a system message`)
  })

const systemPart = (message: InputMessage, index: number): SystemPart => {
  const path: Path = ['messages', index]
  return { role: 'system', texts: systemTexts(message, path), path }
}

/** One client message, from its block `first` on, as a turn. */
const toTurn = <Unit>(
  message: InputMessage,
  role: Side,
  index: number,
  first: number,
  addBlock: ConversationOptions<Unit>['addBlock'],
) => {
  const units: Unit[] = []
  const path: Path = ['messages', index]
  const blocks = blocksOf(message, path)
  for (let position = first; position < blocks.length; position += 1) {
    const block = blocks[position] as ContentBlock
    const blockPath: Path = ['messages', index, 'content', position]
    const side = block.type === 'text' ? undefined : sideOf[block.type]
    if (side !== undefined && side !== role) {
      throw invalidRequest(blockPath, `\`${block.type}\` blocks can only be in \`${side}\` messages`)
    }
    addBlock(units, block, blockPath)
  }
  return { role, units, path }
}

const summaryPart = <Unit>(summary: Summary, addBlock: ConversationOptions<Unit>['addBlock']): Part<Unit> => {
  const path = ['messages', summary.index, 'content', summary.position]
  const units: Unit[] = []
  addBlock(
    units,
    { type: 'text', text: summaryText(summary), cache_control: summary.block.cache_control ?? null },
    path,
  )
  return { role: 'user', units, path }
}

/** System messages before all others belong to the system prompt, which no summary replaces. */
const leadingSystem = (messages: readonly InputMessage[]): SystemPart[] => {
  const end = messages.findIndex(({ role }) => role !== 'system')
  return messages.slice(0, end === -1 ? messages.length : end).map(systemPart)
}

/** Translates the client's messages one by one, from the last summary on. */
const toParts = <Unit>(
  messages: readonly InputMessage[],
  { addBlock, hasCompactions, notes }: ConversationOptions<Unit>,
): Part<Unit>[] => {
  const summary = hasCompactions ? findSummary(messages) : undefined
  const parts: Part<Unit>[] = summary === undefined ? [] : leadingSystem(messages.slice(0, summary.index))
  if (summary !== undefined) parts.push(summaryPart(summary, addBlock))
  if (summary !== undefined && (summary.index > 0 || summary.position > 0)) {
    notes.dropped(['messages', 0], 'messages that a compaction replaced')
  }
  for (let index = summary?.index ?? 0; index < messages.length; index += 1) {
    const message = messages[index] as InputMessage
    const { role } = message
    const first = index === summary?.index ? summary.position + 1 : 0
    if (role === 'system') parts.push(systemPart(message, index))
    else parts.push(toTurn(message, role, index, first, addBlock))
  }
  return parts
}

/** Returns the turn for a message of that role: the current one, or a new one. */
const turnOf = <Unit>(turns: Turn<Unit>[], role: Turn<Unit>['role'], path: Path): Turn<Unit> => {
  const current = turns.at(-1)
  if (current?.role === role) return current
  const turn: Turn<Unit> = { role, units: [], path }
  turns.push(turn)
  return turn
}

/** Whether a system message is between the user's turn and the assistant's, where one at a time can be kept. */
const isBetweenSides = <Unit>(parts: readonly Part<Unit>[], index: number, turns: readonly Turn<Unit>[]): boolean => {
  const next = parts.slice(index + 1).find((part) => part.role !== 'assistant' || part.units.length > 0)
  return turns.at(-1)?.role === 'user' && next?.role === 'assistant'
}

const addSystemPart = <Unit>(
  part: SystemPart,
  turns: Turn<Unit>[],
  isKept: boolean,
  addBlock: ConversationOptions<Unit>['addBlock'],
): void => {
  const isWordless = part.texts.every(({ block }) => isBlank(block.text))
  // Even without text it starts the user's turn: the assistant's turn is over.
  const { units } = turnOf(turns, isKept && !isWordless ? 'system' : 'user', part.path)
  for (const { block, path } of part.texts) {
    const isUnchanged = isKept || isBlank(block.text)
    addBlock(units, isUnchanged ? block : { ...block, text: asReminder(block.text) }, path)
  }
}

/**
 * One turn for each run of messages of one role. A system message within the conversation keeps its position: as text
 * in the user's turn, or as a system message if the model supports that. At the front, it would change the beginning of
 * the prompt each time, and the prompt cache would never hit. Before the conversation, it belongs to the system prompt.
 */
export const toConversation = <Unit>(
  messages: readonly InputMessage[],
  options: ConversationOptions<Unit>,
): Conversation<Unit> => {
  const turns: Turn<Unit>[] = []
  const leading: PlacedText[] = []
  const parts = toParts(messages, options)

  let index = -1
  for (const part of parts) {
    index += 1
    if (part.role !== 'system') {
      // An empty assistant message is not a turn. An empty user message is, to separate two assistant turns.
      if (part.units.length === 0 && part.role === 'assistant') continue
      const current = turns.at(-1)
      if (current?.role !== part.role) turns.push(part)
      else for (const unit of part.units) current.units.push(unit)
    } else if (turns.length === 0) {
      for (const text of part.texts) leading.push(text)
    } else {
      const isKept = options.keepsSystemMessages && isBetweenSides(parts, index, turns)
      addSystemPart(part, turns, isKept, options.addBlock)
    }
  }
  return { turns, leadingSystem: leading }
}
