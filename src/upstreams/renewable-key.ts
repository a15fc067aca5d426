import type { Secret } from '../base/secret.ts'

/** A key from a helper, which may return another one later. */
export interface RenewableKey {
  /** The key to send now. */
  get(): Promise<Secret>
  /** Returns another key after the upstream has refused this one; undefined if there is none. */
  renew(refused: Secret): Promise<Secret | undefined>
}

/** An upstream's key: a fixed one, or one that may change. */
export type UpstreamKey = Secret | RenewableKey

export interface RenewableKeyOptions {
  readonly first: Secret
  /** Fetches the key again. Rejects if that fails, after it has reported the failure. */
  readonly fetchKey: () => Promise<Secret>
  /** Milliseconds after which the key is fetched again. If absent, its age does not matter. */
  readonly maxAgeMs?: number | undefined
  /** Milliseconds, monotonic. */
  readonly now: () => number
}

/** How long no key is fetched after the upstream has refused the only one: otherwise every request would wait. */
const restMs = 10_000

/** Requests that need a new key at the same time share one fetch. */
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
      // Keeps the current key, which may still be valid.
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
