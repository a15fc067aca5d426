import type { Rate } from '../base/rate-limiter.ts'

/** What several processes share: rates, budgets and tries to log in (OP-R1). Holds names and figures, never words. */

/** A bucket after one try. */
export interface TakenCall {
  readonly isAllowed: boolean
  /** Milliseconds until the bucket is full again. */
  readonly fullInMs: number
}

/** What a client used in a day or a month. */
export interface Sums {
  readonly tokens: number
  readonly requests: number
  readonly cost: number
}

/** No method rejects. Undefined: the state is away, or did not answer in time; the caller decides what counts then. */
export interface SharedState {
  readonly kind: 'redis' | 'workers'
  /** Takes one call from a bucket, if it has one. */
  take(bucket: string, rate: Rate): Promise<TakenCall | undefined>
  /** The sums of an account; zeros for a new one. They contain all that this process added before the call. */
  read(account: string): Promise<Sums | undefined>
  /**
   * Adds to an account, and returns its sums. The account is forgotten a day after `until`, milliseconds since 1970.
   * Undefined: not added yet, or not known. The state adds it later, exactly once: do not add it again.
   */
  add(account: string, used: Sums, until: number): Promise<Sums | undefined>
  /** Whether the state works, as far as it is known. */
  isUp(): boolean
  /** Calls this at each change from working to away, and back. */
  onChange(listener: (isUp: boolean) => void): void
  end(): Promise<void>
}
