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
  readonly ask: () => Promise<Secret>
  /** Milliseconds after which a key is asked for anew; never by its age without it. */
  readonly maxAgeMs?: number | undefined
  /** Milliseconds, monotonic. */
  readonly now: () => number
}

/** How long no other key is requested after the upstream refused the only one: every request would wait for it. */
const restMs = 10_000

/** All requests that need a new key at the same time wait for the same one. */
export const createRenewableKey = (options: RenewableKeyOptions): RenewableKey => {
  const { first, ask, maxAgeMs = Number.POSITIVE_INFINITY, now } = options
  let key = first
  let askedAt = now()
  let asking: Promise<void> | undefined
  let restUntil = Number.NEGATIVE_INFINITY

  const askAnew = async (): Promise<void> => {
    try {
      const found = await ask()
      if (!found.equals(key)) key = found
    } catch {
      // The present key stays: it may still be good.
    }
    askedAt = now()
    asking = undefined
  }
  const askOnce = (): Promise<void> => {
    asking ??= askAnew()
    return asking
  }

  return {
    async get() {
      if (now() - askedAt >= maxAgeMs) await askOnce()
      return key
    },
    async renew(refused) {
      if (key === refused && now() >= restUntil) await askOnce()
      if (key !== refused) return key
      restUntil = now() + restMs
      return undefined
    },
  }
}
