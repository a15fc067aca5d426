import { isObject, parseObject } from '../../base/json.ts'
import { sha256Hex } from '../../runtime/hash.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { ChatRequest } from '../../wire/openai-chat/request.ts'
import type { ChatContext } from './context.ts'

/** What stands for the user and the session. Neither leaves as it is: they name accounts and devices. */

const userIdOf = (request: MessagesRequest): string | undefined => {
  const { metadata }: Readonly<Record<string, unknown>> = request
  const userId = isObject(metadata) ? metadata['user_id'] : undefined
  return typeof userId === 'string' && userId !== '' ? userId : undefined
}

/** `user_HASH_account_UUID_session_UUID`, the form that came before JSON. */
const sessionSuffix = /_session_([\w-]+)$/

const sessionIdIn = (userId: string): string | undefined => {
  const sessionId = userId.startsWith('{') ? parseObject(userId)?.['session_id'] : sessionSuffix.exec(userId)?.[1]
  return typeof sessionId === 'string' && sessionId !== '' ? sessionId : undefined
}

/** Providers take 64 characters. */
const cacheKeyLength = 32

/** Names a session without its id; undefined where the client names no session. */
export const sessionKeyOf = (request: MessagesRequest): string | undefined => {
  const userId = userIdOf(request)
  const sessionId = userId === undefined ? undefined : sessionIdIn(userId)
  return sessionId === undefined ? undefined : sha256Hex(sessionId).slice(0, cacheKeyLength)
}

/** Requests of one session find its prompts again by this key (OU-Q10). */
export const toCacheKey = (request: MessagesRequest, { dialect }: ChatContext): string | undefined =>
  dialect.promptCacheKey ? sessionKeyOf(request) : undefined

/** The hashed user id, where the server's configuration wants it sent (OU-Q9). */
export const toUserId = (
  request: MessagesRequest,
  { dialect, policy }: ChatContext,
): Pick<ChatRequest, 'safety_identifier' | 'user'> => {
  const userId = userIdOf(request)
  if (userId === undefined || policy.userId === 'drop' || dialect.userIdMember === 'none') return {}
  return { [dialect.userIdMember]: sha256Hex(userId) }
}
