import { setTimeout as resolveAfter } from 'node:timers/promises'
import { type Json, parseObject } from '../../base/json.ts'
import type { HttpError } from '../reply.ts'
import { streamBody } from '../stream.ts'
import { authorizeResponse, manualPath, manualResponse } from './authorize-page.ts'
import { createTokenStore, type TokenPair, type TokenStore, type TokenStoreOptions } from './token-store.ts'
import { errorResponse } from './wire-errors.ts'

/** Anthropic's OAuth endpoints: a token endpoint for JSON only, the authorization page, and the page with the code. */

export const tokenPath = '/v1/oauth/token'
export const authorizePath = '/oauth/authorize'

/** What the token endpoint does with one request. Without a member: what the real one does. */
export interface TokenReply {
  /** Milliseconds before the answer. */
  readonly delayMs?: number
  /** `hang` never answers; `lost` grants, and the connection breaks before the answer arrives. */
  readonly fault?: 'hang' | 'lost'
  /** An answer that grants nothing. */
  readonly error?: HttpError
  readonly expiresInSeconds?: number
  /** Members of the answer to add or replace; undefined removes one. */
  readonly members?: Json
}

/** Decides about a request of the token endpoint by its body. Returns undefined to grant it in the usual way. */
type TokenScenario = (body: Json) => TokenReply | undefined

export interface TokenServiceOptions extends TokenStoreOptions {
  readonly clientId?: string
  readonly expiresInSeconds?: number
  readonly scenario?: TokenScenario
  /** Whether the user declines each login. */
  readonly declines?: boolean
}

/** The answer, and the reason of a refusal. */
interface TokenAnswer {
  readonly body: unknown
  readonly response: Response
  readonly refusal?: string
}

export interface TokenService {
  readonly store: TokenStore
  /** Returns undefined for a path that is not an endpoint of OAuth. Does not settle where the scenario hangs. */
  answer(request: Request, requestId: string): Promise<TokenAnswer> | undefined
}

const defaultClientId = '9d1c250a-e61b-44d9-88ed-5944d1962f5e'
const eightHours = 8 * 3600

/** The answer of a proxy in front of a moved address. */
export const movedPage: HttpError = {
  status: 404,
  headers: { 'content-type': 'text/html' },
  body: '<!doctype html><title>Not Found</title>',
}

/** Begins an answer and resets the connection. */
const lostResponse = (body: Uint8Array): Response => {
  const frames = [body.subarray(0, 1), body.subarray(1)]
  const ignore = (): void => {}
  const fault = { kind: 'reset', afterFrames: 1 } as const
  const form = { faultFrame: () => body, damaged: () => body, onEnd: ignore, onCancel: ignore }
  return new Response(streamBody({ frames, pace: {}, fault, ...form }), {
    headers: { 'content-type': 'application/json' },
  })
}

const oauthError = (error: string, description: string): Response =>
  Response.json({ error, error_description: description }, { status: 400 })

const invalidRequest = (body: unknown, requestId: string): TokenAnswer => {
  const message = 'Invalid request format'
  return { body, refusal: message, response: errorResponse({ status: 400, message }, requestId) }
}

/** The members that each grant requires; all are strings. */
const requiredMembers: Readonly<Record<string, readonly string[]>> = {
  refresh_token: ['refresh_token'],
  authorization_code: ['code', 'state', 'redirect_uri', 'code_verifier'],
}

const hasMembers = (body: Json, names: readonly string[]): body is Readonly<Record<string, string>> =>
  names.every((name) => typeof body[name] === 'string' && body[name] !== '')

const grant = (body: Readonly<Record<string, string>>, store: TokenStore, seconds: number): TokenPair | string => {
  if (body['grant_type'] === 'refresh_token') return store.refresh(body['refresh_token'] ?? '', seconds)
  const { code = '', state = '', redirect_uri: redirectUri = '', code_verifier: codeVerifier = '' } = body
  return store.exchange({ code, state, redirectUri, codeVerifier }, seconds)
}

/** Without `token_type`, as the answers of the real endpoint. */
const toMembers = (pair: TokenPair): Json => ({
  access_token: pair.accessToken,
  refresh_token: pair.refreshToken,
  expires_in: pair.expiresInSeconds,
  scope: pair.scope,
})

export const createTokenService = (options: TokenServiceOptions = {}): TokenService => {
  const { clientId = defaultClientId, expiresInSeconds = eightHours, scenario, declines = false } = options
  const store = createTokenStore(options)

  const respond = async (body: Json, requestId: string): Promise<TokenAnswer> => {
    const { delayMs, fault, error, members, expiresInSeconds: seconds = expiresInSeconds } = scenario?.(body) ?? {}
    if (fault === 'hang') await new Promise(() => {})
    if (delayMs !== undefined) await resolveAfter(delayMs)
    if (error !== undefined) return { body, response: errorResponse(error, requestId) }

    const type = String(body['grant_type'])
    const required = requiredMembers[type]
    if (required === undefined) {
      const refusal = `Unsupported grant_type: ${type}`
      return { body, refusal, response: oauthError('unsupported_grant_type', refusal) }
    }
    if (!hasMembers(body, ['client_id', ...required])) return invalidRequest(body, requestId)
    if (body['client_id'] !== clientId) {
      const refusal = `Client with id ${body['client_id']} not found`
      return { body, refusal, response: oauthError('invalid_client', refusal) }
    }
    const pair = grant(body, store, seconds)
    if (typeof pair === 'string') return { body, refusal: pair, response: oauthError('invalid_grant', pair) }
    const answer = { ...toMembers(pair), ...members }
    const isLost = fault === 'lost'
    return { body, response: isLost ? lostResponse(Buffer.from(JSON.stringify(answer))) : Response.json(answer) }
  }

  const answerGrant = async (request: Request, requestId: string): Promise<TokenAnswer> => {
    const text = await request.text()
    const isJson = /^application\/json\b/i.test(request.headers.get('content-type') ?? '')
    const body = isJson ? parseObject(text) : undefined
    return body === undefined ? invalidRequest(text, requestId) : respond(body, requestId)
  }

  return {
    store,
    answer(request, requestId) {
      const { origin, pathname, searchParams } = new URL(request.url)
      if (pathname === tokenPath && request.method === 'POST') return answerGrant(request, requestId)
      if (request.method !== 'GET') return undefined
      const direct = (response: Response) => Promise.resolve({ body: undefined, response })
      if (pathname === authorizePath)
        return direct(authorizeResponse(searchParams, store, { clientId, origin, declines }))
      return pathname === manualPath ? direct(manualResponse(searchParams)) : undefined
    },
  }
}
