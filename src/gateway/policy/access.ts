/** Who may use the server (OP-A). */

/** Each absent limit is the server's own (OP-L7). */
interface ClientLimits {
  readonly requestsPerMinute?: number
  readonly burst?: number
  readonly concurrency?: number
  readonly tokensPerDay?: number
  readonly requestsPerDay?: number
  readonly costPerMonth?: number
}

/** A client whose token opened the server. */
export interface ClientIdentity {
  readonly name: string
  /** Whether it sees the figures of all clients. */
  readonly isAdmin: boolean
  /** Names or families of the models that it may use; absent for all. */
  readonly models?: readonly string[]
  readonly limits: ClientLimits
}
