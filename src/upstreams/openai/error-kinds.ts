import type { ErrorType } from '../../base/errors.ts'
import { isOverflow } from './overflow.ts'
import type { Reported } from './reported.ts'

/** The Anthropic error for each failure (OU-E3 to E15), as a table: the first matching row decides. */

export interface Failure {
  /** The HTTP status; 200 for an error inside a response. */
  readonly status: number
  readonly reported: Reported
  /** This provider's 400 or 413 without a body is an overflow (OU-E11). */
  readonly isBareOverflow: boolean
}

export interface ErrorKind {
  readonly type: ErrorType
  /** Set if it differs from the usual status of the type. */
  readonly status?: number
  readonly shouldRetry?: boolean
  /** Whether this server may retry the request. */
  readonly retryable?: boolean
  /** What the message adds to the provider's words. */
  readonly says?: 'key' | 'permission' | 'model' | 'overflow' | 'filter' | 'balance'
  readonly typeInStream?: ErrorType
}

interface Row extends ErrorKind {
  readonly statuses?: readonly number[]
  readonly codes?: RegExp
  readonly words?: RegExp
  /** Replaces the three conditions above. */
  readonly matches?: (failure: Failure) => boolean
}

const keyCodes = /^(?:invalid_api_key|invalid_authentication_error|100[0-4]|base_resp\.1004|base_resp\.2049)$/
const keyWords =
  /incorrect api key|invalid api key|api key (?:is )?(?:invalid|not valid|missing)|no api key|unauthorized/i

const isKeyRefused = ({ status, reported: { codes, message } }: Failure): boolean =>
  status === 401 ||
  codes.some((code) => keyCodes.test(code)) ||
  /incorrect api key/i.test(message) ||
  (status === 403 && keyWords.test(message))

const isBare = ({ status, reported, isBareOverflow }: Failure): boolean =>
  isBareOverflow && (status === 400 || status === 413) && reported.message === '' && reported.codes.length === 0

/** Words for a wait that is longer than any client waits. */
const dayWords = /per day|\bdaily\b|\bRPD\b|\bTPD\b|per week|per month/i

const rows: readonly Row[] = [
  {
    matches: (failure) => isBare(failure) || isOverflow(failure.reported.message, failure.reported.codes),
    type: 'invalid_request_error',
    says: 'overflow',
    shouldRetry: false,
  },
  {
    codes: /^(?:content_filter|ResponsibleAIPolicyViolation|1301|data_inspection_failed|base_resp\.10(?:26|27))$/,
    words: /data_inspection_failed/,
    type: 'policy_blocked',
    says: 'filter',
    shouldRetry: false,
  },
  { codes: /^tool_use_failed$/, type: 'api_error', retryable: true },
  {
    statuses: [402],
    codes:
      /^(?:insufficient_quota|billing_hard_limit_reached|exceeded_current_quota_error|insufficient_balance|1113|1309|base_resp\.1008)$/,
    words: /insufficient (?:account )?balance/i,
    type: 'billing_error',
    status: 429,
    says: 'balance',
    shouldRetry: false,
  },
  { matches: isKeyRefused, type: 'authentication_error', says: 'key', shouldRetry: false },
  {
    statuses: [403],
    codes: /^(?:model_not_allowed|unsupported_country_region_territory)$/,
    type: 'permission_error',
    says: 'permission',
    shouldRetry: false,
  },
  {
    statuses: [503, 529],
    codes: /^(?:overloaded\w*|engine_overloaded\w*|server_busy|service_unavailable|1312)$/,
    words: /model is (?:currently )?loading|server is busy|engine is currently overloaded/i,
    type: 'overloaded_error',
    retryable: true,
  },
  {
    codes: /^(?:1304|1308|1310)$/,
    matches: ({ status, reported }) => status === 429 && dayWords.test(reported.message),
    type: 'rate_limit_error',
    shouldRetry: false,
    typeInStream: 'overloaded_error',
  },
  {
    statuses: [429],
    codes: /^(?:130[235]|rate_limit_exceeded|rate_limit_error|base_resp\.10(?:02|39))$/,
    type: 'rate_limit_error',
    retryable: true,
    typeInStream: 'overloaded_error',
  },
  {
    statuses: [404],
    codes: /^(?:model_not_found|DeploymentNotFound|1211)$/,
    words: /no endpoints found/i,
    type: 'not_found_error',
    says: 'model',
    shouldRetry: false,
  },
  { statuses: [408, 504], type: 'timeout_error', retryable: true },
  { statuses: [413], type: 'request_too_large' },
  { statuses: [409], type: 'invalid_request_error', retryable: true },
]

const fits = ({ statuses, codes, words, matches }: Row, failure: Failure): boolean =>
  statuses?.includes(failure.status) === true ||
  (codes !== undefined && failure.reported.codes.some((code) => codes.test(code))) ||
  words?.test(failure.reported.message) === true ||
  matches?.(failure) === true

/** Uses the status in the body if the HTTP status is not specific (OU-E2). */
export const withStatusOfBody = (failure: Failure): Failure => {
  const { status, reported } = failure
  const saysNothing = status === 200 || status === 500
  return saysNothing && reported.status !== undefined ? { ...failure, status: reported.status } : failure
}

const other = (status: number): ErrorKind =>
  status >= 400 && status <= 499
    ? { type: 'invalid_request_error' }
    : { type: 'api_error', status: 502, retryable: true }

export const kindOf = (failure: Failure): ErrorKind => rows.find((row) => fits(row, failure)) ?? other(failure.status)
