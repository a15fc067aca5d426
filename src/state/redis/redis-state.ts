import type { Rate } from '../../base/rate-limiter.ts'
import type { SharedState } from '../shared-state.ts'
import { createAccountSums } from './account-sums.ts'
import { type LinkOptions, RedisLink } from './link.ts'
import { addScript, readScript, takeScript } from './scripts.ts'

/** Shares limits and budgets through Redis (OP-R). */

interface RedisStateOptions extends LinkOptions {
  /** Tells this process from all others. */
  readonly newId: () => string
}

interface RedisState extends SharedState {
  /** Connects for the first time. Resolves to whether that worked; if not, the state goes on trying. */
  start(): Promise<boolean>
}

const dayMs = 86_400_000
const usPerMs = 1000

const toSums = (answer: unknown) => {
  const [tokens = 0, requests = 0, cost = 0] = Array.isArray(answer) ? answer.map(Number) : []
  return { tokens, requests, cost }
}

/** Whole microseconds, rounded down: the last call of a full bucket must not fail by a fraction. */
const rateValues = ({ most, everyMs }: Rate): readonly string[] => [
  String(most),
  String(Math.max(Math.floor(everyMs * usPerMs), 1)),
]

export const createRedisState = ({ newId, ...options }: RedisStateOptions): RedisState => {
  const id = newId()
  const link = new RedisLink(options, () => void sums.settleAll())
  const sums = createAccountSums({
    async send(key, { number, sums: { tokens, requests, cost } }, until) {
      const figures = [number, tokens, requests, cost, Math.ceil(until) + dayMs].map(String)
      const answer = await link.run({ script: addScript, key, values: [id, ...figures] })
      return answer === undefined ? undefined : toSums(answer)
    },
  })
  return {
    kind: 'redis',
    start: () => link.connect(),
    async take(key, rate) {
      const answer = await link.run({ script: takeScript, key, values: rateValues(rate) })
      if (!Array.isArray(answer)) return undefined
      const [isAllowed, fullInUs] = answer.map(Number)
      return { isAllowed: isAllowed === 1, fullInMs: (fullInUs ?? 0) / usPerMs }
    },
    async read(key) {
      const settled = sums.settle(key)
      if (settled !== undefined) return link.inTime(settled)
      const answer = await link.run({ script: readScript, key, values: [] })
      return answer === undefined ? undefined : toSums(answer)
    },
    // It may wait for the answer to an earlier batch.
    add: (key, used, until) => link.inTime(sums.add(key, used, until)),
    isUp: () => link.outage.isUp,
    onChange: (listener) => link.outage.onChange(listener),
    async end() {
      // At most three deadlines: Redis is away after as many timeouts.
      await sums.settleAll()
      if (sums.unsettled > 0) options.log.warn('state.unsent', { kind: 'redis', accounts: sums.unsettled })
      link.end()
    },
  }
}
