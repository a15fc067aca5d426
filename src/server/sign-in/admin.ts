import { Elysia } from 'elysia'
import { clientNamePattern, clientNameRule } from '../../base/client-name.ts'
import { didYouMean } from '../../base/did-you-mean.ts'
import { GatewayError } from '../../base/errors.ts'
import { isLoopbackHost } from '../../base/loopback.ts'
import { printableName } from '../../base/printable-name.ts'
import { toUserCode } from '../../gateway/sign-in/codes.ts'
import type { PendingRequest } from '../../gateway/sign-in/pending-requests.ts'
import type { SignIn } from '../../gateway/sign-in/sign-in.ts'
import {
  type ApproveRequest,
  type DecisionAnswer,
  type DenyRequest,
  type InviteAnswer,
  type InviteRequest,
  isApproveRequest,
  isDenyRequest,
  isInviteRequest,
  isRevokeRequest,
  type PendingAnswer,
  type PendingSignIn,
  type RevokeAnswer,
  type RevokeRequest,
  type SessionsAnswer,
} from '../../wire/sign-in-admin.ts'
import { readWholeBody, requireJson } from '../http/body.ts'
import { methodNotAllowed } from '../http/method-not-allowed.ts'
import type { ScopeOf } from '../http/request-scope.ts'
import { noStore } from './entrance.ts'
import type { SignInFacts } from './facts.ts'
import { devicePath } from './paths.ts'

/** `/sign-in/*`: what the commands of `sign-in` call, on this machine and with the admin secret (SI-P2, SI-S4). */

export interface AdminOptions extends SignInFacts {
  /** The address that the server is bound to. */
  readonly host: string
  readonly scopeOf: ScopeOf
}

const mostBodyBytes = 8192

const refused = (message: string): GatewayError =>
  new GatewayError('permission_error', message, { shouldRetry: false, isLoggable: true })

const invalid = (message: string, reason: string): GatewayError =>
  new GatewayError('invalid_request_error', message, { shouldRetry: false, reason })

/** A program that connects from this machine to an address of the server has the same address itself. */
const isOwnMachine = (address: string | undefined, host: string): boolean =>
  address !== undefined && (isLoopbackHost(address) || address === host)

/** Refuses web pages, other machines, and programs that cannot read the file of the secret. */
const createRequireAdmin =
  ({ admin, host, scopeOf }: AdminOptions) =>
  (request: Request): void => {
    const { headers } = request
    if (headers.has('origin')) throw refused('This path does not answer to web pages.')
    if (!isOwnMachine(scopeOf(request).address(), host)) throw refused('This path answers only to this machine.')
    const sent = headers.get('authorization')?.replace(/^Bearer /, '')
    if (sent === undefined || !admin.equals(sent))
      throw new GatewayError('authentication_error', 'The secret of sign-in is missing or wrong.', {
        shouldRetry: false,
        isLoggable: true,
      })
  }

const readBody = async <T>(request: Request, check: (body: unknown) => body is T): Promise<T> => {
  requireJson(request.headers)
  const bytes = await readWholeBody(request, mostBodyBytes)
  let body: unknown
  try {
    body = JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    // The message of the parser may quote the body.
  }
  if (check(body)) return body
  throw invalid('The body of the request is not valid.', 'The body is not valid.')
}

const unknownCode = (): GatewayError =>
  new GatewayError('invalid_request_error', 'No sign-in with this code is pending.', {
    shouldRetry: false,
    isLoggable: true,
    details: { reason: 'unknownCode' },
  })

const unknownName = (name: string, { clientNames }: AdminOptions): GatewayError =>
  invalid(
    `No client has the name${printableName(name)}, or it may not use the server.${didYouMean(name, clientNames?.() ?? [])}`,
    'No client has this name.',
  )

const nameNeeded = (): GatewayError =>
  invalid('This server has named clients. Give the name of the client with --as.', 'The name is missing.')

/** Throws GatewayError. */
const checkName = (name: string): void => {
  if (!new RegExp(clientNamePattern).test(name))
    throw invalid(`The name${printableName(name)} ${clientNameRule}`, 'The name is not valid.')
}

const toPending = ({ userCode, surface, clientVersion, address, expiresAt }: PendingRequest): PendingSignIn => ({
  userCode,
  ...(surface !== undefined && { surface }),
  ...(clientVersion !== undefined && { clientVersion }),
  ...(address !== undefined && { address }),
  expiresAt,
})

const createActions = (options: AdminOptions) => {
  const { signIn, approve, publicUrl } = options
  return {
    pending: (): PendingAnswer => ({ pending: signIn.pending().map(toPending) }),
    sessions: (): SessionsAnswer => ({ sessions: [...signIn.sessions()] }),
    approve({ userCode, name }: ApproveRequest): DecisionAnswer {
      if (name !== undefined) checkName(name)
      switch (signIn.approve(userCode, name)) {
        case 'approved':
          return { userCode: toUserCode(userCode) }
        case 'unknownCode':
          throw unknownCode()
        case 'unknownName':
          throw unknownName(name ?? '', options)
        case 'nameNeeded':
          throw nameNeeded()
      }
    },
    deny({ userCode }: DenyRequest): DecisionAnswer {
      if (!signIn.deny(userCode)) throw unknownCode()
      return { userCode: toUserCode(userCode) }
    },
    async invite({ name, lifetimeMs }: InviteRequest): Promise<InviteAnswer> {
      if (approve !== 'invite')
        throw invalid(
          'This server takes no invites. Start it with signIn.approve set to invite, or use sign-in approve.',
          'The server takes no invites.',
        )
      checkName(name)
      const invite = await signIn.invite(name, lifetimeMs)
      if (invite === undefined) throw unknownName(name, options)
      return { invite, page: publicUrl + devicePath }
    },
    async revoke(which: RevokeRequest): Promise<RevokeAnswer> {
      if ('all' in which) return { ended: toEnded(await signIn.end('all')) }
      const { session } = which
      const byId = await signIn.end({ id: session })
      const ended = byId.length > 0 ? byId : await signIn.end({ name: session })
      if (ended.length > 0) return { ended: toEnded(ended) }
      const names = signIn.sessions().flatMap(({ id, name }) => [id, name])
      throw invalid(
        `No session has the id or name${printableName(session)}.${didYouMean(session, names)}`,
        'No session has this id or name.',
      )
    },
  }
}

type Ended = Awaited<ReturnType<SignIn['end']>>

const toEnded = (ended: Ended) => ended.map(({ sessionId: id, name }) => ({ id, name }))

export const adminRoutes = (options: AdminOptions) => {
  const requireAdmin = createRequireAdmin(options)
  const actions = createActions(options)
  const path = (name: string): string => `/sign-in/${name}`
  const app = new Elysia({ name: 'sign-in-admin', normalize: false }).onTransform(({ request, set }) => {
    Object.assign(set.headers, noStore)
    requireAdmin(request)
  })
  return app
    .get(path('pending'), () => actions.pending())
    .get(path('sessions'), () => actions.sessions())
    .post(path('approve'), async ({ request }) => actions.approve(await readBody(request, isApproveRequest)), {
      parse: 'none',
    })
    .post(path('deny'), async ({ request }) => actions.deny(await readBody(request, isDenyRequest)), { parse: 'none' })
    .post(path('invite'), async ({ request }) => actions.invite(await readBody(request, isInviteRequest)), {
      parse: 'none',
    })
    .post(path('revoke'), async ({ request }) => actions.revoke(await readBody(request, isRevokeRequest)), {
      parse: 'none',
    })
    .all(path('pending'), methodNotAllowed('GET', 'HEAD'))
    .all(path('sessions'), methodNotAllowed('GET', 'HEAD'))
    .all(path('approve'), methodNotAllowed('POST'))
    .all(path('deny'), methodNotAllowed('POST'))
    .all(path('invite'), methodNotAllowed('POST'))
    .all(path('revoke'), methodNotAllowed('POST'))
}
