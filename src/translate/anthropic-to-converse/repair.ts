import { GatewayError, invalidRequest } from '../../base/errors.ts'
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

/** Bedrock's limit for images and documents in one request to Claude, taken together. */
const maximumMedia = 20

const isToolUse = (unit: ContentUnit): boolean => 'toolUse' in unit.block
const isToolResult = (unit: ContentUnit): boolean => 'toolResult' in unit.block

const toolUseId = (block: ContentBlock): string | undefined =>
  'toolUse' in block ? block.toolUse.toolUseId : undefined
const toolResultId = (block: ContentBlock): string | undefined =>
  'toolResult' in block ? block.toolResult.toolUseId : undefined

const idsOf = (turn: Turn | undefined, idOf: (block: ContentBlock) => string | undefined): string[] =>
  (turn?.units ?? []).map((unit) => idOf(unit.block)).filter((id) => id !== undefined)

const replaceUnits = (turn: Turn, units: readonly ContentUnit[]): void => {
  turn.units.splice(0, turn.units.length, ...units)
}

/** Results first, in their order, then the rest: Converse takes them only at a turn's beginning. */
const resultsFirst = (turn: Turn): void => {
  if (turn.units.some(isToolResult)) {
    replaceUnits(turn, [...turn.units.filter(isToolResult), ...turn.units.filter((unit) => !isToolResult(unit))])
  }
}

/** Text behind the last tool use would be read as the beginning of the answer. */
const toolUsesLast = (turn: Turn): void => {
  const last = turn.units.findLastIndex(isToolUse)
  if (last === -1 || last === turn.units.length - 1) return
  let firstOfRun = last
  while (firstOfRun > 0 && isToolUse(turn.units[firstOfRun - 1] as ContentUnit)) firstOfRun -= 1
  const { units } = turn
  replaceUnits(turn, [...units.slice(0, firstOfRun), ...units.slice(last + 1), ...units.slice(firstOfRun, last + 1)])
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

const checkResults = (turn: Turn, previous: Turn | undefined): void => {
  const asked = new Set(idsOf(previous, toolUseId))
  const answered = new Set<string>()
  for (const unit of turn.units) {
    const id = toolResultId(unit.block)
    if (id === undefined) continue
    if (!asked.has(id)) {
      throw invalidRequest(
        unit.path,
        `unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
      )
    }
    if (answered.has(id)) {
      throw invalidRequest(
        unit.path,
        `each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${id}`,
      )
    }
    answered.add(id)
  }
}

const checkAnswered = (turn: Turn, next: Turn | undefined): void => {
  const answered = new Set(idsOf(next, toolResultId))
  const open = idsOf(turn, toolUseId).filter((id) => !answered.has(id))
  if (open.length > 0) {
    throw invalidRequest(
      turn.path,
      `\`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
    )
  }
}

/** Every tool use has its one result in the next turn, and every result its use in the turn before. */
export const pairToolResults = (turns: readonly Turn[]): void => {
  checkUniqueUses(turns)
  for (const [index, turn] of turns.entries()) {
    if (turn.role === 'user') {
      checkResults(turn, turns[index - 1])
      resultsFirst(turn)
    } else {
      checkAnswered(turn, turns[index + 1])
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

type MediaKind = 'image' | 'document'

const mediaKind = (part: object): MediaKind | undefined =>
  'image' in part ? 'image' : 'document' in part ? 'document' : undefined

const omitted = (kind: MediaKind): { text: string } => ({
  text: `[${kind} omitted: Bedrock allows at most ${maximumMedia} images and documents per request]`,
})

const countMedia = (block: ContentBlock): number =>
  'toolResult' in block
    ? block.toolResult.content.filter((part) => mediaKind(part) !== undefined).length
    : mediaKind(block) === undefined
      ? 0
      : 1

/** Over the limit the newest stay, and the oldest give way to a text that says so. */
export const limitMedia = (turns: readonly Turn[], translation: Translation): void => {
  let surplus = -maximumMedia
  for (const turn of turns) for (const unit of turn.units) surplus += countMedia(unit.block)
  if (surplus <= 0) return

  const omit = <Part extends object>(part: Part, unit: ContentUnit): Part | { text: string } => {
    const kind = mediaKind(part)
    if (kind === undefined || surplus <= 0) return part
    surplus -= 1
    translation.notes.changed(unit.path, `${kind} omitted: over Bedrock's limit of ${maximumMedia} per request`)
    return omitted(kind)
  }
  for (const turn of turns) {
    for (const [index, unit] of turn.units.entries()) {
      const { block } = unit
      turn.units[index] = {
        ...unit,
        block:
          'toolResult' in block
            ? { toolResult: { ...block.toolResult, content: block.toolResult.content.map((part) => omit(part, unit)) } }
            : omit(block, unit),
      }
    }
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
