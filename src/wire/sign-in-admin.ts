import { type Static, Type } from '@sinclair/typebox'
import { createCheck } from './check.ts'
import { Open } from './schema.ts'

/** What `sign-in approve`, `deny`, `invite`, `list` and `revoke` exchange with the server (SI-P2, SI-P4, SI-S4). */

/** Milliseconds since 1970. */
const Time = Type.Number({ minimum: 0 })

/** What a client says about itself. */
const client = { surface: Type.Optional(Type.String()), clientVersion: Type.Optional(Type.String()) }

const PendingSignIn = Open({
  userCode: Type.String(),
  ...client,
  address: Type.Optional(Type.String()),
  expiresAt: Time,
})
export type PendingSignIn = Static<typeof PendingSignIn>

const PendingAnswer = Open({ pending: Type.Array(PendingSignIn) })
export type PendingAnswer = Static<typeof PendingAnswer>
export const isPendingAnswer = createCheck(PendingAnswer)

const ListedSession = Open({ id: Type.String(), name: Type.String(), ...client, createdAt: Time, lastUsedAt: Time })
export type ListedSession = Static<typeof ListedSession>

const SessionsAnswer = Open({ sessions: Type.Array(ListedSession) })
export type SessionsAnswer = Static<typeof SessionsAnswer>
export const isSessionsAnswer = createCheck(SessionsAnswer)

const ApproveRequest = Open({ userCode: Type.String(), name: Type.Optional(Type.String()) })
export type ApproveRequest = Static<typeof ApproveRequest>
export const isApproveRequest = createCheck(ApproveRequest)

const DenyRequest = Open({ userCode: Type.String() })
export type DenyRequest = Static<typeof DenyRequest>
export const isDenyRequest = createCheck(DenyRequest)

/** The code in its usual form. */
const DecisionAnswer = Open({ userCode: Type.String() })
export type DecisionAnswer = Static<typeof DecisionAnswer>
export const isDecisionAnswer = createCheck(DecisionAnswer)

/** 30 days: an invite that is never used must not work forever. */
export const longestInviteMs = 30 * 24 * 60 * 60 * 1000

const InviteRequest = Open({
  name: Type.String(),
  lifetimeMs: Type.Integer({ minimum: 1, maximum: longestInviteMs }),
})
export type InviteRequest = Static<typeof InviteRequest>
export const isInviteRequest = createCheck(InviteRequest)

/** `page`: the URL where the invite is entered. */
const InviteAnswer = Open({ invite: Type.String(), page: Type.String() })
export type InviteAnswer = Static<typeof InviteAnswer>
export const isInviteAnswer = createCheck(InviteAnswer)

/** `session`: an id or a name. */
const RevokeRequest = Type.Union([Open({ session: Type.String() }), Open({ all: Type.Literal(true) })])
export type RevokeRequest = Static<typeof RevokeRequest>
export const isRevokeRequest = createCheck(RevokeRequest)

const RevokeAnswer = Open({ ended: Type.Array(Open({ id: Type.String(), name: Type.String() })) })
export type RevokeAnswer = Static<typeof RevokeAnswer>
export const isRevokeAnswer = createCheck(RevokeAnswer)

/** The body of a refusal, in Anthropic's form. `reason`: `unknownCode`, for which the commands list the codes. */
const RefusalAnswer = Open({
  error: Open({ message: Type.String(), details: Type.Optional(Open({ reason: Type.Optional(Type.String()) })) }),
})
export const isRefusalAnswer = createCheck(RefusalAnswer)
