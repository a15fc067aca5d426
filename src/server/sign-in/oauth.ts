import { Elysia } from 'elysia'
import { GatewayError } from '../../base/errors.ts'
import type { SignIn } from '../../gateway/sign-in/sign-in.ts'
import { productName } from '../../version.ts'
import { methodNotAllowed } from '../http/method-not-allowed.ts'
import type { ScopeOf } from '../http/request-scope.ts'
import { noStore } from './entrance.ts'
import { readForm, requiredField } from './form.ts'
import { devicePath, metadataPath, oauthFolder } from './paths.ts'

/** The OAuth endpoints that Claude Code's `/login` uses: a device flow (RFC 8628) and its tokens (SI-A2 to SI-A7). */

export interface OAuthOptions {
  readonly signIn: Pick<SignIn, 'ask' | 'poll' | 'refresh' | 'revoke'>
  /** The address that clients use, without a slash at the end. */
  readonly publicUrl: string
  readonly approve: 'terminal' | 'invite'
  readonly scopeOf: ScopeOf
}

const [badRequest, unauthorized] = [400, 401]
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'
const refreshGrant = 'refresh_token'

const paths = {
  device: `${oauthFolder}device_authorization`,
  token: `${oauthFolder}token`,
  revoke: `${oauthFolder}revoke`,
} as const

const metadata = ({ publicUrl }: OAuthOptions) => ({
  issuer: publicUrl,
  device_authorization_endpoint: publicUrl + paths.device,
  token_endpoint: publicUrl + paths.token,
  revocation_endpoint: publicUrl + paths.revoke,
  grant_types_supported: [deviceGrant, refreshGrant],
  response_types_supported: [],
  token_endpoint_auth_methods_supported: ['none'],
  gateway_protocol_version: 1,
})

const tooMany = (): GatewayError =>
  new GatewayError('rate_limit_error', 'Too many requests. Wait a minute.', { code: 'slow_down', isLoggable: true })

const unsupportedGrant = (): GatewayError =>
  new GatewayError('invalid_request_error', 'This server takes device_code and refresh_token grants.', {
    code: 'unsupported_grant_type',
    isLoggable: true,
  })

const refusals = {
  authorization_pending: 'The sign-in is not approved yet.',
  slow_down: 'Wait for the interval between two requests.',
  expired_token: 'The code is not valid, or it has expired. Run /login again.',
  access_denied: 'The sign-in was refused.',
  invalid_grant: 'The session has ended. Run /login again.',
} as const

type Outcome = Awaited<ReturnType<OAuthOptions['signIn']['poll']>>

const answer = (status: number, body: object): Response => Response.json(body, { status, headers: noStore })

const tokenAnswer = (outcome: Outcome): Response => {
  if (outcome.kind === 'tooMany') throw tooMany()
  if (outcome.kind === 'refused') {
    const { error } = outcome
    const status = error === 'invalid_grant' ? unauthorized : badRequest
    return answer(status, { error, error_description: refusals[error] })
  }
  const { accessToken, refreshToken, expiresIn } = outcome.tokens
  return answer(200, {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: expiresIn,
    refresh_token: refreshToken,
    ...(outcome.email !== undefined && { email: outcome.email }),
  })
}

/** Names and versions that a terminal can show: others are not kept. */
const shownName = /^[\w.+:@/-]{1,60}$/

const shown = (text: string | null | undefined): string | undefined => (text && shownName.test(text) ? text : undefined)

/** Tells the user, in Claude Code, how to approve. */
const noticeOf = ({ approve }: OAuthOptions, userCode: string): string =>
  approve === 'invite'
    ? `Open the page and enter your invite, or run on the server: ${productName} sign-in approve ${userCode}`
    : `Approve in the terminal of the server, or run there: ${productName} sign-in approve ${userCode}`

const createActions = (options: OAuthOptions) => {
  const { signIn, publicUrl, scopeOf } = options
  const addressOf = (request: Request) => scopeOf(request).address()
  return {
    async device(request: Request): Promise<Response> {
      const form = await readForm(request)
      const asking = signIn.ask({
        surface: shown(form.get('surface')),
        clientVersion: shown(request.headers.get('user-agent')?.split(' ')[0]),
        address: addressOf(request),
      })
      if (asking === undefined) throw tooMany()
      const { deviceCode, userCode, expiresIn, interval } = asking
      const page = publicUrl + devicePath
      return answer(200, {
        device_code: deviceCode,
        user_code: userCode,
        verification_uri: page,
        verification_uri_complete: `${page}?user_code=${userCode}`,
        expires_in: expiresIn,
        interval,
        login_notice: noticeOf(options, userCode),
      })
    },
    async token(request: Request): Promise<Response> {
      const form = await readForm(request)
      const grant = requiredField(form, 'grant_type')
      if (grant === deviceGrant) {
        const outcome = await signIn.poll(requiredField(form, 'device_code'), addressOf(request))
        const isWaitingSignIn = outcome.kind === 'refused' && outcome.error === 'authorization_pending'
        if (isWaitingSignIn) scopeOf(request).running.update({ isWaitingSignIn })
        return tokenAnswer(outcome)
      }
      if (grant === refreshGrant)
        return tokenAnswer(await signIn.refresh(requiredField(form, 'refresh_token'), addressOf(request)))
      throw unsupportedGrant()
    },
    async revoke(request: Request): Promise<Response> {
      const form = await readForm(request)
      await signIn.revoke(requiredField(form, 'token'))
      return new Response(null, { headers: noStore })
    },
  }
}

export const oauthRoutes = (options: OAuthOptions) => {
  const actions = createActions(options)
  return new Elysia({ name: 'sign-in-oauth', normalize: false })
    .get(metadataPath, () => answer(200, metadata(options)))
    .post(paths.device, ({ request }) => actions.device(request), { parse: 'none' })
    .post(paths.token, ({ request }) => actions.token(request), { parse: 'none' })
    .post(paths.revoke, ({ request }) => actions.revoke(request), { parse: 'none' })
    .all(metadataPath, methodNotAllowed('GET', 'HEAD'))
    .all(paths.device, methodNotAllowed('POST'))
    .all(paths.token, methodNotAllowed('POST'))
    .all(paths.revoke, methodNotAllowed('POST'))
}
