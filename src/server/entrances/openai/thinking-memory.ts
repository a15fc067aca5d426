import type { AnswerThinking } from '../../../translate/openai-entrance/answer-thinking.ts'
import type { ThinkingContent } from '../../../translate/openai-entrance/thinking-content.ts'

/**
 * Keeps the thinking of answers with tool calls, for clients that send the calls back without it (OE-C64). In memory
 * only, and bounded: the turn that was not used for the longest time goes first.
 */
export interface ThinkingMemory {
  /** `owner`: the client and its model. Another owner cannot read it. */
  keep(owner: string, answer: AnswerThinking): void
  recall(owner: string, toolCallId: string): readonly ThinkingContent[] | undefined
  /** The model has refused this thinking. */
  forget(owner: string, toolCallId: string): void
}

export interface ThinkingMemoryOptions {
  /** Milliseconds, of any clock. */
  readonly now: () => number
  readonly maximumBytes?: number
}

const defaultMaximumBytes = 32 * 1024 * 1024
const maximumTurns = 2000
/** Twelve hours: longer than a working day's session pauses. */
const lifetimeMs = 12 * 60 * 60 * 1000

/** UTF-16, which is the larger of the two forms that engines use. */
const bytesPerUnit = 2

const unitsOf = (block: ThinkingContent): number =>
  block.type === 'thinking' ? block.thinking.length + block.signature.length : block.data.length

interface Turn extends AnswerThinking {
  readonly owner: string
  readonly bytes: number
  usedAt: number
}

const createTurn = (owner: string, { thinking, toolCallIds }: AnswerThinking, usedAt: number): Turn => {
  let units = owner.length
  for (const block of thinking) units += unitsOf(block)
  for (const id of toolCallIds) units += id.length
  return { owner, thinking, toolCallIds, bytes: units * bytesPerUnit, usedAt }
}

export const createThinkingMemory = ({
  now,
  maximumBytes = defaultMaximumBytes,
}: ThinkingMemoryOptions): ThinkingMemory => {
  /** By owner, and by each of its calls: a request looks up every call of its history. */
  const turnsOf = new Map<string, Map<string, Turn>>()
  /** The least recently used first. */
  const turns = new Set<Turn>()
  let bytes = 0

  const remove = (turn: Turn): void => {
    if (!turns.delete(turn)) return
    bytes -= turn.bytes
    const own = turnsOf.get(turn.owner)
    for (const id of turn.toolCallIds) if (own?.get(id) === turn) own.delete(id)
    if (own?.size === 0) turnsOf.delete(turn.owner)
  }
  const isExpired = ({ usedAt }: Turn): boolean => now() - usedAt > lifetimeMs
  const trim = (): void => {
    for (const oldest of turns) {
      if (bytes <= maximumBytes && turns.size <= maximumTurns && !isExpired(oldest)) return
      remove(oldest)
    }
  }

  return {
    keep(owner, answer) {
      const turn = createTurn(owner, answer, now())
      if (turn.bytes > maximumBytes) return
      turns.add(turn)
      bytes += turn.bytes
      const own = turnsOf.get(owner) ?? new Map<string, Turn>()
      turnsOf.set(owner, own)
      for (const id of answer.toolCallIds) own.set(id, turn)
      trim()
    },
    recall(owner, toolCallId) {
      const turn = turnsOf.get(owner)?.get(toolCallId)
      if (turn === undefined) return undefined
      if (isExpired(turn)) {
        remove(turn)
        return undefined
      }
      turn.usedAt = now()
      turns.delete(turn)
      turns.add(turn)
      return turn.thinking
    },
    forget(owner, toolCallId) {
      const turn = turnsOf.get(owner)?.get(toolCallId)
      if (turn !== undefined) remove(turn)
    },
  }
}
