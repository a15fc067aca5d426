import { GatewayError } from '../../base/errors.ts'
import type { UploadBody } from '../http/upload.ts'

/** The client's headers that go out to Anthropic (AU-H1). */

const keptNames: ReadonlySet<string> = new Set([
  'accept',
  'content-type',
  'content-encoding',
  'user-agent',
  'idempotency-key',
  'x-app',
])
const keptPrefixes = ['anthropic-', 'x-stainless-', 'x-claude-code-'] as const
/** Allows the key of a web page: not for the key of a server. */
const browserAccess = 'anthropic-dangerous-direct-browser-access'

const isKept = (name: string): boolean =>
  keptNames.has(name) || (keptPrefixes.some((prefix) => name.startsWith(prefix)) && name !== browserAccess)

const defaultVersion = '2023-06-01'

/** They cannot be sent: a header ends at them. */
const unsendable = /[\r\n\0]/

/** Names that a `connection` header makes valid for one connection only. */
const connectionNames = (headers: Headers): ReadonlySet<string> =>
  new Set(
    (headers.get('connection') ?? '')
      .toLowerCase()
      .split(',')
      .map((name) => name.trim()),
  )

/**
 * The client's headers that may go out, by name in lower case. Throws a GatewayError for a value that cannot be sent.
 * `user-agent` is empty without the client's own: fetch would name Bun. A stream goes out with the length that the
 * client declared; fetch knows the length of other bodies.
 */
export const toKeptHeaders = (sent: Headers, body?: UploadBody): Record<string, string> => {
  const dropped = connectionNames(sent)
  const kept: Record<string, string> = { 'user-agent': '', 'anthropic-version': defaultVersion }
  sent.forEach((value, name) => {
    if (!isKept(name) || dropped.has(name)) return
    if (unsendable.test(value))
      throw new GatewayError('invalid_request_error', `The header ${name} has a value that cannot be sent.`, {
        isLoggable: true,
      })
    kept[name] = value
  })
  const length = body instanceof ReadableStream ? sent.get('content-length') : null
  if (length !== null) kept['content-length'] = length
  return kept
}
