import { GatewayError } from '../../base/errors.ts'
import { isLoopbackHost } from '../../base/loopback.ts'
import { toConnectionError } from '../../upstreams/http/connection-errors.ts'
import type { Destination } from '../../upstreams/http/destination.ts'
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
export type EndpointProbe =
  | { readonly status: number; readonly ms: number; readonly clock: ClockReading | undefined }
  | { readonly error: GatewayError }

/** A proxy's, and nobody else's. */
export const proxyLoginStatus = 407

/** Of one who takes connections and says nothing on them. */
export const noAnswer = ({ host, proxy }: Destination, timeoutMs: number): string =>
  `A connection to ${host}${proxy === undefined ? '' : ` by the proxy ${proxy}`} came about, and nothing answered on it within ${timeoutMs / 1000} s. Are the endpoint and its port right? If they are, tell whoever runs it.`

/** Bun's fetch has the last word on certificates and proxies: it is what the product's requests travel by. */
export const probeEndpoint = async (
  endpointUrl: string,
  place: Destination,
  timeoutMs = stepMs,
): Promise<EndpointProbe> => {
  const startedAt = performance.now()
  const isLocal = isLoopbackHost(new URL(endpointUrl).hostname)
  const options: object = {
    method: 'HEAD',
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
    ...(isLocal && { proxy: false }),
  }
  try {
    const { status, headers } = await fetch(endpointUrl, options)
    return { status, ms: performance.now() - startedAt, clock: readClock(headers) }
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError'
    if (!isLate) return { error: toConnectionError(error, place) }
    // It is told only where each step to a connection has succeeded.
    return { error: new GatewayError('timeout_error', noAnswer(place, timeoutMs), { isLoggable: true }) }
  }
}
