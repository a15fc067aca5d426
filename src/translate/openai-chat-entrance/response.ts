import type { Message, ResponseBlock } from '../../wire/anthropic/response.ts'
import type { Completion, CompletionAnnotation, CompletionMessage } from '../../wire/openai-chat/completion.ts'
import type { AnswerIdentity } from '../openai-entrance/answer-identity.ts'
import { withoutJsonFence } from '../openai-entrance/json-fence.ts'
import type { ThinkingContent } from '../openai-entrance/thinking-content.ts'
import { toCompletionUsage } from '../openai-entrance/usage.ts'
import { toAnnotations } from './annotations.ts'
import { toFinishReason, toRefusal } from './finish.ts'
import { toReasoning } from './reasoning.ts'
import type { ChatAnswerPlan } from './request.ts'
import { type CallsMember, toToolCall } from './tool-call.ts'

type Content = readonly ResponseBlock[]

const textOf = (content: Content): string => content.map((block) => (block.type === 'text' ? block.text : '')).join('')

const annotationsOf = (content: Content): CompletionAnnotation[] => {
  let length = 0
  return content.flatMap((block) => {
    if (block.type !== 'text') return []
    const start = length
    length += block.text.length
    return toAnnotations(block.citations ?? [], start, length)
  })
}

const isThinking = (block: ResponseBlock): block is ThinkingContent =>
  block.type === 'thinking' || block.type === 'redacted_thinking'

const thinkingTextOf = (blocks: readonly ThinkingContent[]): string =>
  blocks.map((block) => (block.type === 'thinking' ? block.thinking : '')).join('')

type Calls = Pick<CompletionMessage, 'tool_calls' | 'function_call'>

/** A client that declares `functions` knows one call only (OE-C82). */
const callsOf = (content: Content, plan: ChatAnswerPlan): Calls => {
  const calls = content.flatMap((block) => (block.type === 'tool_use' ? [toToolCall(block, plan)] : []))
  const [first] = calls
  if (first === undefined) return {}
  return plan.usesFunctions && first.type === 'function' ? { function_call: first.function } : { tool_calls: calls }
}

/** An answer of calls alone has no content (OE-C81). */
const toContent = (text: string, member: CallsMember | undefined, { isJsonObject }: ChatAnswerPlan): string | null => {
  if (text === '' && member !== undefined) return null
  return isJsonObject ? withoutJsonFence(text) : text
}

const memberOf = ({ tool_calls, function_call }: Calls): CallsMember | undefined => {
  if (tool_calls !== undefined) return 'tool_calls'
  return function_call === undefined ? undefined : 'function_call'
}

/** Translates a whole message (OE-C80 to OE-C86). */
export const messageToCompletion = (
  { content, stop_reason, stop_details, usage }: Message,
  plan: ChatAnswerPlan,
  { id, created }: AnswerIdentity,
): Completion => {
  const calls = callsOf(content, plan)
  const member = memberOf(calls)
  const text = textOf(content)
  const thinking = content.filter(isThinking)
  const thinkingText = thinkingTextOf(thinking)
  const message: CompletionMessage = {
    role: 'assistant',
    content: toContent(text, member, plan),
    refusal: toRefusal(stop_reason, stop_details),
    annotations: plan.isJsonObject ? [] : annotationsOf(content),
    ...toReasoning(thinking, thinkingText, plan.reasoning),
    ...calls,
  }
  return {
    id,
    object: 'chat.completion',
    created,
    model: plan.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: toFinishReason(stop_reason, member) }],
    usage: toCompletionUsage(usage, thinkingText.length),
    service_tier: 'default',
  }
}
