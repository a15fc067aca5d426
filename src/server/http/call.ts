import type { Shutdown } from './shutdown.ts'

const millisecondsPerSecond = 1000
/** The header has whole seconds, rounded down. */
const roundedOffSeconds = 1
/** A day: longer is no deadline, and far beyond it no timer. */
const longestTimeoutSeconds = 86_400

/**
 * Milliseconds until a client's own clock ends its wait for the beginning of an answer: Anthropic's SDKs and
 * Claude Code say so. Undefined where it says nothing that we understand.
 */
export const clientTimeoutMs = (headers: Headers): number | undefined => {
  const seconds = Number(headers.get('x-stainless-timeout') ?? '')
  if (!(seconds > 0 && seconds <= longestTimeoutSeconds)) return undefined
  return (seconds + roundedOffSeconds) * millisecondsPerSecond
}

/**
 * The lifetime of one request's work: the upstream's call ends with it. Every route that asks an upstream has one.
 * A client whose timeout is over has gone, even if something in between holds the connection open.
 */
export const startCall = (request: Request, shutdown: Shutdown) => {
  const controller = new AbortController()
  /** The client has disconnected. */
  const cancel = (): void => controller.abort()
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
    begun,
    /** The request has ended, however it came. Has to be called. */
    end(): void {
      begun()
      leave()
      request.signal.removeEventListener('abort', cancel)
    },
  }
}
