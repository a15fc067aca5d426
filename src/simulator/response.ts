import type { ConverseResponse, ConverseStopReason, OutputBlock, TokenUsage } from '../wire/converse/response.ts'
import type { Reply, ReplyBlock } from './reply.ts'
import { redact, sign } from './signature.ts'
import { countTokens } from './tokens.ts'

/** Converts a reply to Converse's JSON response; parts are shared with streams. */

export interface SimulatedResponse {
  readonly content: readonly OutputBlock[]
  readonly stopReason: ConverseStopReason
  readonly stopSequence: string | undefined
  readonly usage: TokenUsage
}

const toolUseId = (newId: () => string): string => `tooluse_${newId().replaceAll('-', '').slice(0, 22)}`

const toOutputBlock = (block: ReplyBlock, newId: () => string): OutputBlock => {
  if ('text' in block) return { text: block.text }
  if ('thinking' in block) {
    return {
      reasoningContent: { reasoningText: { text: block.thinking, signature: block.signature ?? sign(block.thinking) } },
    }
  }
  if ('redacted' in block) return { reasoningContent: { redactedContent: redact(block.redacted) } }
  if ('tool' in block)
    return { toolUse: { toolUseId: block.id ?? toolUseId(newId), name: block.tool, input: block.input ?? {} } }
  return { citationsContent: { content: [{ text: block.citedText }], citations: block.citations } }
}

const outputTokens = (content: readonly OutputBlock[]): number => countTokens(JSON.stringify(content))

export const toSimulatedResponse = (reply: Reply, metered: TokenUsage, newId: () => string): SimulatedResponse => {
  const content = (reply.content ?? []).map((block) => toOutputBlock(block, newId))
  const said = outputTokens(content)
  return {
    content,
    stopReason: reply.stopReason ?? (content.some((block) => block.toolUse !== undefined) ? 'tool_use' : 'end_turn'),
    stopSequence: reply.stopSequence,
    usage: { ...metered, outputTokens: said, totalTokens: (metered.totalTokens ?? 0) + said, ...reply.usage },
  }
}

/** Includes members that the real service sends and that we do not read. */
type WholeResponse = ConverseResponse & Readonly<{ metrics: object; output: { message: { role: 'assistant' } } }>

export const toConverseResponse = ({ content, stopReason, stopSequence, usage }: SimulatedResponse): WholeResponse => ({
  metrics: { latencyMs: 1 },
  output: { message: { content, role: 'assistant' } },
  stopReason,
  usage,
  ...(stopSequence !== undefined && { additionalModelResponseFields: { stop_sequence: stopSequence } }),
})
