import { GatewayError } from '../../../base/errors.ts'
import type { ClientIdentity } from '../../../gateway/policy/access.ts'
import { findClient, sentTokens } from '../../http/guard.ts'
import type { DashboardAccess, Sessions } from './sessions.ts'

/** Decides who may see which figures (OP-D4, OP-D5). */

export interface Viewer {
  /** Sees only the rows of this client; undefined for all rows. */
  readonly client: string | undefined
  readonly hasSession: boolean
}

export const cookieName = 'nexus_dashboard'
const cookie = new RegExp(`(?:^|;\\s*)${cookieName}=([0-9a-f]{64})(?:;|$)`)

/** The id of the session; undefined without one. */
export const sessionIdOf = (headers: Headers): string | undefined => cookie.exec(headers.get('cookie') ?? '')?.[1]

export interface ViewerOptions {
  readonly access: DashboardAccess
  readonly sessions: Sessions
  /** Only programs of this machine reach the server, and it requires no token. */
  readonly isOpen: () => boolean
}

const toViewer = ({ isAdmin, name }: ClientIdentity, hasSession: boolean): Viewer => ({
  client: isAdmin ? undefined : name,
  hasSession,
})

/** Finds the viewer by its session, or by the token of a program; undefined if there is none. */
export type ViewerOf = (request: Request) => Viewer | undefined

export const createViewerOf =
  ({ access, sessions, isOpen }: ViewerOptions): ViewerOf =>
  ({ headers }) => {
    if (isOpen()) return { client: undefined, hasSession: false }
    const id = sessionIdOf(headers)
    const byCookie = id === undefined ? undefined : sessions.find(id)
    if (byCookie !== undefined) return toViewer(byCookie, true)
    const byToken = findClient(sentTokens(headers), access)
    return byToken && toViewer(byToken, false)
  }

export const loginNeeded = (): GatewayError =>
  new GatewayError('authentication_error', 'Log in at /dashboard, or send a client token.', {
    shouldRetry: false,
    isLoggable: true,
  })
