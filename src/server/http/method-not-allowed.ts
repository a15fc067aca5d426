import { GatewayError } from '../../base/errors.ts'

/** For `.all(path, ...)` after the routes of a path: the path exists, but not with this method. */
export const methodNotAllowed =
  (...allowed: readonly string[]) =>
  (): never => {
    throw new GatewayError('invalid_request_error', `Method not allowed. This path takes ${allowed.join(', ')}.`, {
      status: 405,
      allow: allowed.join(', '),
      isLoggable: true,
    })
  }
