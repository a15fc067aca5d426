import type { Rate } from '../base/rate-limiter.ts'
import { createBuckets } from './buckets.ts'
import type { Sums, TakenCall } from './shared-state.ts'
import { noSums, plus } from './sums.ts'

/** Buckets and accounts in the memory of one process. Other processes ask it for them. */
export interface MemoryStore {
  take(bucket: string, rate: Rate): TakenCall
  /** The sums of an account; zeros for a new one. */
  read(account: string): Sums
  /** Adds to an account, and returns its sums. The account is forgotten a day after `until`, milliseconds since 1970. */
  add(account: string, used: Sums, until: number): Sums
}

interface MemoryStoreOptions {
  /** Milliseconds, monotonic. */
  readonly now: () => number
  /** Milliseconds since 1970. */
  readonly date: () => number
}

const dayMs = 86_400_000

export const createMemoryStore = ({ now, date }: MemoryStoreOptions): MemoryStore => {
  const { take } = createBuckets({ now })
  const accounts = new Map<string, { sums: Sums; until: number }>()
  /** Each client has a new account every day: old ones must not add up. */
  const forgetOld = (): void => {
    for (const [name, { until }] of accounts) if (until + dayMs <= date()) accounts.delete(name)
  }
  return {
    take,
    read: (name) => accounts.get(name)?.sums ?? noSums,
    add(name, used, until) {
      const known = accounts.get(name)
      if (known === undefined) forgetOld()
      const sums = plus(known?.sums ?? noSums, used)
      accounts.set(name, { sums, until: Math.max(known?.until ?? 0, until) })
      return sums
    },
  }
}
