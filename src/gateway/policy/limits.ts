import type { Endpoint } from '../endpoint.ts'
import type { RequestObserver } from '../request-record.ts'
import type { RunningRequest } from '../running-requests.ts'
import type { ClientIdentity } from './access.ts'

/** One request in front of the limits (OP-L). */
interface LimitedRequest {
  readonly method: string
  readonly endpoint: Endpoint
  readonly client: ClientIdentity | undefined
  /** The address of the client; undefined where it is not known. */
  readonly address: () => string | undefined
  readonly running: RunningRequest
}

/** The limits in front of requests to a model: rate, then budgets, then places upstream. */
export interface Limits {
  /** Returns the headers of the answer. Throws GatewayError for a request over a limit. */
  admit(request: LimitedRequest): Readonly<Record<string, string>>
  /** Waits for a place upstream; the returned function gives it back. Rejects with GatewayError. */
  enter(request: Pick<LimitedRequest, 'client' | 'running'>, signal: AbortSignal): Promise<() => void>
  /** Books what a request used. */
  readonly observer: RequestObserver
  /** Requests that have a place, and requests that wait for one. */
  counts(): { readonly active: number; readonly queued: number }
}
