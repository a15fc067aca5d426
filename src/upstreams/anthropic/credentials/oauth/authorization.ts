import type { OAuthSettings } from './token-endpoint.ts'

/** The authorization page, to which a login sends the user, and what the user brings back from it. */

/** Anthropic's page that shows the code, for a browser that cannot reach this program. */
const manualRedirect = 'https://platform.claude.com/oauth/code/callback'

/** The path and the host that Anthropic accepts for a program on this machine, with any port. */
export const callbackPath = '/callback'

const scopes = 'org:create_api_key user:profile user:inference'

export interface Authorization {
  /** The page to open. */
  readonly url: string
  readonly redirectUri: string
  /** Comes back with the code, and proves that the code belongs to this login. */
  readonly state: string
  /** Its hash is in the URL; the exchange of the code needs the verifier itself (RFC 7636). */
  readonly codeVerifier: string
}

/** `port`: of the server on this machine that gets the code; without it, the user copies the code from a page. */
export const createAuthorization = async (
  { tokenUrl, authorizeUrl, clientId }: OAuthSettings,
  port: number | undefined,
): Promise<Authorization> => {
  const library = await import('openid-client')
  const server = {
    issuer: new URL(authorizeUrl).origin,
    token_endpoint: tokenUrl,
    authorization_endpoint: authorizeUrl,
  }
  const configuration = new library.Configuration(server, clientId, undefined, library.None())
  if (authorizeUrl.startsWith('http:')) library.allowInsecureRequests(configuration)
  const codeVerifier = library.randomPKCECodeVerifier()
  const state = library.randomState()
  const redirectUri = port === undefined ? manualRedirect : `http://localhost:${port}${callbackPath}`
  const url = library.buildAuthorizationUrl(configuration, {
    // The page then shows the code.
    ...(port === undefined && { code: 'true' }),
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: scopes,
    code_challenge: await library.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    state,
  })
  return { url: url.href, redirectUri, state, codeVerifier }
}

interface PastedCode {
  readonly code: string
  readonly state: string
}

/** Reads `CODE#STATE`, or the URL of a page that has both. Undefined for any other text. */
export const parsePastedCode = (text: string): PastedCode | undefined => {
  const pasted = text.trim()
  const query = /^https?:\/\//i.test(pasted) ? URL.parse(pasted)?.searchParams : undefined
  const [code, state, ...others] = query ? [query.get('code'), query.get('state')] : pasted.split('#')
  const isWhole = Boolean(code) && Boolean(state) && others.length === 0 && !/\s/.test(pasted)
  return isWhole && code && state ? { code, state } : undefined
}
