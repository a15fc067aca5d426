import type { MessagesRequest } from '../wire/anthropic/request.ts'

/** How an upstream's ids become the client's. */
export interface ToolUseIdRule {
  /** Matches each character to replace. */
  readonly invalidCharacters: RegExp
  readonly maximumLength: number
}

/** Ids that Anthropic accepts ("String should match pattern '^[a-zA-Z0-9_-]+$'"), with its limit and that of other upstreams. */
const anthropicIds: ToolUseIdRule = { invalidCharacters: /[^a-zA-Z0-9_-]/g, maximumLength: 64 }

/** Replaces an empty id, which the client could not send back. */
const missingId = 'tooluse'

const toValidId = (id: string, { invalidCharacters, maximumLength }: ToolUseIdRule): string =>
  id === '' ? missingId : id.replace(invalidCharacters, '-').slice(0, maximumLength)

/**
 * `id`, or the first of `id-2`, `id-3` ... that is unused. Not `id_2`: Claude Code 2.1.332 reads that as its own part
 * of the call `id`, and loses the result.
 */
const toUnusedId = (id: string, used: ReadonlySet<string>, { maximumLength }: ToolUseIdRule): string => {
  let unused = id
  for (let count = 2; used.has(unused); count += 1) {
    const suffix = `-${count}`
    unused = id.slice(0, maximumLength - suffix.length) + suffix
  }
  return unused
}

/** The ids of all tool uses of a conversation: Anthropic refuses duplicates. */
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

/**
 * Makes the ids of one response's tool uses from the upstream's, in order. Each id is valid and unique in the
 * conversation, so that the client can send it back, and depends only on conversation and response. `usedIds` returns a
 * new set of the conversation's ids.
 */
export const createToolUseIds = (
  usedIds: () => Set<string>,
  rule: ToolUseIdRule = anthropicIds,
): ((upstreamId: string) => string) => {
  let used: Set<string> | undefined
  return (upstreamId) => {
    used ??= usedIds()
    const id = toUnusedId(toValidId(upstreamId, rule), used, rule)
    used.add(id)
    return id
  }
}

/** Replaces an empty name of a tool use. */
export const missingToolName = 'unnamed_tool'
