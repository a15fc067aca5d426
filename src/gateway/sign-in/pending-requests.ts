import { type Codes, hashOf } from './codes.ts'

/** The requests to sign in that wait for an approval: in memory alone, at most ten minutes (SI-A3, SI-A5). */

/** What a client says about itself. */
export interface AskingClient {
  readonly surface?: string | undefined
  /** The program and its version: `claude-code/2.1.332`. */
  readonly clientVersion?: string | undefined
  readonly address?: string | undefined
}

export interface PendingRequest extends AskingClient {
  /** `XXXX-XXXX`. */
  readonly userCode: string
  /** The session that the request becomes. */
  readonly sessionId: string
  /** Milliseconds since 1970. */
  readonly askedAt: number
  readonly expiresAt: number
}

/** Who a session belongs to. */
export interface SignedIn {
  readonly sessionId: string
  readonly name: string
}

/** Who approved, and whether with an invite. */
export interface Approval {
  readonly name: string
  readonly byInvite: boolean
}

type Decision = Approval | 'denied' | undefined

interface Waiting {
  readonly request: PendingRequest
  decision: Decision
  /** Of the last poll that was not too early, on the monotonic clock. */
  polledAt: number
}

type PollOutcome =
  | { readonly kind: 'pending' | 'tooEarly' | 'unknown' | 'denied' }
  | { readonly kind: 'approved'; readonly request: PendingRequest; readonly approval: Approval }

export const pendingSeconds = 600
const mostPending = 20
const secondMs = 1000
/** The time of a request on its way varies: a client that waits for exactly one interval must not be too early. */
const earlyMs = 500

interface PendingOptions {
  readonly codes: Codes
  readonly date: () => number
  readonly now: () => number
  readonly intervalSeconds: number
}

/** Makes a place for one more. */
const dropOldest = (waiting: Map<string, Waiting>): void => {
  for (const oldest of waiting.keys()) {
    if (waiting.size < mostPending) return
    waiting.delete(oldest)
  }
}

/** Removes approvals that no client has fetched yet. Returns the sessions that they would have become. */
const removeApproved = (waiting: Map<string, Waiting>, isMeant: (session: SignedIn) => boolean): SignedIn[] =>
  [...waiting].flatMap(([hash, { request, decision }]) => {
    if (typeof decision !== 'object') return []
    const session = { sessionId: request.sessionId, name: decision.name }
    if (!isMeant(session)) return []
    waiting.delete(hash)
    return [session]
  })

export const createPendingRequests = ({ codes, date, now, intervalSeconds }: PendingOptions) => {
  /** By the hash of the device code, the oldest first. */
  const waiting = new Map<string, Waiting>()
  const removeExpired = (): void => {
    for (const [code, { request }] of waiting) if (date() >= request.expiresAt) waiting.delete(code)
  }
  const undecided = (): Waiting[] => {
    removeExpired()
    return [...waiting.values()].filter(({ decision }) => decision === undefined)
  }
  const find = (userCode: string): Waiting | undefined =>
    undecided().find(({ request }) => request.userCode === userCode)
  /** Two codes are hardly ever equal, but a user must not approve another client. */
  const freeUserCode = (): string => {
    let code = codes.userCode()
    while ([...waiting.values()].some(({ request }) => request.userCode === code)) code = codes.userCode()
    return code
  }
  const decide = (userCode: string, decision: Approval | 'denied'): PendingRequest | undefined => {
    const found = find(userCode)
    if (found !== undefined) found.decision = decision
    return found?.request
  }
  return {
    add(client: AskingClient): { readonly request: PendingRequest; readonly deviceCode: string } {
      removeExpired()
      dropOldest(waiting)
      const askedAt = date()
      const request: PendingRequest = {
        ...client,
        userCode: freeUserCode(),
        sessionId: codes.id('signin_'),
        askedAt,
        expiresAt: askedAt + pendingSeconds * secondMs,
      }
      const deviceCode = codes.deviceCode()
      waiting.set(hashOf(deviceCode), { request, decision: undefined, polledAt: Number.NEGATIVE_INFINITY })
      return { request, deviceCode }
    },
    /** An approved request is removed: its device code works once. */
    poll(deviceCode: string): PollOutcome {
      removeExpired()
      const hash = hashOf(deviceCode)
      const found = waiting.get(hash)
      if (found === undefined) return { kind: 'unknown' }
      const { request, decision, polledAt } = found
      if (now() - polledAt < intervalSeconds * secondMs - earlyMs) return { kind: 'tooEarly' }
      found.polledAt = now()
      if (decision === undefined) return { kind: 'pending' }
      if (decision === 'denied') return { kind: 'denied' }
      waiting.delete(hash)
      return { kind: 'approved', request, approval: decision }
    },
    find: (userCode: string): PendingRequest | undefined => find(userCode)?.request,
    approve: (userCode: string, approval: Approval) => decide(userCode, approval),
    deny: (userCode: string) => decide(userCode, 'denied'),
    forgetApproved: (isMeant: (session: SignedIn) => boolean) => removeApproved(waiting, isMeant),
    list: (): readonly PendingRequest[] => undecided().map(({ request }) => request),
  }
}
