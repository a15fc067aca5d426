import type { HttpError } from '../reply.ts'
import { hasBeta } from './rule.ts'
import type { TokenStore } from './token-store.ts'

/**
 * Checks the credential of a request: an API key in `x-api-key` or as a bearer token (the SDK sends it so since its
 * version 1), or an OAuth access token with its beta flag.
 */

export interface Credential {
  readonly kind: 'api_key' | 'bearer_api_key' | 'oauth'
  /** The first 8 hexadecimal digits of its SHA-256. */
  readonly id: string
}

export interface AcceptedCredentials {
  /** Undefined accepts any key, and any access token of another server. */
  readonly apiKeys: readonly string[] | undefined
  readonly tokens: TokenStore
}

const idDigits = 8

/** The id of a credential in the journal. */
export const credentialId = (value: string): string =>
  new Bun.CryptoHasher('sha256').update(value).digest('hex').slice(0, idDigits)

const refused = (message: string): HttpError => ({ status: 401, message })

const isAcceptedKey = (key: string, { apiKeys }: AcceptedCredentials): boolean =>
  key !== '' && (apiKeys?.includes(key) ?? true)

const accessTokenPrefix = 'sk-ant-oat'

const judgeBearer = (token: string, headers: Headers, accepted: AcceptedCredentials): Credential | HttpError => {
  const { apiKeys, tokens } = accepted
  const isAccessToken = tokens.isKnown(token) || token.startsWith(accessTokenPrefix)
  if (!isAccessToken) {
    const isAccepted = isAcceptedKey(token, accepted)
    return isAccepted ? { kind: 'bearer_api_key', id: credentialId(token) } : refused('Invalid bearer token')
  }
  if (!hasBeta(betasOf(headers), 'oauth-')) return refused('OAuth authentication is currently not supported.')
  if (tokens.isKnown(token) && !tokens.isValid(token)) {
    return refused('OAuth token has expired. Please obtain a new token or refresh your existing token.')
  }
  const isAccepted = tokens.isKnown(token) || apiKeys === undefined
  return isAccepted ? { kind: 'oauth', id: credentialId(token) } : refused('Invalid bearer token')
}

export const betasOf = (headers: Headers): string[] =>
  (headers.get('anthropic-beta') ?? '')
    .split(',')
    .map((flag) => flag.trim())
    .filter((flag) => flag !== '')

/** Returns the credential, or the refusal. */
export const authenticate = (headers: Headers, accepted: AcceptedCredentials): Credential | HttpError => {
  const key = headers.get('x-api-key')
  const authorization = headers.get('authorization')
  // The real words for two credentials are unknown.
  if (key !== null && authorization !== null)
    return refused('x-api-key and authorization headers are mutually exclusive')
  if (key !== null) {
    return isAcceptedKey(key, accepted) ? { kind: 'api_key', id: credentialId(key) } : refused('invalid x-api-key')
  }
  const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1]
  return token === undefined ? refused('x-api-key header is required') : judgeBearer(token, headers, accepted)
}
