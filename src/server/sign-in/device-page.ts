import { Elysia } from 'elysia'
import { GatewayError } from '../../base/errors.ts'
import { isUserCode, toUserCode } from '../../gateway/sign-in/codes.ts'
import type { SignIn } from '../../gateway/sign-in/sign-in.ts'
import { isOwnOrigin } from '../http/guard.ts'
import { methodNotAllowed } from '../http/method-not-allowed.ts'
import type { ScopeOf } from '../http/request-scope.ts'
import { devicePageHtml } from './device-page-html.ts'
import { readForm } from './form.ts'
import { devicePath } from './paths.ts'

/** `/device`: the page that Claude Code names. It approves nothing without an invite (SI-P3, SI-P4). */

export interface DevicePageOptions {
  readonly signIn: Pick<SignIn, 'approveByInvite'>
  readonly approve: 'terminal' | 'invite'
  readonly scopeOf: ScopeOf
}

/** The query of `verification_uri_complete`, and a field of the form. */
const userCodeField = 'user_code'

/** The code of a link or a form; undefined for other text, which the page does not show. */
const codeIn = (text: string | null): string | undefined => {
  const code = toUserCode(text ?? '')
  return isUserCode(code) ? code : undefined
}

const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  // Under `no-referrer`, Chromium sends the origin `null` with a form, and the guard refuses that.
  'referrer-policy': 'same-origin',
} as const

type InviteOutcome = Awaited<ReturnType<SignIn['approveByInvite']>>

const answers: Readonly<Record<InviteOutcome, { readonly status: number; readonly message: string }>> = {
  approved: { status: 200, message: 'Approved. Return to Claude Code.' },
  unknownCode: { status: 400, message: 'No sign-in with this code is pending. Compare it with Claude Code.' },
  wrongInvite: { status: 400, message: 'This invite is not valid. It may be used, or it has expired.' },
  tooMany: { status: 429, message: 'Too many wrong invites. Wait a minute.' },
}
const waitSeconds = 60

export const deviceRoutes = ({ signIn, approve, scopeOf }: DevicePageOptions) => {
  const takesInvites = approve === 'invite'

  const show = ({ url }: Request): Response => {
    const userCode = codeIn(URL.parse(url)?.searchParams.get(userCodeField) ?? null)
    return new Response(devicePageHtml({ userCode, takesInvites }), { headers: pageHeaders })
  }

  /** A browser sends the origin with every form. Other pages must not send this one. */
  const requireOwnOrigin = (request: Request): void => {
    const origin = request.headers.get('origin')
    if (origin !== null && isOwnOrigin(origin, scopeOf(request))) return
    throw new GatewayError('permission_error', 'Send this form from its own page.', {
      shouldRetry: false,
      isLoggable: true,
    })
  }

  const takeInvite = async (request: Request): Promise<Response> => {
    requireOwnOrigin(request)
    const form = await readForm(request)
    const userCode = codeIn(form.get(userCodeField))
    const invite = form.get('invite')?.trim() ?? ''
    const outcome = await signIn.approveByInvite(userCode ?? '', invite, scopeOf(request).address())
    const { status, message } = answers[outcome]
    const html = devicePageHtml({ userCode, takesInvites: outcome !== 'approved', message })
    const wait = outcome === 'tooMany' ? { 'retry-after': String(waitSeconds) } : {}
    return new Response(html, { status, headers: { ...pageHeaders, ...wait } })
  }

  const app = new Elysia({ name: 'sign-in-device', normalize: false }).get(devicePath, ({ request }) => show(request))
  if (!takesInvites) return app.all(devicePath, methodNotAllowed('GET', 'HEAD'))
  return app
    .post(devicePath, ({ request }) => takeInvite(request), { parse: 'none' })
    .all(devicePath, methodNotAllowed('GET', 'HEAD', 'POST'))
}
