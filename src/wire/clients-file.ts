import { type Static, Type } from '@sinclair/typebox'
import { clientNamePattern } from '../base/client-name.ts'
import { Closed } from './schema.ts'

/** The file of named clients (OP-A2). It has no tokens, only their hashes. */

/** 64 hexadecimal digits are 256 bits. */
const TokenHash = Type.String({ pattern: '^sha256:[0-9a-f]{64}$' })
/** A date, or a time with its zone. */
export const timePattern = '^\\d{4}-\\d{2}-\\d{2}(?:T\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d+)?)?(?:Z|[+-]\\d{2}:\\d{2}))?$'
const Time = Type.String({ pattern: timePattern })
const Count = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
/** A hundredth of the currency: smaller budgets would allow nothing. */
export const leastCost = 0.01

/** Limits of one client; without one, the general limit counts. */
const limits = {
  requestsPerMinute: Type.Optional(Count),
  burst: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
  concurrency: Type.Optional(Count),
  tokensPerDay: Type.Optional(Count),
  requestsPerDay: Type.Optional(Count),
  costPerMonth: Type.Optional(Type.Number({ minimum: leastCost, maximum: Number.MAX_SAFE_INTEGER })),
}

export const ClientEntry = Closed({
  name: Type.String({ pattern: clientNamePattern }),
  tokenHash: TokenHash,
  /** After `clients rotate`, the old token works until this time. */
  previousTokenHash: Type.Optional(TokenHash),
  previousTokenExpires: Type.Optional(Time),
  /** Sees the figures of all clients. */
  admin: Type.Optional(Type.Boolean()),
  /** A date includes its whole day, in UTC. */
  expires: Type.Optional(Time),
  disabled: Type.Optional(Type.Boolean()),
  /** Names or families; without them, all models. */
  models: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })),
  ...limits,
})
export type ClientEntry = Static<typeof ClientEntry>

export const clientLimitNames = Object.keys(limits) as readonly (keyof typeof limits)[]

export const ClientsFile = Closed({ clients: Type.Array(ClientEntry) })
export type ClientsFile = Static<typeof ClientsFile>
