import { sessionIdIn, userIdOf } from '../../messages/session-id.ts'
import { sha256Hex } from '../../runtime/hash.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { ChatRequest } from '../../wire/openai-chat/request.ts'
import type { ChatContext } from './context.ts'

/** Hashes of the user and session ids. The ids themselves are not sent: they name accounts and devices. */

/** Providers accept up to 64 characters. */
const cacheKeyLength = 32

/** A hash that identifies a session; undefined if the client sends no session. */
export const sessionKeyOf = (request: MessagesRequest): string | undefined => {
  const userId = userIdOf(request)
  const sessionId = userId === undefined ? undefined : sessionIdIn(userId)
  return sessionId === undefined ? undefined : sha256Hex(sessionId).slice(0, cacheKeyLength)
}

/** The key of a session's cached prompts (OU-Q10). */
export const toCacheKey = (request: MessagesRequest, { dialect }: ChatContext): string | undefined =>
  dialect.promptCacheKey ? sessionKeyOf(request) : undefined

/** The hashed user id, if the configuration says to send it (OU-Q9). */
export const toUserId = (
  request: MessagesRequest,
  { dialect, policy }: ChatContext,
): Pick<ChatRequest, 'safety_identifier' | 'user'> => {
  const userId = userIdOf(request)
  if (userId === undefined || policy.userId === 'drop' || dialect.userIdMember === 'none') return {}
  return { [dialect.userIdMember]: sha256Hex(userId) }
}
