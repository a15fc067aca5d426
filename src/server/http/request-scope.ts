import type { Elysia } from 'elysia'
import type { NewId } from '../../base/ids.ts'
import { rememberLast } from '../../base/remember-last.ts'
import type { ClientIdentity } from '../../gateway/policy/access.ts'
import type { LimitHeaders } from '../../gateway/policy/limit-headers.ts'
import type { Place } from '../../gateway/policy/request-queue.ts'
import type { ReadTrace } from '../../gateway/request-trace.ts'
import type { RequestRecords, RunningRequest } from '../../gateway/running-requests.ts'
import { loggableSession } from '../../messages/session-id.ts'
import type { Domain } from '../../upstreams/upstream.ts'
import type { ClientConnection } from './client-address.ts'
import type { Entrance } from './entrance.ts'
import { listedIn } from './header-list.ts'
import type { ReadLoggedClient } from './logged-client.ts'
import { targetOf } from './request-target.ts'

export const requestIdHeader = 'request-id'
/** The upstream's own id of the call, for the support of its operator. */
export const upstreamIdHeader = 'x-amzn-requestid'

/** Facts from the head of one request. Response headers are output only: no code reads them back. */
export interface RequestScope extends ClientConnection {
  /** Our own id, which every response contains, errors included. */
  readonly requestId: string
  /** Collects the facts for the request's record. */
  readonly running: RunningRequest
  /** The entrance of the client's protocol. */
  readonly entrance: Entrance
  /** Flags of the `anthropic-beta` header; empty without the header. */
  readonly betas: readonly string[]
  /** Set by the guard, if a client token is required. */
  client: ClientIdentity | undefined
  /** Waits for a place upstream; set if there are limits. `model` is empty if it is not known. */
  enter: ((model: string, signal: AbortSignal) => Promise<Place>) | undefined
  /** Of a successful answer alone; set if the client has a budget. */
  answerHeaders: LimitHeaders | undefined
  /** Set by the guard, if the upstream has credentials for this `Host`. */
  domain: Domain | undefined
}

/** Returns the same scope for the same request. */
export type ScopeOf = (request: Request) => RequestScope

/** Long enough for every known path, and most unknown ones. */
const loggedPathCharacters = 100

/** The request's path, without its query, which may contain anything, and without control characters. */
const loggedPath = (url: string): string =>
  targetOf(url)
    .path.slice(0, loggedPathCharacters)
    .replace(/[^\x21-\x7e]/g, '?')

/** Claude Code's own id of its session. */
const sessionOf = (headers: Headers): string | undefined => loggableSession(headers.get('x-claude-code-session-id'))

interface ScopeOptions {
  readonly newId: NewId
  /** The request's path decides. */
  readonly entranceOf: (request: Request) => Entrance
  readonly records: RequestRecords
  /** Reads how the client reached the server. */
  readonly connectionOf: (request: Request) => ClientConnection
  /** Absent if the log has nothing about the client's machine and program. */
  readonly readLoggedClient?: ReadLoggedClient | undefined
  /** Absent if no traces are sent. */
  readonly readTrace?: ReadTrace | undefined
}

/** Claude Code names the agents of a request (OP-E2). */
const isOfSubagent = (headers: Headers): boolean =>
  headers.has('x-claude-code-agent-id') || headers.has('x-claude-code-parent-agent-id')

/**
 * Creates the scope of a request on first use, before the request can fail. A map instead of a member of Elysia's
 * context: the body reader and `onError` get only the request.
 */
export const createScopeOf = (options: ScopeOptions): ScopeOf => {
  const { newId, entranceOf, records, connectionOf, readLoggedClient, readTrace } = options
  const scopes = new WeakMap<Request, RequestScope>()
  const pathOf = rememberLast(loggedPath)
  const betasIn = rememberLast(listedIn)
  return (request) => {
    const known = scopes.get(request)
    if (known !== undefined) return known
    const { headers, method, url } = request
    const requestId = newId('req_')
    const entrance = entranceOf(request)
    const head = {
      requestId,
      entrance: entrance.name,
      method,
      path: pathOf(url),
      session: sessionOf(headers),
      isSubagent: isOfSubagent(headers),
    }
    const { address, host, isSecure } = connectionOf(request)
    const scope: RequestScope = {
      requestId,
      running: records.begin(head),
      entrance,
      betas: betasIn(headers.get('anthropic-beta')),
      address,
      host,
      isSecure,
      client: undefined,
      enter: undefined,
      answerHeaders: undefined,
      domain: undefined,
    }
    if (readLoggedClient !== undefined) scope.running.update(readLoggedClient(headers, scope))
    const trace = readTrace?.(headers)
    if (trace !== undefined) scope.running.update({ trace })
    scopes.set(request, scope)
    return scope
  }
}

/** Creates the scope of every request, and sends its id in the response. */
export const requestScope = (scopeOf: ScopeOf) => (app: Elysia) =>
  app.onRequest(({ request, set }) => {
    const { requestId, entrance } = scopeOf(request)
    set.headers[requestIdHeader] = requestId
    if (entrance.headers !== undefined) Object.assign(set.headers, entrance.headers(requestId))
  })
