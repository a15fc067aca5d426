import type { Elysia } from 'elysia'
import { errorLocation } from '../../base/error-location.ts'
import { GatewayError, toGatewayError } from '../../base/errors.ts'
import type { Logger } from '../../base/logger.ts'
import type { ScopeOf } from './request-scope.ts'

/** What the client's retry logic reads beside the status. */
const errorHeaders = (error: GatewayError): Record<string, string> => ({
  ...(error.shouldRetry === undefined ? {} : { 'x-should-retry': String(error.shouldRetry) }),
  ...(error.retryAfterSeconds === undefined ? {} : { 'retry-after': String(error.retryAfterSeconds) }),
  ...(error.upstreamRequestId === undefined ? {} : { 'x-amzn-requestid': error.upstreamRequestId }),
  ...(error.allow === undefined ? {} : { allow: error.allow }),
})

const internalStatus = 500

const notFound = (path: string): GatewayError => {
  const hint = path.startsWith('/v1/v1/') ? ' Is there a /v1 at the end of ANTHROPIC_BASE_URL? It belongs without.' : ''
  return new GatewayError('not_found_error', `There is no ${path} here.${hint}`, {
    reason: `There is no such path here.${hint}`,
  })
}

/** A fault of our own, with its place in the code and none of its words. */
export const logInternalError = (log: Logger, requestId: string, { cause, status }: GatewayError): void => {
  if (cause === undefined || status !== internalStatus) return
  log.error('internal_error', { requestId, ...errorLocation(cause) })
}

/**
 * Turns whatever is thrown into an error in the words of the request's entrance. Registered first and globally: Elysia does not
 * apply a handler to routes that were added before it.
 */
export const errorHandler = (log: Logger, scopeOf: ScopeOf) => (app: Elysia) =>
  app.onError({ as: 'global' }, ({ code, error, set, path, request }) => {
    const failure = code === 'NOT_FOUND' ? notFound(path) : toGatewayError(error)
    const { requestId, running, entrance } = scopeOf(request)
    logInternalError(log, requestId, failure)
    running.failed(failure)
    const { status, body } = entrance.errorResponse(failure, requestId)
    set.status = status
    Object.assign(set.headers, errorHeaders(failure))
    return body
  })
