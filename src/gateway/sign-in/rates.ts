import { setMostRecent } from '../../base/lru.ts'
import { afterCall, type Rate } from '../../base/rate-limiter.ts'

/** Rates of each address (SI-A10). `now` is monotonic, in milliseconds. */

const minuteMs = 60_000

export const perMinute = (most: number): Rate => ({ most, everyMs: minuteMs / most })

/** Bounds the memory: an attacker may have any number of addresses. */
const mostAddresses = 1000

/** For a peer without an address: a Unix socket. */
const noAddress = ''

/** Returns whether the address may make one more call. */
export const createAddressRate = (rate: Rate, now: () => number) => {
  const fullAt = new Map<string, number>()
  return (address = noAddress): boolean => {
    const at = now()
    const next = afterCall(fullAt.get(address) ?? at, at, rate)
    if (next === undefined) return false
    setMostRecent(fullAt, address, next, mostAddresses)
    return true
  }
}

interface Failures {
  readonly count: number
  readonly since: number
}

/** After too many failures in a minute, an address must wait for a minute (SI-P4). */
export const createFailureLimit = (most: number, now: () => number) => {
  const failures = new Map<string, Failures>()
  const current = (address: string): Failures | undefined => {
    const found = failures.get(address)
    return found === undefined || now() - found.since >= minuteMs ? undefined : found
  }
  return {
    isBlocked: (address = noAddress): boolean => (current(address)?.count ?? 0) >= most,
    add(address = noAddress): void {
      const count = (current(address)?.count ?? 0) + 1
      // The wait begins with the last failure.
      const since = count >= most ? now() : (current(address)?.since ?? now())
      setMostRecent(failures, address, { count, since }, mostAddresses)
    },
  }
}
