import { GatewayError } from '../../base/errors.ts'
import type { Entrance } from '../http/entrance.ts'

/** The errors of the OAuth paths: the words of RFC 6749 and RFC 8628 (SI-A5, SI-A7). */

/** Each word that a client may get, besides those for a token. */
type OAuthError = 'invalid_request' | 'unsupported_grant_type' | 'slow_down' | 'access_denied' | 'server_error'

const words = new Map<number, OAuthError>([
  [403, 'access_denied'],
  [429, 'slow_down'],
])

const firstServerStatus = 500

const wordFor = ({ code, status }: GatewayError): string =>
  code ?? words.get(status) ?? (status < firstServerStatus ? 'invalid_request' : 'server_error')

export const noStore = { 'cache-control': 'no-store' }

export const oauthEntrance: Entrance = {
  name: 'oauth',
  wrongTokenMessage: 'The token is not valid.',
  unknownPath: () => new GatewayError('not_found_error', 'Unknown path.', { isLoggable: true }),
  errorResponse: (error) => ({
    status: error.status,
    headers: noStore,
    body: { error: wordFor(error), error_description: error.message },
  }),
}
