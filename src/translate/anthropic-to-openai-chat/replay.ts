import type { Json } from '../../base/json.ts'
import { isBlank } from '../../messages/blank.ts'
import type { ThinkingBlock } from '../../wire/anthropic/content.ts'
import type { AssistantMessage } from '../../wire/openai-chat/message.ts'
import type { ChatDialect, ReasoningReplay } from '../capabilities/chat-dialect.ts'
import { decodeReasoningCarrier, type ReasoningCarrier } from '../reasoning-carrier.ts'

/**
 * Sends the reasoning of earlier turns back (OU section 1.7). The client's history has plain text as thinking without a
 * signature; data that must return unaltered is in the signature.
 */

/** The content of the thinking blocks of one assistant turn. */
export interface TurnReasoning {
  /** Empty if the turn has no text of reasoning. */
  readonly text: string
  /** The provider's own `reasoning_details`. */
  readonly details: readonly Json[]
  /** Gemini's tokens by the client's ids of calls. */
  readonly tokens: ReadonlyMap<string, string>
}

export const noReasoning: TurnReasoning = { text: '', details: [], tokens: new Map() }

const replaysText = (replay: ReasoningReplay): boolean => replay !== 'none' && replay !== 'token'

/** The data of this provider in a thinking block. Data of another provider is ignored (OU-Q91). */
const carrierOf = ({ signature }: ThinkingBlock, { id }: ChatDialect): ReasoningCarrier | undefined => {
  const carrier = signature ? decodeReasoningCarrier(signature) : undefined
  return carrier?.p === id ? carrier : undefined
}

/** Whether the provider gets any part of a thinking block. */
export const isReplayed = (block: ThinkingBlock, dialect: ChatDialect): boolean => {
  const { replay } = dialect
  if (replaysText(replay) && !isBlank(block.thinking)) return true
  if (replay === 'token') return Object.keys(carrierOf(block, dialect)?.t ?? {}).length > 0
  const replaysDetails = replay === 'details' || replay === 'details-text'
  return replaysDetails && (carrierOf(block, dialect)?.d ?? []).length > 0
}

/** The thinking of one assistant turn as one value, its texts joined by a blank line (OU-Q93). */
export const joinReasoning = (blocks: readonly ThinkingBlock[], dialect: ChatDialect): TurnReasoning => {
  if (blocks.length === 0) return noReasoning
  const texts: string[] = []
  const details: Json[] = []
  const tokens = new Map<string, string>()
  for (const block of blocks) {
    if (!isBlank(block.thinking)) texts.push(block.thinking)
    const carrier = carrierOf(block, dialect)
    if (carrier === undefined) continue
    for (const detail of carrier.d) details.push(detail)
    for (const [callId, token] of Object.entries(carrier.t)) tokens.set(callId, token)
  }
  return { text: texts.join('\n\n'), details, tokens }
}

/** What the replay of one turn depends on, apart from its reasoning. */
export interface ReplayState {
  /** The request switches reasoning off. */
  readonly isOff: boolean
  /** The turn has tool calls. */
  readonly hasCalls: boolean
  /** The reasoning of the latest earlier turn that had any. */
  readonly earlierText: string
}

type ReasoningMembers = Pick<AssistantMessage, 'reasoning_content' | 'reasoning' | 'reasoning_details'>
type Replay = (reasoning: TurnReasoning, state: ReplayState) => ReasoningMembers

const nothing: Replay = () => ({})
const content: Replay = ({ text }) => (text === '' ? {} : { reasoning_content: text })
const plain: Replay = ({ text }) => (text === '' ? {} : { reasoning: text })

/** Kimi refuses calls without reasoning, and accepts this text if the reasoning is unknown (OU-Q97). */
const unavailable = '[reasoning unavailable]'

const withDetails =
  (otherwise: Replay): Replay =>
  (reasoning, state) =>
    reasoning.details.length > 0 ? { reasoning_details: [...reasoning.details] } : otherwise(reasoning, state)

const replays: Readonly<Record<ReasoningReplay, Replay>> = {
  none: nothing,
  content,
  // `keepCurrentReasoning` later removes the reasoning of other turns.
  'content-current': content,
  'content-always': ({ text }, { isOff }) => (isOff && text === '' ? {} : { reasoning_content: text }),
  'content-calls': (reasoning, state) => {
    if (reasoning.text !== '' || state.isOff || !state.hasCalls) return content(reasoning, state)
    return { reasoning_content: state.earlierText === '' ? unavailable : state.earlierText }
  },
  reasoning: plain,
  both: ({ text }) => (text === '' ? {} : { reasoning_content: text, reasoning: text }),
  details: withDetails(plain),
  'details-text': withDetails(({ text }) =>
    text === '' ? {} : { reasoning_details: [{ type: 'reasoning.text', text }] },
  ),
  // These two are in the content and on the calls: see assistant-message.ts.
  parts: nothing,
  token: nothing,
}

/** The members of an assistant message that carry its reasoning (OU-Q94 to Q99). */
export const toReasoningMembers = (
  reasoning: TurnReasoning,
  { replay }: ChatDialect,
  state: ReplayState,
): ReasoningMembers => replays[replay](reasoning, state)
