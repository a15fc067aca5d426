import { GatewayError } from '../../base/errors.ts'

/** For `.all(path, ...)` beside a route: the path is known, the method is not. */
export const methodNotAllowed =
  (...allowed: readonly string[]) =>
  (): never => {
    throw new GatewayError('invalid_request_error', `Method not allowed. This path takes ${allowed.join(', ')}.`, {
      status: 405,
      allow: allowed.join(', '),
      isLoggable: true,
    })
  }
