import { attempt } from '../../base/attempt.ts'
import { htmlPage } from './html-page.ts'
import type { TokenStore } from './token-store.ts'

/** The page on which a user agrees to a login; the simulated user agrees, or declines, at once. */

/** The page that shows the code, for clients without a server of their own. */
export const manualPath = '/oauth/code/callback'

/** The real manual page. A client names it in each login, so the simulated one accepts it for its own page. */
const realManualPage = 'https://platform.claude.com/oauth/code/callback'

export interface AuthorizeOptions {
  readonly clientId: string
  /** Of this server. */
  readonly origin: string
  readonly declines: boolean
}

const isLoopbackCallback = (uri: string): boolean => {
  const url = attempt(() => new URL(uri))
  if (url?.protocol !== 'http:' || url.pathname !== '/callback') return false
  return url.hostname === 'localhost' || url.hostname === '127.0.0.1'
}

const refused = (reason: string): Response => htmlPage(400, 'Invalid OAuth Request', reason)

const missingMember = (query: URLSearchParams, clientId: string): string | undefined => {
  const required = { response_type: 'code', client_id: clientId, code_challenge_method: 'S256' }
  const wrong = Object.entries(required).find(([name, value]) => query.get(name) !== value)?.[0]
  return wrong ?? ['redirect_uri', 'scope', 'code_challenge', 'state'].find((name) => (query.get(name) ?? '') === '')
}

/** Redirects to the client with a code, as after the user's consent. */
export const authorizeResponse = (query: URLSearchParams, store: TokenStore, options: AuthorizeOptions): Response => {
  const { clientId, origin, declines } = options
  const missing = missingMember(query, clientId)
  if (missing !== undefined) return refused(`Missing or invalid parameter: ${missing}`)
  const parameter = (name: string): string => query.get(name) ?? ''
  const redirectUri = parameter('redirect_uri')
  const ownPage = `${origin}${manualPath}`
  const isManual = redirectUri === realManualPage || redirectUri === ownPage
  if (!isManual && !isLoopbackCallback(redirectUri)) {
    return refused(`Redirect URI ${redirectUri} is not supported by client.`)
  }

  const target = new URL(isManual ? ownPage : redirectUri)
  if (declines) {
    target.searchParams.set('error', 'access_denied')
    target.searchParams.set('error_description', 'The user declined the request.')
  } else {
    const state = parameter('state')
    const codeChallenge = parameter('code_challenge')
    target.searchParams.set('code', store.authorize({ redirectUri, scope: parameter('scope'), state, codeChallenge }))
  }
  target.searchParams.set('state', parameter('state'))
  return new Response(null, { status: 302, headers: { location: target.href } })
}

/** The page to copy `CODE#STATE` from. */
export const manualResponse = (query: URLSearchParams): Response => {
  const code = query.get('code')
  if (code === null) return htmlPage(400, 'Authentication failed', query.get('error_description') ?? 'No code.')
  return htmlPage(200, 'Authentication Code', `${code}#${query.get('state') ?? ''}`)
}
