import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import { maximumToolUseIdLength } from '../../wire/converse/content.ts'
import type { OutputToolUse } from '../../wire/converse/response.ts'
import type { ResponseContext } from './response-context.ts'

/** What Anthropic refuses in an id ("String should match pattern '^[a-zA-Z0-9_-]+$'"). Converse takes more. */
const invalidInId = /[^a-zA-Z0-9_-]/g
/** In place of an empty id or name, which the client could not give back. */
const missingId = 'tooluse'
const missingName = 'unnamed_tool'

const toValidId = (id: string): string =>
  id === '' ? missingId : id.replace(invalidInId, '-').slice(0, maximumToolUseIdLength)

/**
 * `id`, or the first of `id-2`, `id-3` ... that is not used. Not `id_2`: Claude Code 2.1.332 takes that for a part of its
 * own of the call `id`, and loses the result.
 */
const toUnusedId = (id: string, used: ReadonlySet<string>): string => {
  let unused = id
  for (let count = 2; used.has(unused); count += 1) {
    const suffix = `-${count}`
    unused = id.slice(0, maximumToolUseIdLength - suffix.length) + suffix
  }
  return unused
}

/** The ids of a conversation's tool uses, from its beginning: Anthropic refuses one that comes twice. */
export const toolUseIdsIn = ({ messages }: MessagesRequest): Set<string> => {
  const ids = new Set<string>()
  for (const { content } of messages) {
    if (!Array.isArray(content)) continue
    for (const block of content) {
      const isToolUse = block.type === 'tool_use' || block.type === 'server_tool_use'
      if (isToolUse && block.id !== undefined) ids.add(block.id)
    }
  }
  return ids
}

const toName = (name: string, responseContext: ResponseContext): string => {
  if (name !== '') return responseContext.toClientToolName(name)
  responseContext.onOddity?.('tool use without a name')
  return missingName
}

/**
 * Translates the tool uses of one answer, in their order and without their inputs. Each id is one that the client can
 * give back: valid, and used by no other tool use of the conversation. It depends on nothing but the conversation and
 * the answer. Bedrock's own ids (`tooluse_...`) stay as they are; other vendors' models send `lookup` each time.
 */
export const createToolUses = (responseContext: ResponseContext) => {
  let used: Set<string> | undefined
  return ({ type, toolUseId, name }: Omit<OutputToolUse, 'input'>) => {
    used ??= responseContext.usedToolUseIds()
    const id = toUnusedId(toValidId(toolUseId), used)
    used.add(id)
    const isServerTool = type === 'server_tool_use'
    return {
      type: isServerTool ? ('server_tool_use' as const) : ('tool_use' as const),
      id,
      caller: { type: 'direct' as const },
      name: toName(name, responseContext),
      input: {},
    }
  }
}
