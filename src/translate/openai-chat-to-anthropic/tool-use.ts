import { createToolUseIds, missingToolName, type ToolUseIdRule } from '../../messages/tool-use-ids.ts'
import type { ResponseBlock } from '../../wire/anthropic/response.ts'
import type { ChatResponseContext } from './response-context.ts'
import type { ToolCall } from './tool-call.ts'

type ToolUse = Extract<ResponseBlock, { type: 'tool_use' }>

/** gpt-oss writes a mark of its template after the name: `Read<|channel|>commentary`. */
const templateMark = '<|'

const toName = (name: string, { offeredTools, toClientToolName, onOddity }: ChatResponseContext): string => {
  if (name === '') {
    onOddity?.('tool call without a name')
    return missingToolName
  }
  const [beforeMark = ''] = name.split(templateMark, 1)
  return toClientToolName(offeredTools.has(beforeMark) ? beforeMark : name)
}

/** Ids stay, except for characters that a file name cannot have: clients name files after calls (OU-A8). */
const keptIds: ToolUseIdRule = { invalidCharacters: /[\s\p{Cc}/\\]/gu, maximumLength: 200 }

/** Creates the tool uses of a response's calls, in order and without their inputs (OU-A7, A8). */
export const createToToolUse = (context: ChatResponseContext): ((call: ToolCall) => ToolUse) => {
  const toId = createToolUseIds(context.usedToolCallIds, keptIds)
  return ({ id, name }) => ({
    type: 'tool_use',
    id: toId(id),
    caller: { type: 'direct' },
    name: toName(name, context),
    input: {},
  })
}
