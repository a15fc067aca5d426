import type { GatewayError } from '../../base/errors.ts'
import { isLoopbackHost } from '../../base/loopback.ts'
import { connectTimeout, type Place, toConnectionError } from '../../upstreams/connection-errors.ts'
import { stepMs } from './sockets.ts'

/** What this machine's clock said when an answer told the time. */
export interface ClockReading {
  readonly here: number
  readonly there: number
}

/** Undefined where the answer does not tell the time, or comes out of somebody's cache. */
export const readClock = (headers: Headers): ClockReading | undefined => {
  const there = Date.parse(headers.get('date') ?? '')
  return Number.isNaN(there) || headers.has('age') ? undefined : { here: Date.now(), there }
}

/** What the endpoint says to a request without a key, sent just as the product's own requests are. */
export type Greeting =
  | { readonly status: number; readonly ms: number; readonly clock: ClockReading | undefined }
  | { readonly error: GatewayError }

/** Bun's fetch has the last word on certificates and proxies: it is what the product's requests travel by. */
export const greet = async (endpointUrl: string, place: Place): Promise<Greeting> => {
  const startedAt = performance.now()
  const isLocal = isLoopbackHost(new URL(endpointUrl).hostname)
  const options: object = {
    method: 'HEAD',
    redirect: 'manual',
    signal: AbortSignal.timeout(stepMs),
    ...(isLocal && { proxy: false }),
  }
  try {
    const { status, headers } = await fetch(endpointUrl, options)
    return { status, ms: performance.now() - startedAt, clock: readClock(headers) }
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError'
    return { error: isLate ? connectTimeout(place, `${stepMs / 1000} s`) : toConnectionError(error, place) }
  }
}
