import { isEventStreamType } from '../../codec/sse/content-type.ts'

/** Headers of Anthropic's answers that the client may see (AU-H4). */

const keptNames: ReadonlySet<string> = new Set([
  'content-type',
  'request-id',
  'retry-after',
  'retry-after-ms',
  'x-should-retry',
  'content-disposition',
  'etag',
  'last-modified',
])
/** Rate limits, which Claude Code shows as usage, and the id of the organization. */
const keptPrefix = 'anthropic-'

const authenticationStatus = 401
const permissionStatus = 403

/** A refused credential stays refused: without the upstream's own word, the client must not try again (AU-R3). */
export const isFinal = (status: number): boolean => status === authenticationStatus || status === permissionStatus

export const toClientHeaders = (method: string, status: number, received: Headers): Headers => {
  const headers = new Headers()
  received.forEach((value, name) => {
    if (keptNames.has(name) || name.startsWith(keptPrefix)) headers.append(name, value)
  })
  const length = received.get('content-length')
  // Otherwise the server would name the length of an empty body. It knows the length of other answers.
  if (method === 'HEAD' && length !== null) headers.set('content-length', length)
  if (isFinal(status) && !headers.has('x-should-retry')) headers.set('x-should-retry', 'false')
  if (isEventStreamType(received.get('content-type'))) {
    headers.set('cache-control', 'no-cache')
    // Tells a proxy in between not to collect the events.
    headers.set('x-accel-buffering', 'no')
  }
  return headers
}
