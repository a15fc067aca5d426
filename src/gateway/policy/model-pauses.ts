import type { GatewayError } from '../../base/errors.ts'

/** Models that the upstream throttles: new requests for them wait, instead of being refused as well (OP-L14). */

interface ModelPausesOptions {
  /** Milliseconds, monotonic. */
  readonly now: () => number
  /** Called when requests for a model may start again. */
  readonly onEnd: () => void
}

/** Clients wait for more than this themselves. */
const longestPauseSeconds = 10
const millisecondsPerSecond = 1000

/** Seconds that the upstream asks to wait; undefined if it does not throttle, or for too long. */
const pauseOf = ({ type, retryAfterSeconds = 0 }: GatewayError): number | undefined => {
  const isThrottled = type === 'rate_limit_error' || type === 'overloaded_error'
  return isThrottled && retryAfterSeconds > 0 && retryAfterSeconds <= longestPauseSeconds
    ? retryAfterSeconds
    : undefined
}

export type ModelPauses = ReturnType<typeof createModelPauses>

export const createModelPauses = ({ now, onEnd }: ModelPausesOptions) => {
  const pauses = new Map<string, { readonly until: number; readonly timer: ReturnType<typeof setTimeout> }>()
  const remove = (model: string): boolean => {
    clearTimeout(pauses.get(model)?.timer)
    return pauses.delete(model)
  }
  const end = (model: string): void => {
    if (remove(model)) onEnd()
  }
  return {
    has: (model: string): boolean => pauses.has(model),
    /** Begins or extends a pause if the error asks to wait. */
    begin(model: string, error: GatewayError): void {
      const seconds = pauseOf(error)
      if (seconds === undefined) return
      const pauseMs = seconds * millisecondsPerSecond
      const until = now() + pauseMs
      if ((pauses.get(model)?.until ?? 0) >= until) return
      remove(model)
      pauses.set(model, { until, timer: setTimeout(() => end(model), pauseMs) })
    },
    /** The upstream answers requests for this model. */
    end,
    /** Ends all pauses. Nothing is called. */
    clear(): void {
      for (const model of pauses.keys()) remove(model)
    },
  }
}
