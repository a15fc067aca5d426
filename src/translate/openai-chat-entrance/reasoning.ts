import type { CompletionMessage, ReasoningDetail } from '../../wire/openai-chat/completion.ts'
import type { ThinkingContent } from '../openai-entrance/thinking-content.ts'
import type { ChatAnswerPlan } from './request.ts'

/** OpenRouter's name for thinking that Anthropic has signed. */
export const reasoningFormat = 'anthropic-claude-v1'

type Reasoning = ChatAnswerPlan['reasoning']

export const showsText = (reasoning: Reasoning): boolean => reasoning === 'both' || reasoning === 'content'
export const showsDetails = (reasoning: Reasoning): boolean => reasoning === 'both' || reasoning === 'details'

/** `index`: among the answer's blocks of thinking. Undefined for an empty block. */
const toDetail = (block: ThinkingContent, index: number): ReasoningDetail | undefined => {
  const place = { format: reasoningFormat, index } as const
  if (block.type === 'redacted_thinking') return { type: 'reasoning.encrypted', data: block.data, ...place }
  const { thinking, signature } = block
  if (thinking === '' && signature === '') return undefined
  return { type: 'reasoning.text', text: thinking, ...(signature !== '' && { signature }), ...place }
}

/** The members that show the thinking of an answer (OE-C62). */
export const toReasoning = (
  blocks: readonly ThinkingContent[],
  text: string,
  reasoning: Reasoning,
): Partial<CompletionMessage> => {
  const details = showsDetails(reasoning) ? blocks.flatMap((block, index) => toDetail(block, index) ?? []) : []
  return {
    ...(text !== '' && showsText(reasoning) && { reasoning_content: text }),
    ...(details.length > 0 && { reasoning_details: details }),
  }
}
