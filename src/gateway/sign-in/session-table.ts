import type { StoredAccess, StoredRefresh, StoredSession } from '../../wire/sign-in-file.ts'
import { familyOf, hashOf } from './codes.ts'

/** Finds a session by its tokens' hashes. */

/** A session that changes: the stored one, whose members may be replaced. */
export type Session = { -readonly [Key in keyof StoredSession]: StoredSession[Key] }

interface KnownAccess {
  readonly session: Session
  readonly expiresAt: number
}

export const createSessionTable = (stored: readonly StoredSession[]) => {
  const byId = new Map<string, Session>()
  const byFamily = new Map<string, Session>()
  const byAccess = new Map<string, KnownAccess>()
  const add = (session: Session): void => {
    byId.set(session.id, session)
    byFamily.set(session.familyHash, session)
    for (const { hash, expiresAt } of session.access) byAccess.set(hash, { session, expiresAt })
  }
  const remove = (session: Session): void => {
    byId.delete(session.id)
    byFamily.delete(session.familyHash)
    for (const { hash } of session.access) byAccess.delete(hash)
  }
  for (const session of stored) add({ ...session })
  return {
    remove,
    /** Adds the session, or gives it other tokens. */
    set(session: Session, access: readonly StoredAccess[], refresh: readonly StoredRefresh[]): void {
      remove(session)
      session.access = [...access]
      session.refresh = [...refresh]
      add(session)
    },
    all: (): readonly Session[] => [...byId.values()],
    ofAccess: (accessToken: string): KnownAccess | undefined => byAccess.get(hashOf(accessToken)),
    ofRefresh(refreshToken: string): Session | undefined {
      const family = familyOf(refreshToken)
      return family === undefined ? undefined : byFamily.get(hashOf(family))
    },
  }
}
