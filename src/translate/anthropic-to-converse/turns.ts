import { invalidRequest } from '../../base/errors.ts'
import type { ContentBlock as ClientBlock, TextBlock } from '../../wire/anthropic/content.ts'
import type { InputMessage } from '../../wire/anthropic/request.ts'
import type { ContentBlock } from '../../wire/converse/content.ts'
import { cachePointOf, longerCachePoint, toContentBlocks } from './content.ts'
import type { Path, Translation, Unit } from './context.ts'
import { isBlank } from './documents.ts'

export type ContentUnit = Unit<ContentBlock>

/** Consecutive messages of one side of the conversation: Converse wants the sides to alternate. */
export interface Turn {
  readonly role: 'user' | 'assistant'
  units: ContentUnit[]
  /** Where the turn begins in the client's request. */
  readonly path: Path
}

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

const sideOf: Readonly<Partial<Record<ClientBlock['type'], Turn['role']>>> = {
  tool_use: 'assistant',
  thinking: 'assistant',
  redacted_thinking: 'assistant',
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
const addBlock = (units: ContentUnit[], block: ClientBlock, path: Path, translation: Translation): void => {
  for (const translated of toContentBlocks(block, path, translation)) units.push({ block: translated, path })
  // The marker of a block that left nothing goes to the one before it.
  const cachePoint = cachePointOf(block, translation)
  const last = units.at(-1)
  if (cachePoint === undefined) return
  if (last === undefined) translation.notes.dropped(path, 'cache marker with nothing before it')
  else last.cachePoint = longerCachePoint(last.cachePoint, cachePoint) ?? cachePoint
}

const reminderPattern = /^\s*<system-reminder>[\s\S]*<\/system-reminder>\s*$/

/** The form in which Claude Code itself sends such notices where a model takes no system messages. */
const asReminder = (text: string): string =>
  reminderPattern.test(text) ? text : `<system-reminder>\n${text}\n</system-reminder>`

const addReminder = (units: ContentUnit[], { block, path }: PlacedText, translation: Translation): void =>
  addBlock(units, isBlank(block.text) ? block : { ...block, text: asReminder(block.text) }, path, translation)

/** In front of the conversation it belongs to the system prompt, later into the user's turn. */
const addSystemMessage = (
  texts: readonly PlacedText[],
  turns: Turn[],
  leadingSystem: PlacedText[],
  path: Path,
  translation: Translation,
): void => {
  if (turns.length === 0) {
    for (const text of texts) leadingSystem.push(text)
  } else if (texts.some(({ block }) => !isBlank(block.text))) {
    const { units } = turnOf(turns, 'user', path)
    for (const text of texts) addReminder(units, text, translation)
  }
}

const systemTexts = (message: InputMessage, path: Path): PlacedText[] =>
  blocksOf(message, path).flatMap((block, index) => {
    const blockPath = [...path, 'content', index]
    if (block.type === 'text') return [{ block, path: blockPath }]
    // Changes of the tools on offer are read by tools.ts.
    if (block.type === 'tool_addition' || block.type === 'tool_removal') return []
    throw invalidRequest(blockPath, `content blocks of type '${block.type}' cannot stand in a system message`)
  })

/** The turn of a message of that side: the current one, or a new one. */
const turnOf = (turns: Turn[], role: Turn['role'], path: Path): Turn => {
  const current = turns.at(-1)
  if (current?.role === role) return current
  const turn: Turn = { role, units: [], path }
  turns.push(turn)
  return turn
}

const toUnits = (message: InputMessage, role: Turn['role'], path: Path, translation: Translation): ContentUnit[] => {
  const units: ContentUnit[] = []
  for (const [position, block] of blocksOf(message, path).entries()) {
    const blockPath = [...path, 'content', position]
    const side = sideOf[block.type]
    if (side !== undefined && side !== role) {
      throw invalidRequest(blockPath, `\`${block.type}\` blocks can only be in \`${side}\` messages`)
    }
    addBlock(units, block, blockPath, translation)
  }
  return units
}

/**
 * Steps 1 to 5 of the pipeline: one turn for each run of messages of one side. A system message in
 * mid-conversation stays where it is, as words in the user's turn: moved to the front it would change
 * the beginning of the prompt each time, and the prompt cache would never hit.
 */
export const toConversation = (messages: readonly InputMessage[], translation: Translation): Conversation => {
  const turns: Turn[] = []
  const leadingSystem: PlacedText[] = []

  for (const [index, message] of messages.entries()) {
    const path: Path = ['messages', index]
    const { role } = message
    if (role === 'system') {
      addSystemMessage(systemTexts(message, path), turns, leadingSystem, path, translation)
      continue
    }
    const units = toUnits(message, role, path, translation)
    // An assistant's message of which nothing is left is no turn; a user's is, or two answers would meet.
    if (units.length > 0 || role === 'user') {
      const turn = turnOf(turns, role, path)
      for (const unit of units) turn.units.push(unit)
    }
  }
  return { turns, leadingSystem }
}
