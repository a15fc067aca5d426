import { type Static, Type } from '@sinclair/typebox'
import { Open } from './schema.ts'

/** The file of those who have signed in (SI-S2). It has hashes alone: no token, no invite, no address. */

const Hash = Type.String({ pattern: '^[0-9a-f]{64}$' })
/** Milliseconds since 1970. */
const Time = Type.Number({ minimum: 0 })

const AccessEntry = Open({ hash: Hash, expiresAt: Time })

const RefreshEntry = Open({
  hash: Hash,
  expiresAt: Time,
  /** When a newer token replaced it. */
  replacedAt: Type.Optional(Time),
})

const StoredSession = Open({
  id: Type.String(),
  /** Of the client that the session belongs to. */
  name: Type.String(),
  surface: Type.Optional(Type.String()),
  clientVersion: Type.Optional(Type.String()),
  createdAt: Time,
  lastUsedAt: Time,
  /** All refresh tokens of a session begin with the same random text. */
  familyHash: Hash,
  /** The oldest first. */
  access: Type.Array(AccessEntry),
  refresh: Type.Array(RefreshEntry),
})

const StoredInvite = Open({ hash: Hash, name: Type.String(), expiresAt: Time })

export const StoredSignIn = Open({
  version: Type.Literal(1),
  /** Stays the same for this folder. */
  installationId: Type.String({ minLength: 1 }),
  sessions: Type.Array(StoredSession),
  invites: Type.Array(StoredInvite),
})

export type StoredAccess = Static<typeof AccessEntry>
export type StoredRefresh = Static<typeof RefreshEntry>
export type StoredSession = Static<typeof StoredSession>
export type StoredInvite = Static<typeof StoredInvite>
export type StoredSignIn = Static<typeof StoredSignIn>
