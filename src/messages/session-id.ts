import { isObject, type Json, parseObject } from '../base/json.ts'

/** The client's own id of its session. Claude Code sends it in a header, and within the id of its user. */

/** The request may be anything: a forwarded one is not checked. */
export const userIdOf = ({ metadata }: Json): string | undefined => {
  const userId = isObject(metadata) ? metadata['user_id'] : undefined
  return typeof userId === 'string' && userId !== '' ? userId : undefined
}

/** `user_HASH_account_UUID_session_UUID`, the older form, before JSON. */
const sessionSuffix = /_session_([\w-]+)$/

/** The session in the id of the user; nothing else of that id is read. */
export const sessionIdIn = (userId: string): string | undefined => {
  const sessionId = userId.startsWith('{') ? parseObject(userId)?.['session_id'] : sessionSuffix.exec(userId)?.[1]
  return typeof sessionId === 'string' && sessionId !== '' ? sessionId : undefined
}

const loggable = /^[\w-]{8,64}$/

/** Undefined for text that is not an id: the log must not have a client's words (OP-E2). */
export const loggableSession = (text: string | null | undefined): string | undefined =>
  text != null && loggable.test(text) ? text : undefined

/** The session of a request whose client sends no header for it (OP-E2). */
export const loggableSessionOf = (request: Json): string | undefined => {
  const userId = userIdOf(request)
  return userId === undefined ? undefined : loggableSession(sessionIdIn(userId))
}
