import { setMostRecent } from '../../../base/lru.ts'
import { createRateLimiter } from '../../../base/rate-limiter.ts'

/** Limits how often a peer may try a token (OP-D4). */

const triesPerMinute = 10
const secondsPerTry = 6
const millisecondsPerSecond = 1000
const mostPeers = 10_000
/** A network gives one machine many IPv6 addresses with the same first half. */
const unknownPeer = 'unknown'

export interface LoginTries {
  /** Returns the seconds that the peer must wait; undefined if it may try now. */
  take(address: string | undefined): number | undefined
}

export const createLoginTries = (now: () => number): LoginTries => {
  const peers = new Map<string, () => boolean>()
  return {
    take(address = unknownPeer) {
      const mayTry = peers.get(address) ?? createRateLimiter(triesPerMinute, secondsPerTry * millisecondsPerSecond, now)
      setMostRecent(peers, address, mayTry, mostPeers)
      return mayTry() ? undefined : secondsPerTry
    },
  }
}
