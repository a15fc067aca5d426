import { setMostRecent } from '../../../base/lru.ts'
import { Secret } from '../../../base/secret.ts'
import type { Access, ClientIdentity } from '../../../gateway/policy/access.ts'
import { sha256Hex } from '../../../runtime/hash.ts'

/**
 * The sessions of the dashboard, in memory. Only the server knows the client token: the browser gets a random id
 * (OP-D4).
 */

export const sessionSeconds = 43_200
const millisecondsPerSecond = 1000
/** More than a team has browsers. */
const mostSessions = 1000

export type DashboardAccess = Pick<Access, 'isOpen' | 'identify'>

interface Session {
  readonly token: Secret
  readonly endsAt: number
}

export interface Sessions {
  /** Returns the id of a new session; undefined for a token that opens nothing. */
  begin(token: string): string | undefined
  /** Checks the token again: a client that was removed, or whose token has changed, is out at once. */
  find(id: string): ClientIdentity | undefined
  end(id: string): void
}

export interface SessionsOptions {
  readonly access: Pick<DashboardAccess, 'identify'>
  /** Milliseconds, monotonic. */
  readonly now: () => number
  /** 256 random bits as text. */
  readonly newSessionId: () => string
}

export const createSessions = ({ access, now, newSessionId }: SessionsOptions): Sessions => {
  /** By the hash of the id: the time of a look-up reveals nothing of an id. */
  const sessions = new Map<string, Session>()
  return {
    begin(token) {
      if (access.identify(token) === undefined) return undefined
      const id = newSessionId()
      const session = { token: new Secret(token), endsAt: now() + sessionSeconds * millisecondsPerSecond }
      setMostRecent(sessions, sha256Hex(id), session, mostSessions)
      return id
    },
    find(id) {
      const key = sha256Hex(id)
      const session = sessions.get(key)
      if (session === undefined) return undefined
      const client = now() < session.endsAt ? access.identify(session.token.reveal()) : undefined
      if (client === undefined) sessions.delete(key)
      return client
    },
    end: (id) => void sessions.delete(sha256Hex(id)),
  }
}
