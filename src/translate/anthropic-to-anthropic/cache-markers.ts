import type { Notes } from '../../messages/notes.ts'
import type { CountTokensRequest } from '../../wire/anthropic/request.ts'

/** The API's limit for one request. */
const maximumMarkers = 4

const isMarked = (holder: object): boolean => 'cache_control' in holder && (holder.cache_control ?? null) !== null

/** Takes the marker off the first holders that it is given. */
const createUnmark = (count: number) => {
  let left = count
  return <T extends object>(holder: T): T => {
    if (left === 0 || !isMarked(holder)) return holder
    left -= 1
    const { cache_control: _marker, ...rest } = holder as T & { readonly cache_control: unknown }
    return rest as unknown as T
  }
}

type MarkedRequest = Pick<CountTokensRequest, 'tools' | 'system' | 'messages' | 'cache_control'>

/**
 * Drops the oldest markers over the API's limit, those of the messages first: the newest of each part are the most
 * useful (OE-C72).
 */
export const limitMarkers = <R extends MarkedRequest>(request: R, notes: Notes): R => {
  const { tools, system, messages } = request
  const markersIn = (holders: readonly object[] | string | null | undefined): number =>
    Array.isArray(holders) ? holders.filter(isMarked).length : 0
  const inMessages = messages.reduce((sum, { content }) => sum + markersIn(content), 0)
  const counts = { messages: inMessages, system: markersIn(system), tools: markersIn(tools) }
  let surplus = counts.messages + counts.system + counts.tools + (request.cache_control ? 1 : 0) - maximumMarkers
  if (surplus <= 0) return request
  notes.dropped(['cache_control'], `cache markers over the limit of ${maximumMarkers}`)
  const take = (count: number, kept: number) => {
    const taken = Math.min(surplus, Math.max(count - kept, 0))
    surplus -= taken
    return createUnmark(taken)
  }
  // The marker at the top marks the last message.
  const keptInMessages = request.cache_control ? 1 : 2
  const [unmarkBlock, unmarkSystem, unmarkTool] = [
    take(counts.messages, keptInMessages),
    take(counts.system, 1),
    take(counts.tools, 1),
  ]
  return {
    ...request,
    ...(tools && { tools: tools.map(unmarkTool) }),
    ...(Array.isArray(system) && { system: system.map(unmarkSystem) }),
    messages: messages.map((message) =>
      Array.isArray(message.content) ? { ...message, content: message.content.map(unmarkBlock) } : message,
    ),
  }
}
