/** The tokens and codes of a simulated authorization server: refresh tokens and codes are used once. */

export interface TokenPair {
  readonly accessToken: string
  readonly refreshToken: string
  readonly scope: string
  readonly expiresInSeconds: number
}

/** A request of the authorization page that was granted. */
interface Authorization {
  readonly redirectUri: string
  readonly scope: string
  readonly state: string
  /** Base64url of the SHA-256 of the verifier (RFC 7636). */
  readonly codeChallenge: string
}

interface CodeExchange {
  readonly code: string
  readonly redirectUri: string
  readonly state: string
  readonly codeVerifier: string
}

export interface TokenStoreOptions {
  /** Whether a used refresh token gets its pair again, instead of a refusal. */
  readonly repeatsAnswers?: boolean
  readonly newId?: () => string
  /** Milliseconds since 1970. */
  readonly now?: () => number
}

export interface TokenStore {
  /** Adds a pair, as an earlier login did. */
  issue(scope: string, expiresInSeconds: number): TokenPair
  /** Returns a code for the authorization. */
  authorize(authorization: Authorization): string
  /** Returns a pair, or the reason of the refusal. */
  exchange(request: CodeExchange, expiresInSeconds: number): TokenPair | string
  refresh(refreshToken: string, expiresInSeconds: number): TokenPair | string
  /** Whether the API accepts this access token now. */
  isValid(accessToken: string): boolean
  /** Whether this server has issued the access token, which may have expired. */
  isKnown(accessToken: string): boolean
  /** Ends an access token before its time. */
  revoke(accessToken: string): void
}

export const challengeOf = (verifier: string): string =>
  new Bun.CryptoHasher('sha256').update(verifier).digest('base64url')

const exchangeRefusal = (known: Authorization | undefined, request: CodeExchange): string | undefined => {
  if (known === undefined) return "Invalid 'code' in request."
  if (known.redirectUri !== request.redirectUri) return "Invalid 'redirect_uri' in request."
  if (known.state !== request.state) return "Invalid 'state' in request."
  return known.codeChallenge === challengeOf(request.codeVerifier) ? undefined : "Invalid 'code_verifier' in request."
}

export const createTokenStore = (options: TokenStoreOptions = {}): TokenStore => {
  const { repeatsAnswers = false, newId = () => crypto.randomUUID().replaceAll('-', ''), now = Date.now } = options
  const authorizations = new Map<string, Authorization>()
  const scopes = new Map<string, string>()
  const expiries = new Map<string, number>()
  const answers = new Map<string, TokenPair>()

  const issue = (scope: string, expiresInSeconds: number): TokenPair => {
    const pair = {
      accessToken: `sk-ant-oat01-${newId()}`,
      refreshToken: `sk-ant-ort01-${newId()}`,
      scope,
      expiresInSeconds,
    }
    scopes.set(pair.refreshToken, scope)
    expiries.set(pair.accessToken, now() + expiresInSeconds * 1000)
    return pair
  }

  return {
    issue,
    authorize(authorization) {
      const code = newId()
      authorizations.set(code, authorization)
      return code
    },
    exchange(request, expiresInSeconds) {
      const known = authorizations.get(request.code)
      // A refused attempt uses the code up, too.
      authorizations.delete(request.code)
      const refusal = exchangeRefusal(known, request)
      return refusal ?? issue(known?.scope ?? '', expiresInSeconds)
    },
    refresh(refreshToken, expiresInSeconds) {
      const scope = scopes.get(refreshToken)
      scopes.delete(refreshToken)
      if (scope === undefined) {
        return (repeatsAnswers ? answers.get(refreshToken) : undefined) ?? 'Refresh token not found or invalid'
      }
      const pair = issue(scope, expiresInSeconds)
      answers.set(refreshToken, pair)
      return pair
    },
    isValid: (accessToken) => (expiries.get(accessToken) ?? 0) > now(),
    isKnown: (accessToken) => expiries.has(accessToken),
    revoke(accessToken) {
      if (expiries.has(accessToken)) expiries.set(accessToken, now())
    },
  }
}
