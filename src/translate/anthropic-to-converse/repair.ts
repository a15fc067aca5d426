import { continuationText, emptyTurnText, prefillNotSupported } from '../../messages/fillers.ts'
import { checkToolPairs } from '../../messages/tool-pairs.ts'
import type { MarkedContentBlock, TranslationContext, Turn } from './context.ts'

/**
 * Converse's requirements for the order of a conversation, in the order of the specification's pipeline. Repairs only
 * what Anthropic's own API accepts. The rest is a 400 in Anthropic's words, which Claude Code uses to repair its
 * history.
 */

const isToolUse = (unit: MarkedContentBlock): boolean => 'toolUse' in unit.block
const isToolResult = (unit: MarkedContentBlock): boolean => 'toolResult' in unit.block
const isNoToolResult = (unit: MarkedContentBlock): boolean => !isToolResult(unit)

/**
 * A marker for an hour may not follow one for five minutes. If moved blocks cause that, the earlier one gets the longer
 * lifetime.
 */
const keepLifetimesOrdered = (units: readonly MarkedContentBlock[]): void => {
  let isHourBehind = false
  for (const unit of units.toReversed()) {
    if (unit.cachePoint?.ttl === '1h') isHourBehind = true
    else if (unit.cachePoint !== undefined && isHourBehind) unit.cachePoint = { type: 'default', ttl: '1h' }
  }
}

const isOrdered = (units: readonly MarkedContentBlock[]): boolean => {
  const lifetimes = units.flatMap(({ cachePoint }) => (cachePoint === undefined ? [] : [cachePoint.ttl]))
  return lifetimes.slice(0, Math.max(lifetimes.lastIndexOf('1h'), 0)).every((ttl) => ttl === '1h')
}

/** Changes the order of a turn's units. Keeps the lifetimes valid if they were. */
export const reorder = (turn: Turn, units: MarkedContentBlock[]): void => {
  const wasOrdered = isOrdered(turn.units)
  turn.units = units
  if (wasOrdered) keepLifetimesOrdered(units)
}

/** Moves results to the front, in their order: Converse accepts them only at a turn's beginning. */
const resultsFirst = (turn: Turn): void => {
  const { units } = turn
  const firstOther = units.findIndex(isNoToolResult)
  if (firstOther === -1 || units.findLastIndex(isToolResult) < firstOther) return
  reorder(turn, [...units.filter(isToolResult), ...units.filter(isNoToolResult)])
}

/** Moves tool uses to the end: the model would read text after them as the beginning of its response. */
const toolUsesLast = (turn: Turn): void => {
  const { units } = turn
  const last = units.findLastIndex(isToolUse)
  if (last === -1 || last === units.length - 1) return
  let firstOfRun = last
  while (firstOfRun > 0 && isToolUse(units[firstOfRun - 1] as MarkedContentBlock)) firstOfRun -= 1
  reorder(turn, [...units.slice(0, firstOfRun), ...units.slice(last + 1), ...units.slice(firstOfRun, last + 1)])
}

/** Checks that each tool use has exactly one result in the next turn, and each result a use in the turn before. */
export const pairToolResults = (turns: readonly Turn[], { blockKinds, toolUseIds }: TranslationContext): void => {
  if (!blockKinds.toolUses && !blockKinds.toolResults) return
  checkToolPairs(turns, {
    useId: ({ block }) => ('toolUse' in block ? block.toolUse.toolUseId : undefined),
    resultId: ({ block }) => ('toolResult' in block ? block.toolResult.toolUseId : undefined),
    toClient: (id) => toolUseIds.toClient(id),
  })
  for (const turn of turns) {
    if (turn.role === 'user') resultsFirst(turn)
    else toolUsesLast(turn)
  }
}

/** Fills empty turns, and makes the first turn the user's. */
export const fillEmptyTurns = (turns: Turn[]): void => {
  if (turns[0]?.role !== 'user') turns.unshift({ role: 'user', units: [], path: ['messages'] })
  for (const turn of turns) {
    if (turn.units.length === 0) turn.units.push({ block: { text: emptyTurnText }, path: turn.path })
  }
}

/** A conversation that ends with the assistant's turn requests its continuation, which only older models support. */
export const checkPrefill = (turns: Turn[], translation: TranslationContext): void => {
  const last = turns.at(-1)
  if (last?.role !== 'assistant') return
  // It ends with a tool of Anthropic's, now sent as text: the turn is over, and the model should continue.
  if (last.units.at(-1)?.isTranscript === true) {
    turns.push({ role: 'user', units: [{ block: { text: continuationText }, path: last.path }], path: last.path })
    return
  }
  if (!translation.model.prefill) throw prefillNotSupported()
  const final = last.units.at(-1)
  if (final === undefined || !('text' in final.block)) return
  const text = final.block.text.trimEnd()
  if (text !== final.block.text) translation.notes.dropped(final.path, 'white space at the end of a prefill')
  last.units[last.units.length - 1] = { ...final, block: { text } }
}

/** A message with a document must also have a text. */
export const accompanyDocuments = (turns: readonly Turn[], { blockKinds }: TranslationContext): void => {
  if (!blockKinds.documents) return
  for (const turn of turns) {
    const hasDocument = turn.units.some((unit) => 'document' in unit.block)
    if (hasDocument && !turn.units.some((unit) => 'text' in unit.block)) {
      turn.units.push({ block: { text: '(see attached document)' }, path: turn.units.at(-1)?.path ?? turn.path })
    }
  }
}
