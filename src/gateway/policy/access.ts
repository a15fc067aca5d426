import { sharedClientName } from '../../base/client-name.ts'
import type { Secret } from '../../base/secret.ts'
import { sha256Hex } from '../../runtime/hash.ts'
import { type ClientEntry, clientLimitNames } from '../../wire/clients-file.ts'

/** Decides which client a token belongs to (OP-A1, OP-A2). */

/** Limits of one client; without one, the general limit counts. */
type ClientLimits = Readonly<Pick<ClientEntry, (typeof clientLimitNames)[number]>>

export interface ClientIdentity {
  readonly name: string
  /** Sees the figures of all clients. */
  readonly isAdmin: boolean
  /** Names or families of models; absent for a client that may use all. */
  readonly models?: readonly string[]
  readonly limits: ClientLimits
}

export interface Access {
  /** No token is needed. */
  isOpen(): boolean
  /** Undefined for a token that is unknown, disabled or expired. */
  identify(token: string): ClientIdentity | undefined
  /** Whether clients have names; otherwise, the server has at most tokens that all clients share. */
  readonly hasNames: boolean
}

export interface AccessOptions {
  /** Each is the token of the client `default`. */
  readonly tokens: readonly Secret[]
  /** Clients of the configuration itself, by name. */
  readonly namedTokens?: ReadonlyMap<string, Secret>
  /** Clients of a file; returns the same list until the file changes. */
  readonly clients?: { current(): readonly ClientEntry[] } | undefined
  /** Milliseconds since 1970. */
  readonly date: () => number
}

const sharedClient: ClientIdentity = { name: sharedClientName, isAdmin: true, limits: {} }

const hashPrefix = 'sha256:'
const oneDayMs = 24 * 60 * 60 * 1000

/** The form in which a token is stored. It has 256 random bits, so that a plain hash is enough. */
export const tokenHashOf = (token: string): string => hashPrefix + sha256Hex(token)

/** A day that its month does not have would be one of the next month. */
const isRealDay = (day: string): boolean => {
  const time = Date.parse(day)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day)
}

const dayCharacters = 'YYYY-MM-DD'.length

/** Milliseconds since 1970; not a number for a date that does not exist. A date without a time includes its day. */
export const expiryOf = (time: string): number => {
  if (!isRealDay(time.slice(0, dayCharacters))) return Number.NaN
  return Date.parse(time) + (time.includes('T') ? 0 : oneDayMs)
}

const noEntries: readonly ClientEntry[] = []

interface KnownToken {
  readonly client: ClientIdentity
  readonly isDisabled: boolean
  readonly expiresAt: number
}

const toIdentity = (entry: ClientEntry): ClientIdentity => ({
  name: entry.name,
  isAdmin: entry.admin === true,
  ...(entry.models !== undefined && { models: entry.models }),
  limits: Object.fromEntries(
    clientLimitNames.flatMap((name) => (entry[name] === undefined ? [] : [[name, entry[name]]])),
  ),
})

/** The client's token, and the one before it, which works for a limited time. */
const toTokens = (entry: ClientEntry): (readonly [hash: string, token: KnownToken])[] => {
  const { tokenHash, previousTokenHash, previousTokenExpires, expires, disabled } = entry
  const expiresAt = expires === undefined ? Number.POSITIVE_INFINITY : expiryOf(expires)
  const token = { client: toIdentity(entry), isDisabled: disabled === true, expiresAt }
  if (previousTokenHash === undefined || previousTokenExpires === undefined) return [[tokenHash, token]]
  const previous = { ...token, expiresAt: Math.min(expiresAt, expiryOf(previousTokenExpires)) }
  return [
    [previousTokenHash, previous],
    [tokenHash, token],
  ]
}

export const createAccess = ({ tokens, namedTokens = new Map(), clients, date }: AccessOptions): Access => {
  const configured = [...namedTokens].map(([name, token]) => ({ name, tokenHash: hashPrefix + token.hash() }))
  const hasNames = configured.length > 0 || clients !== undefined
  let known: readonly ClientEntry[] | undefined
  let byHash: ReadonlyMap<string, KnownToken> = new Map()

  const tokensByHash = (): ReadonlyMap<string, KnownToken> => {
    const current = clients?.current() ?? noEntries
    if (current === known) return byHash
    known = current
    byHash = new Map([...configured, ...current].flatMap(toTokens))
    return byHash
  }
  return {
    hasNames,
    isOpen: () => tokens.length === 0 && !hasNames,
    identify(token) {
      if (tokens.some((shared) => shared.equals(token))) return sharedClient
      if (!hasNames) return undefined
      const found = tokensByHash().get(tokenHashOf(token))
      return found === undefined || found.isDisabled || date() >= found.expiresAt ? undefined : found.client
    },
  }
}
