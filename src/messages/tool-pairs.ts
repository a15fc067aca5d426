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

interface ToolUse {
  /** The index of its turn. */
  readonly turn: number
  /** The next turn has a result of it. */
  isAnswered: boolean
  /** That result was checked: another one is too many. */
  isChecked: boolean
}

/** The conversation's tool uses, by id. */
type ToolUses = ReadonlyMap<string, ToolUse>

const findUses = <Unit extends PlacedUnit>(turns: readonly Turn<Unit>[], ids: ToolIds<Unit>): ToolUses => {
  const uses = new Map<string, ToolUse>()
  let index = -1
  for (const turn of turns) {
    index += 1
    for (const unit of turn.units) {
      const useId = ids.useId(unit)
      if (useId !== undefined) {
        if (uses.has(useId)) throw invalidRequest(unit.path, '`tool_use` ids must be unique')
        uses.set(useId, { turn: index, isAnswered: false, isChecked: false })
        continue
      }
      const resultId = ids.resultId(unit)
      const use = resultId === undefined ? undefined : uses.get(resultId)
      if (use?.turn === index - 1) use.isAnswered = true
    }
  }
  return uses
}

const checkResults = <Unit extends PlacedUnit>(
  turn: Turn<Unit>,
  index: number,
  uses: ToolUses,
  ids: ToolIds<Unit>,
): void => {
  for (const unit of turn.units) {
    const id = ids.resultId(unit)
    if (id === undefined) continue
    const use = uses.get(id)
    if (use?.turn !== index - 1) {
      throw invalidRequest(
        unit.path,
        `unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${ids.toClient(id)}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
        'unexpected `tool_use_id` found in `tool_result` blocks: no such `tool_use` in the previous message',
      )
    }
    if (use.isChecked) {
      throw invalidRequest(
        unit.path,
        `each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${ids.toClient(id)}`,
        'each tool_use must have a single result',
      )
    }
    use.isChecked = true
  }
}

/** The message's path (`messages.N`) of a block's path. */
const messageOf = (path: Path): Path => path.slice(0, 2)

/** `path`: of the first such tool use. */
const unanswered = <Unit extends PlacedUnit>(
  path: Path,
  turn: Turn<Unit>,
  uses: ToolUses,
  ids: ToolIds<Unit>,
): GatewayError => {
  const open = turn.units.flatMap((unit) => {
    const id = ids.useId(unit)
    return id === undefined || uses.get(id)?.isAnswered === true ? [] : [ids.toClient(id)]
  })
  return invalidRequest(
    messageOf(path),
    `\`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
    '`tool_use` ids were found without `tool_result` blocks immediately after',
  )
}

const checkAnswered = <Unit extends PlacedUnit>(turn: Turn<Unit>, uses: ToolUses, ids: ToolIds<Unit>): void => {
  for (const unit of turn.units) {
    const id = ids.useId(unit)
    if (id !== undefined && uses.get(id)?.isAnswered !== true) throw unanswered(unit.path, turn, uses, ids)
  }
}

/** Throws a 400 for the first tool use or result without its partner, and for a duplicate id. */
export const checkToolPairs = <Unit extends PlacedUnit>(turns: readonly Turn<Unit>[], ids: ToolIds<Unit>): void => {
  const uses = findUses(turns, ids)
  let index = -1
  for (const turn of turns) {
    index += 1
    if (turn.role === 'user') checkResults(turn, index, uses, ids)
    else checkAnswered(turn, uses, ids)
  }
}
