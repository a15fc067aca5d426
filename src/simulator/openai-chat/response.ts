import type { ConverseStopReason, TokenUsage } from '../../wire/converse/response.ts'
import type { Reply, ReplyBlock } from '../reply.ts'
import { redact, sign } from '../signature.ts'
import { countTokens } from '../tokens.ts'
import type { AnswerShape } from './answer-shape.ts'

/** A reply as a whole Chat Completions response, and the parts that whole and streamed responses share. */

type Json = Readonly<Record<string, unknown>>

/** Tokens. */
export interface ChatUsage {
  readonly prompt: number
  readonly cached: number
  readonly completion: number
  readonly reasoning: number
}

export type AnswerPart =
  | { readonly kind: 'reasoning'; readonly text: string; readonly signature: string; readonly index: number }
  | { readonly kind: 'encrypted'; readonly data: string; readonly index: number }
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'call'
      readonly id: string
      readonly name: string
      readonly input: string
      readonly index: number
    }

export interface ChatAnswer {
  readonly id: string
  /** Seconds since 1970. */
  readonly created: number
  readonly model: string
  readonly parts: readonly AnswerPart[]
  readonly finishReason: string
  readonly stopSequence: string | undefined
  readonly usage: ChatUsage
}

export interface AnswerOptions {
  readonly shape: AnswerShape
  readonly model: string
  readonly prompt: { readonly prompt: number; readonly cached: number }
  /** The request names the tool that must be called. */
  readonly isCallNamed: boolean
  readonly newId: () => string
}

const finishReasons: Partial<Record<ConverseStopReason, string>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_use: 'tool_calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  content_filtered: 'content_filter',
  guardrail_intervened: 'content_filter',
}

const toParts = (blocks: readonly ReplyBlock[], { shape, newId }: AnswerOptions): AnswerPart[] => {
  let calls = 0
  let thoughts = 0
  return blocks.map((block): AnswerPart => {
    if ('text' in block) return { kind: 'text', text: block.text }
    if ('citedText' in block) return { kind: 'text', text: block.citedText }
    if ('redacted' in block) return { kind: 'encrypted', data: redact(block.redacted), index: thoughts++ }
    if ('thinking' in block) {
      const signature = block.signature ?? sign(block.thinking)
      return { kind: 'reasoning', text: block.thinking, signature, index: thoughts++ }
    }
    const index = calls++
    const id = block.id ?? shape.callId(newId(), { name: block.tool, index })
    return { kind: 'call', id, name: block.tool, input: JSON.stringify(block.input ?? {}), index }
  })
}

const finishOf = (reply: Reply, parts: readonly AnswerPart[], { shape, isCallNamed }: AnswerOptions): string => {
  if (reply.finishReason !== undefined) return reply.finishReason
  if (reply.stopReason !== undefined) return finishReasons[reply.stopReason] ?? 'stop'
  const hasCall = parts.some(({ kind }) => kind === 'call')
  return hasCall && !(isCallNamed && shape.namedCallStops === true) ? 'tool_calls' : 'stop'
}

/** A scenario has Converse's figures, whose prompt excludes cached tokens. */
const usageOf = (given: TokenUsage | undefined, counted: ChatUsage): ChatUsage => {
  if (given === undefined) return counted
  const { inputTokens, outputTokens, cacheReadInputTokens, cacheWriteInputTokens = 0 } = given
  const cached = cacheReadInputTokens ?? counted.cached
  return {
    ...counted,
    cached,
    prompt: inputTokens === undefined ? counted.prompt : inputTokens + cached + cacheWriteInputTokens,
    completion: outputTokens ?? counted.completion,
  }
}

export const toChatAnswer = (reply: Reply, options: AnswerOptions): ChatAnswer => {
  const { model, prompt, newId } = options
  const parts = toParts(reply.content ?? [], options)
  const reasoning = parts.reduce((sum, part) => sum + (part.kind === 'reasoning' ? countTokens(part.text) : 0), 0)
  const said = parts.map((part) =>
    part.kind === 'text' ? part.text : part.kind === 'call' ? part.name + part.input : '',
  )
  return {
    id: `chatcmpl-${newId().replaceAll('-', '')}`,
    created: Math.floor(Date.now() / 1000),
    model,
    parts,
    finishReason: finishOf(reply, parts, options),
    stopSequence: reply.stopSequence,
    usage: usageOf(reply.usage, { ...prompt, reasoning, completion: reasoning + countTokens(said.join(' ')) }),
  }
}

export const toUsage = ({ prompt, cached, completion, reasoning }: ChatUsage, shape: AnswerShape): Json => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
  ...(shape.cachedTokens === 'details' && {
    prompt_tokens_details: { cached_tokens: cached, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: reasoning, audio_tokens: 0 },
  }),
  ...(shape.cachedTokens === 'hit and miss' && {
    prompt_cache_hit_tokens: cached,
    prompt_cache_miss_tokens: prompt - cached,
    completion_tokens_details: { reasoning_tokens: reasoning },
  }),
  ...(shape.cachedTokens === 'flat' && { cached_tokens: cached }),
})

/** OpenRouter's item for reasoning. */
export const reasoningDetail = (index: number, more: Json): Json => ({
  type: 'reasoning.text',
  ...more,
  format: 'anthropic-claude-v1',
  index,
})

export const encryptedDetail = (index: number, data: string): Json => ({
  type: 'reasoning.encrypted',
  data,
  format: 'anthropic-claude-v1',
  index,
})

const detailsOf = (parts: readonly AnswerPart[]): Json[] =>
  parts.flatMap((part) => {
    if (part.kind === 'encrypted') return [encryptedDetail(part.index, part.data)]
    if (part.kind !== 'reasoning') return []
    return [reasoningDetail(part.index, { text: part.text, signature: part.signature })]
  })

/** Mistral's part of the content. */
export const thinkingPart = (text: string): Json => ({ type: 'thinking', thinking: [{ type: 'text', text }] })

const reasoningMembers = (parts: readonly AnswerPart[], { reasoning }: AnswerShape): Json => {
  const text = parts.flatMap((part) => (part.kind === 'reasoning' ? [part.text] : [])).join('\n\n')
  const details = reasoning === 'details' ? detailsOf(parts) : []
  return {
    ...(text !== '' && reasoning === 'reasoning_content' && { reasoning_content: text }),
    ...(text !== '' && (reasoning === 'reasoning' || reasoning === 'details') && { reasoning: text }),
    ...(details.length > 0 && { reasoning_details: details }),
  }
}

const contentOf = (parts: readonly AnswerPart[], { reasoning }: AnswerShape): unknown => {
  const text = parts.flatMap((part) => (part.kind === 'text' ? [part.text] : [])).join('')
  const thoughts = parts.flatMap((part) => (part.kind === 'reasoning' ? [thinkingPart(part.text)] : []))
  if (reasoning === 'parts' && thoughts.length > 0) return [...thoughts, ...(text ? [{ type: 'text', text }] : [])]
  return text === '' && parts.some(({ kind }) => kind === 'call') ? null : text
}

/** The finish reason, and the members next to it. */
export const finishMembers = ({ finishReason, stopSequence }: ChatAnswer, shape: AnswerShape): Json => ({
  finish_reason: finishReason,
  ...(shape.stopMember !== undefined && { [shape.stopMember]: stopSequence ?? null }),
})

export const toCompletion = (answer: ChatAnswer, shape: AnswerShape): Json => {
  const { id, created, model, parts, usage } = answer
  const calls = parts.flatMap((part) =>
    part.kind === 'call'
      ? [{ id: part.id, type: 'function', function: { name: part.name, arguments: part.input } }]
      : [],
  )
  const message = {
    role: 'assistant',
    content: contentOf(parts, shape),
    ...reasoningMembers(parts, shape),
    ...(calls.length > 0 && { tool_calls: calls }),
    refusal: null,
  }
  return {
    id,
    object: 'chat.completion',
    created,
    model,
    choices: [{ index: 0, message, logprobs: null, ...shape.choiceMembers, ...finishMembers(answer, shape) }],
    usage: toUsage(usage, shape),
    ...shape.members,
  }
}
