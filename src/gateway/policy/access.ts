import { sharedClientName } from '../../base/client-name.ts'
import type { Secret } from '../../base/secret.ts'
import { sha256Hex } from '../../runtime/hash.ts'
import { type ClientEntry, clientLimitNames } from '../../wire/clients-file.ts'

/** Decides which client a token belongs to (OP-A1, OP-A2, SI-T1). */

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

export interface AccessOptions extends NamedClientsOptions {
  /** Each is the token of the client `default`. */
  readonly tokens: readonly Secret[]
  /** Knows the tokens of those who have signed in; absent without sign-in. */
  readonly signIn?: { identify(accessToken: string): { readonly name: string } | undefined } | undefined
}

interface NamedClientsOptions {
  /** Clients of the configuration itself, by name. */
  readonly namedTokens?: ReadonlyMap<string, Secret>
  /** Clients of a file; returns the same list until the file changes. */
  readonly clients?: { current(): readonly ClientEntry[] } | undefined
  /** Milliseconds since 1970. */
  readonly date: () => number
}

/** None of these returns a client that is disabled or has expired. */
interface NamedClients {
  ofToken(token: string): ClientIdentity | undefined
  ofName(name: string): ClientIdentity | undefined
  names(): readonly string[]
}

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

interface KnownClient {
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

const toKnown = (entry: ClientEntry): KnownClient => ({
  client: toIdentity(entry),
  isDisabled: entry.disabled === true,
  expiresAt: entry.expires === undefined ? Number.POSITIVE_INFINITY : expiryOf(entry.expires),
})

/** The client's token, and the one before it, which works for a limited time. */
const toTokens = (entry: ClientEntry): (readonly [hash: string, token: KnownClient])[] => {
  const { tokenHash, previousTokenHash, previousTokenExpires } = entry
  const token = toKnown(entry)
  if (previousTokenHash === undefined || previousTokenExpires === undefined) return [[tokenHash, token]]
  const previous = { ...token, expiresAt: Math.min(token.expiresAt, expiryOf(previousTokenExpires)) }
  return [
    [previousTokenHash, previous],
    [tokenHash, token],
  ]
}

/** Undefined if neither the configuration nor a file names clients. */
export const createNamedClients = (options: NamedClientsOptions): NamedClients | undefined => {
  const { namedTokens = new Map<string, Secret>(), clients, date } = options
  const configured = [...namedTokens].map(([name, token]) => ({ name, tokenHash: hashPrefix + token.hash() }))
  if (configured.length === 0 && clients === undefined) return undefined
  let entries: readonly ClientEntry[] | undefined
  let byHash: ReadonlyMap<string, KnownClient> = new Map()
  let byName: ReadonlyMap<string, KnownClient> = new Map()

  const update = (): void => {
    const current = clients?.current() ?? noEntries
    if (current === entries) return
    entries = current
    const all = [...configured, ...current]
    byHash = new Map(all.flatMap(toTokens))
    byName = new Map(all.map((entry) => [entry.name, toKnown(entry)]))
  }
  const usable = (found: KnownClient | undefined): ClientIdentity | undefined =>
    found === undefined || found.isDisabled || date() >= found.expiresAt ? undefined : found.client
  return {
    ofToken(token) {
      update()
      return usable(byHash.get(tokenHashOf(token)))
    },
    ofName(name) {
      update()
      return usable(byName.get(name))
    },
    names() {
      update()
      return [...byName.values()].map(usable).flatMap((client) => (client === undefined ? [] : [client.name]))
    },
  }
}

const sharedClient: ClientIdentity = { name: sharedClientName, isAdmin: true, limits: {} }

export const createAccess = (options: AccessOptions): Access => {
  const { tokens, signIn } = options
  const named = createNamedClients(options)
  return {
    hasNames: named !== undefined,
    isOpen: () => tokens.length === 0 && named === undefined && signIn === undefined,
    identify(token) {
      if (tokens.some((shared) => shared.equals(token))) return sharedClient
      const session = signIn?.identify(token)
      // A session of a client that is disabled, or whose name is gone, opens nothing.
      if (session !== undefined) return named === undefined ? sharedClient : named.ofName(session.name)
      return named?.ofToken(token)
    },
  }
}
