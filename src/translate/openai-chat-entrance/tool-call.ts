import type { ResponseBlock } from '../../wire/anthropic/response.ts'
import type { CompletionToolCall } from '../../wire/openai-chat/completion.ts'
import { toCustomText } from '../openai-entrance/custom-input.ts'
import type { ChatAnswerPlan } from './request.ts'

/** The member of a message that has the calls. */
export type CallsMember = 'tool_calls' | 'function_call'

type ToolUse = Extract<ResponseBlock, { type: 'tool_use' }>

/** The tool of a call as the client declared it. Chat Completions has no namespaces: the name contains them. */
export const calledTool = ({ name }: Pick<ToolUse, 'name'>, { tools }: ChatAnswerPlan) => {
  const identity = tools.get(name)
  const hasOwnName = identity !== undefined && identity.namespace === undefined
  return { isCustom: identity?.kind === 'custom', name: hasOwnName ? identity.name : name }
}

export const toToolCall = (block: ToolUse, plan: ChatAnswerPlan): CompletionToolCall => {
  const { isCustom, name } = calledTool(block, plan)
  const { id, input } = block
  return isCustom
    ? { id, type: 'custom', custom: { name, input: toCustomText(input) } }
    : { id, type: 'function', function: { name, arguments: JSON.stringify(input) } }
}
