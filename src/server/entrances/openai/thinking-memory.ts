import type { AnswerThinking } from '../../../translate/openai-entrance/answer-thinking.ts'
import type { IsThinkingOf } from '../../../translate/openai-entrance/context.ts'
import type { ThinkingContent } from '../../../translate/openai-entrance/thinking-content.ts'

/**
 * Keeps the thinking of answers with tool calls, for clients that send the calls back without it (OE-C64). In memory
 * only, and bounded: the turn that was not used for the longest time goes first.
 */
export interface ThinkingMemory {
  /** `owner`: the client and its model. Another owner cannot read it. */
  keep(owner: string, answer: AnswerThinking): void
  /** The latest that `isOf` accepts: some upstreams give calls of several conversations the same id. */
  recall(owner: string, toolCallId: string, isOf?: IsThinkingOf): readonly ThinkingContent[] | undefined
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
  /** By owner, and by each of their calls, the latest last: a request looks up every call of its history. */
  const turnsOf = new Map<string, Map<string, readonly Turn[]>>()
  /** The least recently used first. */
  const turns = new Set<Turn>()
  let bytes = 0

  const remove = (turn: Turn): void => {
    if (!turns.delete(turn)) return
    bytes -= turn.bytes
    const own = turnsOf.get(turn.owner)
    for (const id of turn.toolCallIds) {
      const others = own?.get(id)?.filter((other) => other !== turn) ?? []
      if (others.length === 0) own?.delete(id)
      else own?.set(id, others)
    }
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
      const own = turnsOf.get(owner) ?? new Map<string, readonly Turn[]>()
      turnsOf.set(owner, own)
      for (const id of answer.toolCallIds) own.set(id, [...(own.get(id) ?? []), turn])
      trim()
    },
    recall(owner, toolCallId, isOf = () => true) {
      trim()
      const turn = turnsOf
        .get(owner)
        ?.get(toolCallId)
        ?.findLast(({ thinking }) => isOf(thinking))
      if (turn === undefined) return undefined
      turn.usedAt = now()
      turns.delete(turn)
      turns.add(turn)
      return turn.thinking
    },
    forget(owner, toolCallId) {
      for (const turn of turnsOf.get(owner)?.get(toolCallId) ?? []) remove(turn)
    },
  }
}
