import { invalidRequest } from '../../base/errors.ts'
import type { Path } from '../../base/path.ts'
import { isBlank } from '../../messages/blank.ts'
import { findSummary, type Summary, summaryText } from '../../messages/compaction.ts'
import type { ContentBlock as ClientBlock, TextBlock } from '../../wire/anthropic/content.ts'
import type { InputMessage } from '../../wire/anthropic/request.ts'
import { cachePointOf, markLast } from './cache-markers.ts'
import { addContentUnits } from './content.ts'
import type { MarkedContentBlock, TranslationContext, Turn } from './context.ts'

/** A text, and where it stood in the client's request. */
export interface PlacedText {
  readonly block: TextBlock
  readonly path: Path
}

/** The client's messages as turns, and the system messages that stood in front of all of them. */
export interface Conversation {
  readonly turns: Turn[]
  readonly leadingSystem: readonly PlacedText[]
}

type Side = 'user' | 'assistant'

const sideOf: Readonly<Partial<Record<ClientBlock['type'], Side>>> = {
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

const blocksOf = (message: InputMessage, path: Path): readonly ClientBlock[] => {
  const { content } = message
  if (content === undefined) {
    if (message.role === 'system') return []
    throw invalidRequest([...path, 'content'], 'Field required')
  }
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content
}

/** Adds one of the client's blocks to a turn's units. */
const addBlock = (
  units: MarkedContentBlock[],
  block: ClientBlock,
  path: Path,
  translation: TranslationContext,
): void => {
  addContentUnits(units, block, path, translation)
  markLast(units, cachePointOf(block, translation), path, translation)
}

const reminderPattern = /^\s*<system-reminder>[\s\S]*<\/system-reminder>\s*$/

/** The form in which Claude Code itself sends such notices where a model takes no system messages. */
const asReminder = (text: string): string =>
  reminderPattern.test(text) ? text : `<system-reminder>\n${text}\n</system-reminder>`

/** One message of the client's, its blocks translated or, of a system message, still as they came. */
type Part =
  | (Turn & { readonly role: Side })
  | { readonly role: 'system'; readonly texts: readonly PlacedText[]; readonly path: Path }

const systemTexts = (message: InputMessage, path: Path): PlacedText[] =>
  blocksOf(message, path).flatMap((block, index) => {
    const blockPath = [...path, 'content', index]
    if (block.type === 'text') return [{ block, path: blockPath }]
    // Changes of the tools on offer are read by tool-loading.ts.
    if (block.type === 'tool_addition' || block.type === 'tool_removal') return []
    throw invalidRequest(blockPath, `content blocks of type '${block.type}' cannot stand in a system message`)
  })

const systemPart = (message: InputMessage, index: number): Part => {
  const path: Path = ['messages', index]
  return { role: 'system', texts: systemTexts(message, path), path }
}

/** One message of the client's, from its block `first` on, as a turn of its own. */
const toTurn = (message: InputMessage, role: Side, index: number, first: number, translation: TranslationContext) => {
  const units: MarkedContentBlock[] = []
  const path: Path = ['messages', index]
  const blocks = blocksOf(message, path)
  for (let position = first; position < blocks.length; position += 1) {
    const block = blocks[position] as ClientBlock
    const blockPath: Path = ['messages', index, 'content', position]
    const side = block.type === 'text' ? undefined : sideOf[block.type]
    if (side !== undefined && side !== role) {
      throw invalidRequest(blockPath, `\`${block.type}\` blocks can only be in \`${side}\` messages`)
    }
    addBlock(units, block, blockPath, translation)
  }
  return { role, units, path }
}

const summaryPart = (summary: Summary, translation: TranslationContext): Part => {
  const path = ['messages', summary.index, 'content', summary.position]
  const units: MarkedContentBlock[] = [{ block: { text: summaryText(summary) }, path }]
  markLast(units, cachePointOf(summary.block, translation), path, translation)
  return { role: 'user', units, path }
}

/** System messages in front of all others belong to the system prompt, which no summary sums up. */
const leadingSystem = (messages: readonly InputMessage[]): Part[] => {
  const end = messages.findIndex(({ role }) => role !== 'system')
  return messages.slice(0, end === -1 ? messages.length : end).map(systemPart)
}

/** The client's messages one by one, from the last summary on. */
const toParts = (messages: readonly InputMessage[], translation: TranslationContext): Part[] => {
  const summary = translation.blockKinds.compactions ? findSummary(messages) : undefined
  const parts: Part[] = summary === undefined ? [] : leadingSystem(messages.slice(0, summary.index))
  if (summary !== undefined) parts.push(summaryPart(summary, translation))
  if (summary !== undefined && (summary.index > 0 || summary.position > 0)) {
    translation.notes.dropped(['messages', 0], 'messages that a compaction summed up')
  }
  for (let index = summary?.index ?? 0; index < messages.length; index += 1) {
    const message = messages[index] as InputMessage
    const { role } = message
    const first = index === summary?.index ? summary.position + 1 : 0
    if (role === 'system') parts.push(systemPart(message, index))
    else parts.push(toTurn(message, role, index, first, translation))
  }
  return parts
}

/** The turn of a message of that side: the current one, or a new one. */
const turnOf = (turns: Turn[], role: Turn['role'], path: Path): Turn => {
  const current = turns.at(-1)
  if (current?.role === role) return current
  const turn: Turn = { role, units: [], path }
  turns.push(turn)
  return turn
}

/** Models that take system messages take them between the user's turn and the assistant's, one at a time. */
const mayStand = (
  parts: readonly Part[],
  index: number,
  turns: readonly Turn[],
  translation: TranslationContext,
): boolean => {
  if (translation.policy.systemMessages !== 'native' || !translation.model.systemMessages) return false
  const next = parts.slice(index + 1).find((part) => part.role !== 'assistant' || part.units.length > 0)
  return turns.at(-1)?.role === 'user' && next?.role === 'assistant'
}

type SystemPart = Extract<Part, { role: 'system' }>

const addSystemPart = (part: SystemPart, turns: Turn[], isNative: boolean, translation: TranslationContext): void => {
  const isWordless = part.texts.every(({ block }) => isBlank(block.text))
  // Without words it is the user's turn all the same: the assistant's is over.
  const { units } = turnOf(turns, isNative && !isWordless ? 'system' : 'user', part.path)
  for (const { block, path } of part.texts) {
    const isWord = isNative || isBlank(block.text)
    addBlock(units, isWord ? block : { ...block, text: asReminder(block.text) }, path, translation)
  }
}

/**
 * Steps 1 to 5 of the pipeline: one turn for each run of messages of one side. A system message in
 * mid-conversation stays where it is: as words in the user's turn, or by itself where the model takes
 * that. Moved to the front it would change the beginning of the prompt each time, and the prompt cache
 * would never hit. In front of the conversation it belongs to the system prompt.
 */
export const toConversation = (messages: readonly InputMessage[], translation: TranslationContext): Conversation => {
  const turns: Turn[] = []
  const leadingSystem: PlacedText[] = []
  const parts = toParts(messages, translation)

  let index = -1
  for (const part of parts) {
    index += 1
    if (part.role !== 'system') {
      // An assistant's message of which nothing is left is no turn; a user's is, or two answers would meet.
      if (part.units.length === 0 && part.role === 'assistant') continue
      const current = turns.at(-1)
      if (current?.role !== part.role) turns.push(part)
      else for (const unit of part.units) current.units.push(unit)
    } else if (turns.length === 0) {
      for (const text of part.texts) leadingSystem.push(text)
    } else addSystemPart(part, turns, mayStand(parts, index, turns, translation), translation)
  }
  return { turns, leadingSystem }
}
