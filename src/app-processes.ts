import type { Losses } from './gateway/observers/losses.ts'
import type { OtherProcesses } from './gateway/process-work.ts'
import type { Upstream } from './upstreams/upstream.ts'

/** Shows the work of all processes of one server (OP-K7). */

type Others = OtherProcesses | undefined

/** Also lists what the upstream has refused to the other processes, each part once. */
export const withDegradedOf = (others: Others, upstream: Upstream): Upstream => {
  if (others === undefined) return upstream
  return {
    ...upstream,
    degraded() {
      const all = [...(upstream.degraded?.() ?? []), ...others.work().degraded]
      return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()]
    },
  }
}

/** Also counts what the observers of the other processes have lost. */
export const withLossesOf = (others: Others, losses: Losses): Losses => {
  if (others === undefined) return losses
  return {
    ...losses,
    counts() {
      const counts = new Map(losses.counts())
      for (const [observer, lost] of others.work().lost) counts.set(observer, (counts.get(observer) ?? 0) + lost)
      return counts
    },
  }
}
