import { GatewayError, invalidRequest } from '../../base/errors.ts'
import type { Path } from '../../base/path.ts'
import type { ContentBlock } from '../../wire/converse/content.ts'
import type { Translation } from './context.ts'
import type { ContentUnit, Turn } from './turns.ts'

/**
 * What Converse demands of a conversation beyond its blocks' shapes, in the order of the
 * specification's pipeline. Only what Anthropic's own API would accept is mended; the rest is a 400 in
 * Anthropic's words, because Claude Code repairs its history by them.
 */

/** White space is refused as a text. */
const placeholder = '(no content)'
const continuation = '(continue)'

const isToolUse = (unit: ContentUnit): boolean => 'toolUse' in unit.block
const isToolResult = (unit: ContentUnit): boolean => 'toolResult' in unit.block

const toolUseId = (block: ContentBlock): string | undefined =>
  'toolUse' in block ? block.toolUse.toolUseId : undefined
const toolResultId = (block: ContentBlock): string | undefined =>
  'toolResult' in block ? block.toolResult.toolUseId : undefined

const idsOf = (turn: Turn | undefined, idOf: (block: ContentBlock) => string | undefined): string[] =>
  (turn?.units ?? []).map((unit) => idOf(unit.block)).filter((id) => id !== undefined)

/**
 * A marker for an hour may not follow one for five minutes. Where moving blocks has brought that about,
 * the earlier one is given the longer life.
 */
const keepLifetimesOrdered = (units: readonly ContentUnit[]): void => {
  let isHourBehind = false
  for (const unit of units.toReversed()) {
    if (unit.cachePoint?.ttl === '1h') isHourBehind = true
    else if (unit.cachePoint !== undefined && isHourBehind) unit.cachePoint = { type: 'default', ttl: '1h' }
  }
}

const isOrdered = (units: readonly ContentUnit[]): boolean => {
  const lifetimes = units.flatMap(({ cachePoint }) => (cachePoint === undefined ? [] : [cachePoint.ttl]))
  return lifetimes.slice(0, Math.max(lifetimes.lastIndexOf('1h'), 0)).every((ttl) => ttl === '1h')
}

/** Gives a turn's units another order. Lifetimes that were lawful stay so. */
const reorder = (turn: Turn, units: ContentUnit[]): void => {
  const wasOrdered = isOrdered(turn.units)
  turn.units = units
  if (wasOrdered) keepLifetimesOrdered(units)
}

/** Results first, in their order, then the rest: Converse takes them only at a turn's beginning. */
const resultsFirst = (turn: Turn): void => {
  const { units } = turn
  if (!units.some(isToolResult)) return
  reorder(turn, [...units.filter(isToolResult), ...units.filter((unit) => !isToolResult(unit))])
}

/** Text behind the last tool use would be read as the beginning of the answer. */
const toolUsesLast = (turn: Turn): void => {
  const { units } = turn
  const last = units.findLastIndex(isToolUse)
  if (last === -1 || last === units.length - 1) return
  let firstOfRun = last
  while (firstOfRun > 0 && isToolUse(units[firstOfRun - 1] as ContentUnit)) firstOfRun -= 1
  reorder(turn, [...units.slice(0, firstOfRun), ...units.slice(last + 1), ...units.slice(firstOfRun, last + 1)])
}

const checkUniqueUses = (turns: readonly Turn[]): void => {
  const seen = new Set<string>()
  for (const unit of turns.flatMap((turn) => turn.units)) {
    const id = toolUseId(unit.block)
    if (id === undefined) continue
    if (seen.has(id)) throw invalidRequest(unit.path, '`tool_use` ids must be unique')
    seen.add(id)
  }
}

const checkResults = (turn: Turn, previous: Turn | undefined, { toolUseIds }: Translation): void => {
  const asked = new Set(idsOf(previous, toolUseId))
  const answered = new Set<string>()
  for (const unit of turn.units) {
    const id = toolResultId(unit.block)
    if (id === undefined) continue
    if (!asked.has(id)) {
      throw invalidRequest(
        unit.path,
        `unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${toolUseIds.toClient(id)}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
      )
    }
    if (answered.has(id)) {
      throw invalidRequest(
        unit.path,
        `each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${toolUseIds.toClient(id)}`,
      )
    }
    answered.add(id)
  }
}

/** `messages.N` of a block in it. */
const messageOf = (path: Path): Path => path.slice(0, 2)

const checkAnswered = (turn: Turn, next: Turn | undefined, { toolUseIds }: Translation): void => {
  const answered = new Set(idsOf(next, toolResultId))
  const open = idsOf(turn, toolUseId).filter((id) => !answered.has(id))
  if (open.length > 0) {
    const unit = turn.units.find(({ block }) => toolUseId(block) === open[0])
    throw invalidRequest(
      messageOf(unit?.path ?? turn.path),
      `\`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.map(toolUseIds.toClient).join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
    )
  }
}

/** Every tool use has its one result in the next turn, and every result its use in the turn before. */
export const pairToolResults = (turns: readonly Turn[], translation: Translation): void => {
  checkUniqueUses(turns)
  for (const [index, turn] of turns.entries()) {
    if (turn.role === 'user') {
      checkResults(turn, turns[index - 1], translation)
      resultsFirst(turn)
    } else {
      checkAnswered(turn, turns[index + 1], translation)
      toolUsesLast(turn)
    }
  }
}

/** No empty turns, and the user's first. */
export const fillEmptyTurns = (turns: Turn[]): void => {
  if (turns[0]?.role !== 'user') turns.unshift({ role: 'user', units: [], path: ['messages'] })
  for (const turn of turns) {
    if (turn.units.length === 0) turn.units.push({ block: { text: placeholder }, path: turn.path })
  }
}

/** A conversation that ends with the assistant asks the model to go on from there: older models can. */
export const checkPrefill = (turns: Turn[], translation: Translation): void => {
  const last = turns.at(-1)
  if (last?.role !== 'assistant') return
  // A tool of Anthropic's was at work: as words its turn is over, and the model is to go on.
  if (last.units.at(-1)?.isTranscript === true) {
    turns.push({ role: 'user', units: [{ block: { text: continuation }, path: last.path }], path: last.path })
    return
  }
  if (!translation.model.prefill) {
    throw new GatewayError(
      'invalid_request_error',
      'This model does not support assistant message prefill. The conversation must end with a user message.',
    )
  }
  const final = last.units.at(-1)
  if (final !== undefined && 'text' in final.block) {
    last.units[last.units.length - 1] = { ...final, block: { text: final.block.text.trimEnd() } }
  }
}

/** A message with a document must say something, too. */
export const accompanyDocuments = (turns: readonly Turn[]): void => {
  for (const turn of turns) {
    const hasDocument = turn.units.some((unit) => 'document' in unit.block)
    if (hasDocument && !turn.units.some((unit) => 'text' in unit.block)) {
      turn.units.push({ block: { text: '(see attached document)' }, path: turn.path })
    }
  }
}
