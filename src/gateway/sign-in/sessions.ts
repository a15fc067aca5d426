import type { StoredRefresh, StoredSession } from '../../wire/sign-in-file.ts'
import { type Codes, familyOf, hashOf } from './codes.ts'
import type { Approval, PendingRequest, SignedIn } from './pending-requests.ts'
import { createSessionTable, type Session } from './session-table.ts'

/** The sessions of those who have signed in, and their tokens (SI-T2, SI-T3). It keeps hashes alone. */

export interface TokenPair {
  readonly accessToken: string
  readonly refreshToken: string
  readonly expiresIn: number
}

export type RefreshOutcome =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'reused'; readonly session: SignedIn }
  | { readonly kind: 'refreshed'; readonly session: SignedIn; readonly tokens: TokenPair }

const accessSeconds = 3600
const secondMs = 1000
const dayMs = 24 * 60 * 60 * secondMs
/** From the last use of a refresh token. */
const idleMs = 30 * dayMs
/** From the sign-in. */
const sessionMs = 90 * dayMs
/** Several Claude Code processes share one file: one may still have the token that another has replaced. */
const replacedMs = 60 * secondMs
const mostAccessTokens = 8
/** More than an address may get in a minute (SI-A10): a token that is forgotten too early looks like a stolen one. */
const mostRefreshTokens = 128

interface SessionsOptions {
  readonly stored: readonly StoredSession[]
  readonly codes: Codes
  readonly date: () => number
}

const signedInOf = ({ id, name }: Session): SignedIn => ({ sessionId: id, name })

const endOf = ({ createdAt }: Session): number => createdAt + sessionMs

const newSession = ({ sessionId, surface, clientVersion }: PendingRequest, name: string, at: number): Session => ({
  id: sessionId,
  name,
  ...(surface !== undefined && { surface }),
  ...(clientVersion !== undefined && { clientVersion }),
  createdAt: at,
  lastUsedAt: at,
  familyHash: '',
  access: [],
  refresh: [],
})

/** What makes tokens and lets them expire. */
const createTokenRules = ({ codes, date }: SessionsOptions, table: ReturnType<typeof createSessionTable>) => {
  const isUsable = ({ expiresAt, replacedAt }: StoredRefresh): boolean =>
    date() < expiresAt && (replacedAt === undefined || date() - replacedAt <= replacedMs)
  const isOver = (session: Session): boolean => date() >= endOf(session) || !session.refresh.some(isUsable)
  return {
    isUsable,
    endThoseOver: () => table.all().filter(isOver).forEach(table.remove),
    /** Adds a pair to the session; the oldest tokens above the limits end. */
    issue(session: Session, family: string): TokenPair {
      const [accessToken, refreshToken, at] = [codes.accessToken(), codes.refreshToken(family), date()]
      const expiresAt = Math.min(at + accessSeconds * secondMs, endOf(session))
      const access = [...session.access.filter((one) => at < one.expiresAt), { hash: hashOf(accessToken), expiresAt }]
      const own = { hash: hashOf(refreshToken), expiresAt: Math.min(at + idleMs, endOf(session)) }
      const refresh = [...session.refresh.filter(isUsable), own]
      session.lastUsedAt = at
      table.set(session, access.slice(-mostAccessTokens), refresh.slice(-mostRefreshTokens))
      return { accessToken, refreshToken, expiresIn: Math.ceil((expiresAt - at) / secondMs) }
    },
  }
}

export const createSessions = (options: SessionsOptions) => {
  const { stored, codes, date } = options
  const table = createSessionTable(stored)
  const { isUsable, endThoseOver, issue } = createTokenRules(options, table)
  return {
    begin(request: PendingRequest, { name }: Approval): TokenPair {
      endThoseOver()
      const [family, session] = [codes.family(), newSession(request, name, date())]
      session.familyHash = hashOf(family)
      return issue(session, family)
    },
    /** A token of a session that cannot be used any more has been replaced: another program may have a copy of it. */
    refresh(refreshToken: string): RefreshOutcome {
      endThoseOver()
      const [family, found] = [familyOf(refreshToken), table.ofRefresh(refreshToken)]
      if (family === undefined || found === undefined) return { kind: 'unknown' }
      const hash = hashOf(refreshToken)
      const used = found.refresh.find((entry) => entry.hash === hash && isUsable(entry))
      if (used === undefined) {
        table.remove(found)
        return { kind: 'reused', session: signedInOf(found) }
      }
      const replaced = { ...used, replacedAt: used.replacedAt ?? date() }
      found.refresh = found.refresh.map((entry) => (entry === used ? replaced : entry))
      return { kind: 'refreshed', session: signedInOf(found), tokens: issue(found, family) }
    },
    /** Undefined for a token that is unknown or expired. */
    identify(accessToken: string): SignedIn | undefined {
      const found = table.ofAccess(accessToken)
      if (found === undefined || date() >= found.expiresAt) return undefined
      found.session.lastUsedAt = date()
      return signedInOf(found.session)
    },
    /** Ends the session of either token, and returns it; undefined for an unknown token. */
    endByToken(token: string): SignedIn | undefined {
      const session = table.ofAccess(token)?.session ?? table.ofRefresh(token)
      if (session === undefined) return undefined
      table.remove(session)
      return signedInOf(session)
    },
    endThose(isMeant: (session: SignedIn) => boolean): readonly SignedIn[] {
      const ended = table.all().filter((session) => isMeant(signedInOf(session)))
      ended.forEach(table.remove)
      return ended.map(signedInOf)
    },
    list(): readonly StoredSession[] {
      endThoseOver()
      return table.all()
    },
  }
}
