import type { Elysia } from 'elysia'
import type { NewId } from '../../base/ids.ts'
import type { AccessLog } from '../../gateway/observers/access-log.ts'
import { headerList } from './header-list.ts'

export const requestIdHeader = 'request-id'
/** Bedrock's own id of the call, for the support of whoever runs the upstream. */
export const upstreamIdHeader = 'x-amzn-requestid'

/** Gives every request its id, which every reply carries, errors included, and its record in the log. */
export const requestContext = (newId: NewId, access: AccessLog) => (app: Elysia) =>
  app.onRequest(({ request, set }) => {
    const requestId = newId('req_')
    set.headers[requestIdHeader] = requestId
    access.begin(request, requestId)
  })

/** Flags of the `anthropic-beta` header, `a,b` as a list; empty without the header. */
export const betasOf = (headers: Headers): string[] => headerList(headers, 'anthropic-beta')

const millisecondsPerSecond = 1000
/** The header has whole seconds, rounded down. */
const roundedOffSeconds = 1
/** A day: longer is no deadline, and far beyond it no timer. */
const longestTimeoutSeconds = 86_400

/**
 * Milliseconds until a client's own clock ends its wait for the beginning of an answer: Anthropic's SDKs and
 * Claude Code say so. Undefined where it says nothing that we understand.
 */
export const clientTimeoutMs = (headers: Headers): number | undefined => {
  const seconds = Number(headers.get('x-stainless-timeout') ?? '')
  if (!(seconds > 0 && seconds <= longestTimeoutSeconds)) return undefined
  return (seconds + roundedOffSeconds) * millisecondsPerSecond
}
