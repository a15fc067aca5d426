import type { HttpError } from '../reply.ts'

/** Anthropic's errors: the type of each status, and the envelope. */

const typesByStatus: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  409: 'conflict_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

export const errorTypeOf = (status: number): string => typesByStatus[status] ?? 'api_error'

export const errorBody = (type: string, message: string, requestId: string): object => ({
  type: 'error',
  error: { type, message },
  request_id: requestId,
})

export const errorResponse = ({ status, type, message, headers, body }: HttpError, requestId: string): Response =>
  new Response(
    body ??
      JSON.stringify(errorBody(type ?? errorTypeOf(status), message ?? 'The simulated service failed.', requestId)),
    { status, headers: { 'content-type': 'application/json', 'request-id': requestId, ...headers } },
  )
