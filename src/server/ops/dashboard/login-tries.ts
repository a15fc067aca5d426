import { networkKey } from '../../../base/ip-range.ts'
import { setMostRecent } from '../../../base/lru.ts'
import { createRateLimiter } from '../../../base/rate-limiter.ts'

/** Limits how often a peer may try a token (OP-D4). */

const triesPerMinute = 10
const secondsPerTry = 6
const millisecondsPerSecond = 1000
const mostPeers = 10_000
const unknownPeer = ''

export interface LoginTries {
  /** Returns the seconds that the peer must wait; undefined if it may try now. */
  take(address: string | undefined): number | undefined
}

export const createLoginTries = (now: () => number): LoginTries => {
  const peers = new Map<string, () => boolean>()
  return {
    take(address = '') {
      const peer = networkKey(address) ?? unknownPeer
      const mayTry = peers.get(peer) ?? createRateLimiter(triesPerMinute, secondsPerTry * millisecondsPerSecond, now)
      setMostRecent(peers, peer, mayTry, mostPeers)
      return mayTry() ? undefined : secondsPerTry
    },
  }
}
