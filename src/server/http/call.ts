import type { GatewayError } from '../../base/errors.ts'
import type { Place } from '../../gateway/policy/request-queue.ts'
import type { RequestScope } from './request-scope.ts'
import type { Shutdown } from './shutdown.ts'

const millisecondsPerSecond = 1000
/** The header contains whole seconds, rounded down. */
const roundedOffSeconds = 1
/** A day. A longer timeout is not useful, and a timer cannot hold a much longer one. */
const longestTimeoutSeconds = 86_400

/**
 * Milliseconds until the client's own timeout for the start of an answer, from the header that Anthropic's SDKs and
 * Claude Code send. Undefined without a valid header.
 */
export const clientTimeoutMs = (headers: Headers): number | undefined => {
  const seconds = Number(headers.get('x-stainless-timeout') ?? '')
  if (!(seconds > 0 && seconds <= longestTimeoutSeconds)) return undefined
  return (seconds + roundedOffSeconds) * millisecondsPerSecond
}

export type Call = ReturnType<typeof startCall>

/**
 * The lifetime of one request's work: the upstream's call ends with it. Every route that calls an upstream needs one.
 * After its timeout, a client counts as disconnected, even if a proxy keeps the connection open.
 */
export const startCall = (request: Request, shutdown: Shutdown) => {
  const controller = new AbortController()
  let place: Place | undefined
  /** The client has disconnected. Its place is free at once, even if the answer is not read to its end. */
  const cancel = (): void => {
    controller.abort()
    place?.leave()
  }
  const leave = shutdown.join(controller)
  if (request.signal.aborted) cancel()
  request.signal.addEventListener('abort', cancel, { once: true })
  const timeoutMs = clientTimeoutMs(request.headers)
  const timer = timeoutMs === undefined ? undefined : setTimeout(cancel, timeoutMs)
  /** The answer has begun: the client's timeout no longer counts. */
  const begun = (): void => clearTimeout(timer)
  return {
    /** Aborts when the client disconnects, when its own timeout is over, or when the server ends. */
    signal: controller.signal,
    cancel,
    /** Ends the upstream's call: its error becomes this one. */
    fail: (reason: GatewayError): void => controller.abort(reason),
    begun,
    /** Keeps a place upstream until the end. */
    keep(taken: Place): void {
      place = taken
      if (controller.signal.aborted) taken.leave()
    },
    /** Must be called at every end of the request. */
    end(): void {
      begun()
      leave()
      place?.leave()
      request.signal.removeEventListener('abort', cancel)
    },
  }
}

/** Waits for a place upstream, which the end of the call gives back. Rejects with GatewayError. */
export const takePlace = async (
  call: Pick<Call, 'signal' | 'keep'>,
  enter: NonNullable<RequestScope['enter']>,
  model: string,
): Promise<Place> => {
  const place = await enter(model, call.signal)
  call.keep(place)
  return place
}
