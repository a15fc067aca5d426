import type { StoredSession } from '../../wire/sign-in-file.ts'
import { type ApproveOutcome, createApprovals, type InviteOutcome } from './approvals.ts'
import { createParts, mayHaveName, type Parts, type Save, type SignInOptions } from './parts.ts'
import { type AskingClient, type PendingRequest, pendingSeconds, type SignedIn } from './pending-requests.ts'
import type { TokenPair } from './sessions.ts'

/** Sign-in with Claude Code's `/login`: the device flow, its sessions and their tokens (SI). */

/** A device request that waits. */
interface DeviceRequest {
  readonly deviceCode: string
  readonly userCode: string
  readonly expiresIn: number
  /** Seconds between two polls. */
  readonly interval: number
}

/** `error` is a word of RFC 8628 or RFC 6749; `tooMany` means that the address exceeds its rate. */
type TokenOutcome =
  | { readonly kind: 'tokens'; readonly tokens: TokenPair; readonly email: string | undefined }
  | {
      readonly kind: 'refused'
      readonly error: 'authorization_pending' | 'slow_down' | 'expired_token' | 'access_denied' | 'invalid_grant'
    }
  | { readonly kind: 'tooMany' }

/** A session as an administrator sees it. */
type SessionFacts = Omit<StoredSession, 'familyHash' | 'access' | 'refresh'>

export interface SignIn {
  /** Stays the same for this installation (SI-M4). */
  readonly installationId: string
  /** Undefined if the address exceeds its rate. */
  ask(client: AskingClient): DeviceRequest | undefined
  poll(deviceCode: string, address: string | undefined): Promise<TokenOutcome>
  refresh(refreshToken: string, address: string | undefined): Promise<TokenOutcome>
  /** Ends the session of an access token or a refresh token. */
  revoke(token: string): Promise<void>
  identify(accessToken: string): SignedIn | undefined
  pending(): readonly PendingRequest[]
  /** The user code in any case, with or without its hyphen. */
  approve(userCode: string, name?: string): ApproveOutcome
  /** False for an unknown code. */
  deny(userCode: string): boolean
  /** The code; undefined if no client of this name may use the server. */
  invite(name: string, lifetimeMs: number): Promise<string | undefined>
  approveByInvite(userCode: string, invite: string, address: string | undefined): Promise<InviteOutcome>
  sessions(): readonly SessionFacts[]
  /** Returns the sessions that it ended. */
  end(which: { readonly id: string } | { readonly name: string } | 'all'): Promise<readonly SignedIn[]>
  /** Calls the listener for each new request; returns what ends that. */
  onAsked(listener: (request: PendingRequest) => void): () => void
}

const tooMany = { kind: 'tooMany' } as const
const refused = (error: Extract<TokenOutcome, { kind: 'refused' }>['error']) => ({ kind: 'refused', error }) as const

const factsOf = ({ familyHash: _, access: _access, refresh: _refresh, ...facts }: StoredSession): SessionFacts => facts

const isMeant =
  (which: Parameters<SignIn['end']>[0]) =>
  ({ sessionId, name }: SignedIn): boolean => {
    if (which === 'all') return true
    return 'id' in which ? sessionId === which.id : name === which.name
  }

/** Who may sign in, and what they get. */
const createTokens = ({ pending, sessions, mayPoll }: Parts, { log, ...options }: SignInOptions, save: Save) => ({
  async poll(deviceCode: string, address: string | undefined): Promise<TokenOutcome> {
    if (!mayPoll(address)) return tooMany
    const outcome = pending.poll(deviceCode)
    switch (outcome.kind) {
      case 'pending':
        return refused('authorization_pending')
      case 'tooEarly':
        return refused('slow_down')
      case 'unknown':
        return refused('expired_token')
      case 'denied':
        return refused('access_denied')
      case 'approved': {
        const { request, approval } = outcome
        if (!mayHaveName(options, approval.name)) return refused('access_denied')
        const tokens = sessions.begin(request, approval)
        await save()
        return { kind: 'tokens', tokens, email: approval.byInvite ? approval.name : undefined }
      }
    }
  },
  async refresh(refreshToken: string, address: string | undefined): Promise<TokenOutcome> {
    if (!mayPoll(address)) return tooMany
    const outcome = sessions.refresh(refreshToken)
    if (outcome.kind === 'unknown') return refused('invalid_grant')
    const { session } = outcome
    // A client that is removed and added again may be another person.
    const isGone = outcome.kind === 'refreshed' && !mayHaveName(options, session.name)
    if (isGone) sessions.endThose(({ sessionId }) => sessionId === session.sessionId)
    if (outcome.kind === 'reused') log.warn('sign_in.reuse', { ...session })
    else if (isGone) log.info('sign_in.revoked', { ...session })
    else log.debug('sign_in.refreshed', { ...session })
    await save()
    if (outcome.kind === 'reused' || isGone) return refused('invalid_grant')
    return { kind: 'tokens', tokens: outcome.tokens, email: undefined }
  },
  async revoke(token: string): Promise<void> {
    const ended = sessions.endByToken(token)
    if (ended === undefined) return
    log.info('sign_in.revoked', { ...ended })
    await save()
  },
})

/** Saves the state after each change, one write after the other. A failed write is logged: the server goes on. */
const createSave = ({ installationId, sessions, invites }: Parts, { store, log }: SignInOptions): Save => {
  let last: Promise<void> = Promise.resolve()
  return () => {
    const write = async (): Promise<void> => {
      try {
        await store.write({ version: 1, installationId, sessions: [...sessions.list()], invites: [...invites.list()] })
      } catch {
        // The error may name the file, and its path the user.
        log.error('sign_in.not_stored')
      }
    }
    last = last.then(write)
    return last
  }
}

export const createSignIn = (options: SignInOptions): SignIn => {
  const { log } = options
  const parts = createParts(options)
  const { pending, sessions } = parts
  const save = createSave(parts, options)
  const listeners = new Set<(request: PendingRequest) => void>()
  return {
    installationId: parts.installationId,
    ...createTokens(parts, options, save),
    ...createApprovals(parts, options, save),
    ask(client) {
      if (!parts.mayAsk(client.address)) return undefined
      const { request, deviceCode } = pending.add(client)
      log.info('sign_in.asked', { sessionId: request.sessionId })
      for (const listener of listeners) listener(request)
      return { deviceCode, userCode: request.userCode, expiresIn: pendingSeconds, interval: parts.intervalSeconds }
    },
    identify: sessions.identify,
    pending: pending.list,
    sessions: () => sessions.list().map(factsOf),
    async end(which) {
      const isOne = isMeant(which)
      const ended = [...pending.forgetApproved(isOne), ...sessions.endThose(isOne)]
      for (const one of ended) log.info('sign_in.revoked', { ...one })
      if (ended.length > 0) await save()
      return ended
    },
    onAsked(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
