import { clientClosedStatus, type GatewayError } from '../base/errors.ts'
import type { RequestOutcome } from './request-record.ts'

/** How the upstream's answer ended. */
export type ResponseEnd = 'complete' | 'failed' | 'cancelled'

/** Statuses from here on are failures of the server. */
const internalStatus = 500
/** Lower statuses report success, also for a stream that fails later. */
const firstFailureStatus = 400

/** Key, quota and missing model are problems of the configuration, not errors of the request. */
const isFaultOfRequest = ({ type }: GatewayError): boolean =>
  type === 'invalid_request_error' || type === 'request_too_large'

interface End {
  /** Undefined if the upstream was not called. */
  readonly answer: ResponseEnd | undefined
  /** The error that the client gets, or would have got. */
  readonly error: GatewayError | undefined
  /** As sent. */
  readonly status: number
  /** Whether the client disconnected. */
  readonly hasLeft: boolean
}

export const outcomeOf = ({ answer, error, status, hasLeft }: End): RequestOutcome => {
  if (answer === 'cancelled' || [error?.status, status].includes(clientClosedStatus)) return 'cancelled'
  if (error === undefined) return hasLeft && answer !== 'complete' ? 'cancelled' : 'answered'
  if (status < firstFailureStatus || status >= internalStatus) return 'failed'
  return answer === undefined || isFaultOfRequest(error) ? 'refused' : 'failed'
}
