import { networkKey } from '../../../base/ip-range.ts'
import { createRateLimit, type RateState } from '../../../gateway/policy/rate-limit.ts'
import { createSharedRate, networkHash } from '../../../gateway/policy/shared-rate.ts'
import type { SharedState } from '../../../state/shared-state.ts'

/** Limits how often a peer may try a token (OP-D4). */

const rate = { perMinute: 10, burst: 0 }
const unknownPeer = ''

export interface LoginTries {
  /** Returns the seconds that the peer must wait; undefined if it may try now. */
  take(address: string | undefined): Promise<number | undefined>
}

const waitOf = ({ isAllowed, waitSeconds }: RateState): number | undefined => (isAllowed ? undefined : waitSeconds)

/** The tries at all servers that share the state. During its outage each server counts alone: admins can still log in. */
const createSharedTries = (state: SharedState, now: () => number): LoginTries => {
  const tries = createSharedRate({ state, prefix: 'login:', now })
  return {
    async take(address) {
      const peer = networkHash(address)
      return waitOf((await tries.take(peer, rate)) ?? tries.takeAlone(peer, rate))
    },
  }
}

export const createLoginTries = (now: () => number, state?: SharedState): LoginTries => {
  if (state !== undefined) return createSharedTries(state, now)
  const { take } = createRateLimit({ now })
  return {
    take: async (address = '') => waitOf(take(networkKey(address) ?? unknownPeer, rate)),
  }
}
