import { type GatewayError, invalidRequest } from '../base/errors.ts'
import type { Path } from '../base/path.ts'
import type { Turn } from './conversation.ts'

/**
 * Each tool use must have exactly one result in the next turn, and each result a use in the turn before. A violation is
 * a 400 in Anthropic's words, which Claude Code uses to repair its history.
 */

/** Reads the ids of tool uses and results from the units of a translation. */
export interface ToolIds<Unit> {
  /** Undefined for a unit that is not a tool use. */
  readonly useId: (unit: Unit) => string | undefined
  /** The id of the use that a result belongs to; undefined for a unit that is not a result. */
  readonly resultId: (unit: Unit) => string | undefined
  /** The client's spelling of an id. */
  readonly toClient: (id: string) => string
}

interface PlacedUnit {
  readonly path: Path
}

/** The conversation's tool uses and their results, by id. */
interface Pairs {
  /** The index of the turn with the tool use. */
  readonly uses: ReadonlyMap<string, number>
  /** Ids with a result in the turn after their use. The check of the result removes the id. */
  readonly answered: Set<string>
}

const findPairs = <Unit extends PlacedUnit>(turns: readonly Turn<Unit>[], ids: ToolIds<Unit>): Pairs => {
  const uses = new Map<string, number>()
  const answered = new Set<string>()
  let index = -1
  for (const turn of turns) {
    index += 1
    for (const unit of turn.units) {
      const useId = ids.useId(unit)
      if (useId !== undefined) {
        if (uses.has(useId)) throw invalidRequest(unit.path, '`tool_use` ids must be unique')
        uses.set(useId, index)
        continue
      }
      const resultId = ids.resultId(unit)
      if (resultId !== undefined && uses.get(resultId) === index - 1) answered.add(resultId)
    }
  }
  return { uses, answered }
}

const checkResults = <Unit extends PlacedUnit>(
  turn: Turn<Unit>,
  index: number,
  { uses, answered }: Pairs,
  ids: ToolIds<Unit>,
): void => {
  for (const unit of turn.units) {
    const id = ids.resultId(unit)
    if (id === undefined) continue
    if (uses.get(id) !== index - 1) {
      throw invalidRequest(
        unit.path,
        `unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${ids.toClient(id)}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
        'unexpected `tool_use_id` found in `tool_result` blocks: no such `tool_use` in the previous message',
      )
    }
    if (!answered.delete(id)) {
      throw invalidRequest(
        unit.path,
        `each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${ids.toClient(id)}`,
        'each tool_use must have a single result',
      )
    }
  }
}

/** The message's path (`messages.N`) of a block's path. */
const messageOf = (path: Path): Path => path.slice(0, 2)

/** `path`: of the first such tool use. */
const unanswered = <Unit extends PlacedUnit>(
  path: Path,
  turn: Turn<Unit>,
  { answered }: Pairs,
  ids: ToolIds<Unit>,
): GatewayError => {
  const open = turn.units.flatMap((unit) => {
    const id = ids.useId(unit)
    return id === undefined || answered.has(id) ? [] : [ids.toClient(id)]
  })
  return invalidRequest(
    messageOf(path),
    `\`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
    '`tool_use` ids were found without `tool_result` blocks immediately after',
  )
}

const checkAnswered = <Unit extends PlacedUnit>(turn: Turn<Unit>, pairs: Pairs, ids: ToolIds<Unit>): void => {
  for (const unit of turn.units) {
    const id = ids.useId(unit)
    if (id !== undefined && !pairs.answered.has(id)) throw unanswered(unit.path, turn, pairs, ids)
  }
}

/** Throws a 400 for the first tool use or result without its partner, and for a duplicate id. */
export const checkToolPairs = <Unit extends PlacedUnit>(turns: readonly Turn<Unit>[], ids: ToolIds<Unit>): void => {
  const pairs = findPairs(turns, ids)
  let index = -1
  for (const turn of turns) {
    index += 1
    if (turn.role === 'user') checkResults(turn, index, pairs, ids)
    else checkAnswered(turn, pairs, ids)
  }
}
