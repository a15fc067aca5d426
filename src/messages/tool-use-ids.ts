import type { MessagesRequest } from '../wire/anthropic/request.ts'

/** What Anthropic refuses in an id ("String should match pattern '^[a-zA-Z0-9_-]+$'"). Upstreams send more. */
const invalidInId = /[^a-zA-Z0-9_-]/g
/** In place of an empty id, which the client could not give back. */
const missingId = 'tooluse'
/** Anthropic's limit, and that of other upstreams. */
const maximumLength = 64

const toValidId = (id: string): string => (id === '' ? missingId : id.replace(invalidInId, '-').slice(0, maximumLength))

/**
 * `id`, or the first of `id-2`, `id-3` ... that is not used. Not `id_2`: Claude Code 2.1.332 takes that for a part of its
 * own of the call `id`, and loses the result.
 */
const toUnusedId = (id: string, used: ReadonlySet<string>): string => {
  let unused = id
  for (let count = 2; used.has(unused); count += 1) {
    const suffix = `-${count}`
    unused = id.slice(0, maximumLength - suffix.length) + suffix
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

/**
 * Makes the ids of one response's tool uses from the upstream's, in their order. Each is one that the client can give
 * back: valid, and used by no other tool use of the conversation. It depends on nothing but the conversation and the
 * response. `usedIds` gives a new set of the conversation's ids.
 */
export const createToolUseIds = (usedIds: () => Set<string>): ((upstreamId: string) => string) => {
  let used: Set<string> | undefined
  return (upstreamId) => {
    used ??= usedIds()
    const id = toUnusedId(toValidId(upstreamId), used)
    used.add(id)
    return id
  }
}

/** In place of the name of a tool use that has none. */
export const missingToolName = 'unnamed_tool'
