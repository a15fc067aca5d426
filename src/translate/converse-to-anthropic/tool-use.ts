import { createToolUseIds, missingToolName } from '../../messages/tool-use-ids.ts'
import type { OutputToolUse } from '../../wire/converse/response.ts'
import type { ResponseContext } from './response-context.ts'

const toName = (name: string, responseContext: ResponseContext): string => {
  if (name !== '') return responseContext.toClientToolName(name)
  responseContext.onOddity?.('tool use without a name')
  return missingToolName
}

/**
 * Translates the tool uses of one response, in order and without inputs. Bedrock's ids (`tooluse_...`) stay unchanged;
 * some models of other vendors send the same id each time (`lookup`).
 */
export const createToolUses = (responseContext: ResponseContext) => {
  const toId = createToolUseIds(responseContext.usedToolUseIds)
  return ({ type, toolUseId, name }: Omit<OutputToolUse, 'input'>) => {
    const isServerTool = type === 'server_tool_use'
    return {
      type: isServerTool ? ('server_tool_use' as const) : ('tool_use' as const),
      id: toId(toolUseId),
      caller: { type: 'direct' as const },
      name: toName(name, responseContext),
      input: {},
    }
  }
}
