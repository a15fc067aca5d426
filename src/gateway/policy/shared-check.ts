import { GatewayError } from '../../base/errors.ts'
import type { SharedState } from '../../state/shared-state.ts'
import { type Budgets, ownNameOf } from './budgets.ts'
import type { Admission, LimitedRequest } from './limited-request.ts'
import type { RequestRates } from './request-rates.ts'
import { createSharedRate, networkHash } from './shared-rate.ts'

/** Checks the rate of a request, and reads its budgets, where servers share both (OP-R1, OP-R5). */

export interface SharedCheckOptions {
  readonly state: SharedState
  /** While the state does not answer: limit alone, or refuse requests. */
  readonly onOutage: 'local' | 'refuse'
  readonly rates: RequestRates
  readonly budgets: Pick<Budgets, 'settle'>
  /** Milliseconds, monotonic. */
  readonly now: () => number
}

/** Seconds. A longer wait would not help: the first request after an outage works. */
const retrySeconds = 5

const stateAway = (): GatewayError =>
  new GatewayError('overloaded_error', 'The shared state of the limits does not answer. Try again in a moment.', {
    retryAfterSeconds: retrySeconds,
    shouldRetry: true,
    isLoggable: true,
  })

const bucketOf = ({ client, address }: LimitedRequest): string => {
  const name = ownNameOf(client)
  return name === undefined ? `ip:${networkHash(address())}` : `client:${name}`
}

/** Returns the check. Both questions are on their way at the same time: a request waits for one round trip (OP-R7). */
export const createSharedCheck = ({ state, onOutage, rates, budgets, now }: SharedCheckOptions) => {
  const answers = createSharedRate({ state, prefix: 'rate:', now })
  const counts = createSharedRate({ state, prefix: 'counts:', now })
  const refuses = onOutage === 'refuse'
  const refuse = ({ running }: LimitedRequest, admission?: Admission): Admission => {
    running.update({ limit: 'state' })
    return { headers: {}, ...admission, refusal: stateAway() }
  }
  return async (request: LimitedRequest, isCount: boolean): Promise<Admission> => {
    const rate = rates.rateOf(request, isCount)
    const shared = isCount ? counts : answers
    const bucket = rate === undefined ? '' : bucketOf(request)
    const [taken, isKnown = true] = await Promise.all([
      rate && shared.take(bucket, rate),
      isCount ? undefined : budgets.settle(request.client),
    ])
    if (rate !== undefined && taken === undefined && refuses) return refuse(request)
    const admission: Admission =
      rate === undefined ? { headers: {} } : rates.admit(request, rate, taken ?? shared.takeAlone(bucket, rate))
    if (admission.refusal !== undefined || isKnown || !refuses) return admission
    return refuse(request, admission)
  }
}
