import type { Configuration, TokenEndpointResponse } from 'openid-client'
import { type Json, parseObject } from '../../../../base/json.ts'
import { isLoopbackHost } from '../../../../base/loopback.ts'
import { Secret } from '../../../../base/secret.ts'
import { productName, version } from '../../../../version.ts'
import type { Fetch } from '../../../http/post.ts'
import { isCredentialText } from '../credential.ts'

/** Requests tokens of Anthropic's authorization server, with openid-client, which is loaded with the first request. */

export interface OAuthSettings {
  readonly tokenUrl: string
  readonly authorizeUrl: string
  readonly clientId: string
}

/** What the endpoint has granted. */
export interface GrantedTokens {
  readonly accessToken: Secret
  /** Absent if the one that was used stays valid. */
  readonly refreshToken: Secret | undefined
  /** Undefined if the answer does not say. */
  readonly expiresInSeconds: number | undefined
  readonly scopes: readonly string[] | undefined
  readonly isMax: boolean | undefined
}

/**
 * Why there are no tokens. `refused`: the endpoint does not accept the credential. `moved`: the address is wrong, which
 * says nothing about the credential. `unavailable`: a later request may succeed.
 */
export interface TokenFailure {
  readonly kind: 'refused' | 'moved' | 'unavailable'
  /** Undefined without an answer. */
  readonly status: number | undefined
  /** The error code of OAuth, such as `invalid_grant`. */
  readonly code: string | undefined
  readonly retryAfterSeconds: number | undefined
}

type TokenOutcome =
  | { readonly kind: 'granted'; readonly tokens: GrantedTokens; readonly date: string | null }
  | TokenFailure

/** What the user brings back from the authorization page, and what the request for it began with. */
interface CodeExchange {
  readonly code: string
  readonly state: string
  readonly redirectUri: string
  readonly codeVerifier: string
}

export interface TokenEndpoint {
  /** The endpoint's host, for messages. */
  readonly host: string
  /** A refresh token can be used once. Never rejects. */
  refresh(refreshToken: Secret): Promise<TokenOutcome>
  /** Never rejects. */
  exchange(exchange: CodeExchange): Promise<TokenOutcome>
}

/** An answer, read in full. */
interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: Json | undefined
}

/** Long enough for a slow answer; a request of a client waits for two calls (AU-O11). */
const usualCallMs = 8000

const isHtml = ({ headers, text }: Answer): boolean =>
  /^text\/html\b/i.test(headers.get('content-type') ?? '') || /^\s*</.test(text)

/** The names of OAuth's errors. A server may send any text, which does not belong into a log. */
const codePattern = /^[a-z][a-z_]{0,39}$/

const codeOf = (body: Json | undefined): string | undefined => {
  const error = body?.['error']
  const code = typeof error === 'object' && error !== null ? (error as Json)['type'] : error
  return typeof code === 'string' && codePattern.test(code) ? code : undefined
}

/** Seconds; a date instead of a number is rare, and the usual wait replaces it. */
const retryAfterOf = ({ headers }: Answer): number | undefined => {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN)
  return seconds >= 0 ? seconds : undefined
}

const kindOf = (answer: Answer): TokenFailure['kind'] => {
  const { status } = answer
  if (status >= 500 || status === 408 || status === 429) return 'unavailable'
  if (status === 404 || status === 405 || status === 410 || (status >= 300 && status < 400) || isHtml(answer)) {
    return 'moved'
  }
  return status >= 400 ? 'refused' : 'unavailable'
}

const toFailure = (answer: Answer | undefined): TokenFailure =>
  answer === undefined
    ? { kind: 'unavailable', status: undefined, code: undefined, retryAfterSeconds: undefined }
    : {
        kind: kindOf(answer),
        status: answer.status,
        code: codeOf(answer.body),
        retryAfterSeconds: retryAfterOf(answer),
      }

const toTokens = (answer: TokenEndpointResponse): GrantedTokens => ({
  accessToken: new Secret(answer.access_token),
  refreshToken: answer.refresh_token === undefined ? undefined : new Secret(answer.refresh_token),
  expiresInSeconds: answer.expires_in,
  scopes: answer.scope?.split(' ').filter((scope) => scope !== ''),
  isMax: typeof answer['is_max'] === 'boolean' ? answer['is_max'] : undefined,
})

const tokenOf = (value: unknown): string | undefined => (isCredentialText(value) ? value : undefined)

/** Undefined for what is not a time: then the answer does not say for how long. */
const secondsOf = (value: unknown): number | undefined => {
  const seconds = typeof value === 'string' ? Number(value) : value
  return typeof seconds === 'number' && seconds > 0 && Number.isFinite(seconds) ? seconds : undefined
}

/** Some servers send a list. */
const scopeOf = (value: unknown): string | undefined => {
  const scopes: readonly unknown[] = Array.isArray(value) ? value : [value]
  return scopes.filter((scope) => typeof scope === 'string').join(' ') || undefined
}

/**
 * The answer for the library, which requires `token_type`, and refuses a whole answer because of any member of another
 * type. A refresh token is spent by then: a new pair must not be lost because of another member.
 */
const adapted = ({ status, body }: Answer): Response => {
  const isGrant = status >= 200 && status < 300 && body !== undefined
  if (!isGrant) return Response.json({ ...body }, { status })
  const { access_token: accessToken, refresh_token: refreshToken, expires_in: expiresIn, scope, is_max: isMax } = body
  return Response.json({
    token_type: 'bearer',
    access_token: tokenOf(accessToken),
    refresh_token: tokenOf(refreshToken),
    expires_in: secondsOf(expiresIn),
    scope: scopeOf(scope),
    is_max: isMax,
  })
}

/**
 * Aborts after that time, in two steps: if the machine was suspended during the call, the answer that is waiting is read
 * before the second step. It may have the only valid tokens.
 */
const createTimeout = (milliseconds: number) => {
  const timeout = new AbortController()
  const half = milliseconds / 2
  let timer = setTimeout(() => {
    timer = setTimeout(() => timeout.abort(), half)
  }, half)
  return { signal: timeout.signal, end: () => clearTimeout(timer) }
}

interface TokenEndpointOptions {
  readonly settings: OAuthSettings
  readonly fetch: Fetch
  /** Limit of one call. */
  readonly callMs?: number
}

export const createTokenEndpoint = ({ settings, fetch, callMs = usualCallMs }: TokenEndpointOptions): TokenEndpoint => {
  const { tokenUrl, clientId } = settings
  const url = new URL(tokenUrl)

  const post = async (body: string): Promise<Answer> => {
    const { signal, end } = createTimeout(callMs)
    try {
      const response = await fetch(tokenUrl, {
        method: 'POST',
        headers: {
          accept: 'application/json',
          'content-type': 'application/json',
          'user-agent': `${productName}/${version}`,
        },
        body,
        redirect: 'manual',
        signal,
        timeout: false,
        // A company's proxy cannot reach this machine.
        ...(isLoopbackHost(url.hostname) && { proxy: false }),
      })
      const text = await response.text()
      return { status: response.status, headers: response.headers, text, body: parseObject(text) }
    } finally {
      end()
    }
  }

  const call = async (
    request: (library: typeof import('openid-client'), configuration: Configuration) => Promise<TokenEndpointResponse>,
  ): Promise<TokenOutcome> => {
    let answer: Answer | undefined
    try {
      const library = await import('openid-client')
      // The library requires an issuer, and compares it only with an answer that has one. Discovery is never requested.
      const server = { issuer: url.origin, token_endpoint: tokenUrl }
      const configuration = new library.Configuration(server, clientId, undefined, library.None())
      // Only for a URL that the user has configured like that.
      if (url.protocol === 'http:') library.allowInsecureRequests(configuration)
      configuration[library.customFetch] = async (_url, { body }) => {
        answer = await post(JSON.stringify(Object.fromEntries(body as URLSearchParams)))
        return adapted(answer)
      }
      const tokens = toTokens(await request(library, configuration))
      return { kind: 'granted', tokens, date: answer?.headers.get('date') ?? null }
    } catch {
      // The library's errors quote the answer.
      return toFailure(answer)
    }
  }

  return {
    host: url.host,
    refresh: (refreshToken) =>
      call((library, configuration) => library.refreshTokenGrant(configuration, refreshToken.reveal())),
    exchange: ({ code, state, redirectUri, codeVerifier }) =>
      call((library, configuration) => {
        const callback = new URL(redirectUri)
        callback.search = new URLSearchParams({ code, state }).toString()
        const checks = { expectedState: state, pkceCodeVerifier: codeVerifier }
        return library.authorizationCodeGrant(configuration, callback, checks, { state })
      }),
  }
}
