import type { CompletionStep } from '../../../translate/openai-chat-entrance/completion-step.ts'
import { reasoningFormat, showsDetails, showsText } from '../../../translate/openai-chat-entrance/reasoning.ts'
import type { ChatAnswerPlan } from '../../../translate/openai-chat-entrance/request.ts'
import type { AnswerIdentity } from '../../../translate/openai-entrance/answer-identity.ts'

export const doneText = 'data: [DONE]\n\n'

/** Writes the delta for a part of thinking, given as JSON, with the members that show it (OE-C92). */
const createReasoningText = (reasoning: ChatAnswerPlan['reasoning']): ((text: string, index: number) => string) => {
  const details = (text: string, index: number): string =>
    `"reasoning_details":[{"type":"reasoning.text","text":${text},"format":"${reasoningFormat}","index":${index}}]`
  if (!showsText(reasoning)) return (text, index) => `{${details(text, index)}}`
  if (!showsDetails(reasoning)) return (text) => `{"reasoning_content":${text}}`
  return (text, index) => `{"reasoning_content":${text},${details(text, index)}}`
}

/**
 * Writes the chunks of one answer, which all have the same head. For the frequent steps, only the model's text is
 * converted to JSON.
 */
export const createChunkText = (
  { model, includesUsage, usesFunctions, reasoning }: ChatAnswerPlan,
  { id, created }: AnswerIdentity,
): ((step: CompletionStep) => string) => {
  const fields = { id, object: 'chat.completion.chunk', created, model, service_tier: 'default' }
  const head = `data: ${JSON.stringify(fields).slice(0, -1)},"choices":[`
  const usage = includesUsage ? ',"usage":null' : ''
  const chunk = (delta: string, finish = 'null'): string =>
    `${head}{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish}}]${usage}}\n\n`
  const reasoningText = createReasoningText(reasoning)
  return (step) => {
    switch (step.type) {
      case 'text':
        return chunk(`{"content":${JSON.stringify(step.text)}}`)
      case 'reasoning':
        return chunk(reasoningText(JSON.stringify(step.text), step.index))
      case 'arguments': {
        const part = `{"arguments":${JSON.stringify(step.text)}}`
        const calls = `{"tool_calls":[{"index":${step.index},"function":${part}}]}`
        return chunk(usesFunctions ? `{"function_call":${part}}` : calls)
      }
      case 'custom_input':
        return chunk(`{"tool_calls":[{"index":${step.index},"custom":{"input":${JSON.stringify(step.text)}}}]}`)
      case 'delta':
        return chunk(JSON.stringify(step.delta))
      case 'finish':
        return chunk('{}', `"${step.reason}"`)
      case 'usage':
        return `${head}],"usage":${JSON.stringify(step.usage)}}\n\n`
    }
  }
}
