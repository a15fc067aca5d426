import type { Elysia } from 'elysia'
import { errorLocation } from '../../base/error-location.ts'
import { type GatewayError, toGatewayError } from '../../base/errors.ts'
import type { Logger } from '../../base/logger.ts'
import type { ScopeOf } from './request-scope.ts'

/** Headers that the client's retry logic reads, in addition to the status. */
const errorHeaders = (error: GatewayError): Record<string, string> => ({
  ...(error.shouldRetry === undefined ? {} : { 'x-should-retry': String(error.shouldRetry) }),
  ...(error.retryAfterSeconds === undefined ? {} : { 'retry-after': String(error.retryAfterSeconds) }),
  ...(error.upstreamRequestId === undefined ? {} : { 'x-amzn-requestid': error.upstreamRequestId }),
  ...(error.allow === undefined ? {} : { allow: error.allow }),
})

const internalStatus = 500

/** Logs an internal error with its location in the code, without its message. */
export const logInternalError = (log: Logger, requestId: string, { cause, status }: GatewayError): void => {
  if (cause === undefined || status !== internalStatus) return
  log.error('internal_error', { requestId, ...errorLocation(cause) })
}

/**
 * Turns every thrown value into an error in the format of the request's entrance. Registered first and globally: Elysia
 * does not apply a handler to routes that were added before it.
 */
export const errorHandler = (log: Logger, scopeOf: ScopeOf) => (app: Elysia) =>
  app.onError({ as: 'global' }, ({ code, error, set, path, request }) => {
    const { requestId, running, entrance } = scopeOf(request)
    const failure = code === 'NOT_FOUND' ? entrance.unknownPath(path) : toGatewayError(error)
    logInternalError(log, requestId, failure)
    running.failed(failure)
    const { status, body, headers } = entrance.errorResponse(failure, requestId)
    set.status = status
    Object.assign(set.headers, errorHeaders(failure), headers)
    return body
  })
