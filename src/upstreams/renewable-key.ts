import type { Secret } from '../base/secret.ts'

/** A key that something else gives out, and that may be another one later. */
export interface RenewableKey {
  /** The key to send now. */
  get(): Promise<Secret>
  /** Another key after the upstream has refused this one; undefined where there is none. */
  renew(refused: Secret): Promise<Secret | undefined>
}

/** What an upstream is given: a key that stays the same, or one that may change. */
export type UpstreamKey = Secret | RenewableKey

export interface RenewableKeyOptions {
  readonly first: Secret
  /** Asks for the key anew. Rejects where that fails, which has been reported then. */
  readonly fetchKey: () => Promise<Secret>
  /** Milliseconds after which a key is asked for anew; never by its age without it. */
  readonly maxAgeMs?: number | undefined
  /** Milliseconds, monotonic. */
  readonly now: () => number
}

/** How long no other key is requested after the upstream refused the only one: every request would wait for it. */
const restMs = 10_000

/** All requests that need a new key at the same time wait for the same one. */
export const createRenewableKey = (options: RenewableKeyOptions): RenewableKey => {
  const { first, fetchKey: ask, maxAgeMs = Number.POSITIVE_INFINITY, now } = options
  let key = first
  let fetchedAt = now()
  let pending: Promise<void> | undefined
  let restUntil = Number.NEGATIVE_INFINITY

  const renewNow = async (): Promise<void> => {
    try {
      const found = await ask()
      if (!found.equals(key)) key = found
    } catch {
      // The present key stays: it may still be good.
    }
    fetchedAt = now()
    pending = undefined
  }
  const fetchOnce = (): Promise<void> => {
    pending ??= renewNow()
    return pending
  }

  return {
    async get() {
      if (now() - fetchedAt >= maxAgeMs) await fetchOnce()
      return key
    },
    async renew(refused) {
      if (key === refused && now() >= restUntil) await fetchOnce()
      if (key !== refused) return key
      restUntil = now() + restMs
      return undefined
    },
  }
}
