import { GatewayError } from '../../base/errors.ts'
import { isLoopbackHost } from '../../base/loopback.ts'
import { toConnectionError } from '../../upstreams/http/connection-errors.ts'
import type { Destination } from '../../upstreams/http/destination.ts'
import { stepMs } from './sockets.ts'

/** The time on this machine and in a response's date; milliseconds since 1970. */
export interface ClockReading {
  readonly here: number
  readonly there: number
}

/** Undefined if the response has no date, or comes from a cache. */
export const readClock = (headers: Headers): ClockReading | undefined => {
  const there = Date.parse(headers.get('date') ?? '')
  return Number.isNaN(there) || headers.has('age') ? undefined : { here: Date.now(), there }
}

/** The endpoint's response to a request without a key, sent like the program's own requests. */
export type EndpointProbe =
  | { readonly status: number; readonly ms: number; readonly clock: ClockReading | undefined }
  | { readonly error: GatewayError }

/** Only proxies send this status. */
export const proxyLoginStatus = 407

/** The message for a host that accepts connections and does not answer. */
export const noAnswer = ({ host, proxy }: Destination, timeoutMs: number): string =>
  `The connection to ${host}${proxy === undefined ? '' : ` through the proxy ${proxy}`} is open, but no answer came within ${timeoutMs / 1000} s. Check the endpoint and its port. If they are correct, report this to the administrator.`

/** Uses Bun's fetch, as the program's own requests do: it decides about certificates and proxies. */
export const probeEndpoint = async (
  endpointUrl: string,
  destination: Destination,
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
    if (!isLate) return { error: toConnectionError(error, destination) }
    // Shown only if each step to a connection succeeded.
    return { error: new GatewayError('timeout_error', noAnswer(destination, timeoutMs), { isLoggable: true }) }
  }
}
