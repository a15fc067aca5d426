import { attempt } from '../../base/attempt.ts'
import type { HttpError } from '../reply.ts'
import { type AcceptedCredentials, authenticate, betasOf, type Credential } from './credentials.ts'
import { matchRoute, type Route } from './routes.ts'

/** The checks that precede the endpoint of a request: its path, its credential, its headers, its size. */

const maximumBytes = 32 * 1024 * 1024
const versions = ['2023-01-01', '2023-06-01', '2026-10-21']
const jsonPaths = ['/v1/messages', '/v1/messages/count_tokens', '/v1/messages/batches']

/** Returns the error of a request whose headers or size the API refuses. */
const headerRefusal = ({ method, headers }: Request, path: string, bytes: Uint8Array): HttpError | undefined => {
  const version = headers.get('anthropic-version')
  if (version === null) return { status: 400, message: 'anthropic-version: header is required' }
  if (!versions.includes(version)) {
    return { status: 400, message: `anthropic-version: "${version}" is not a valid version` }
  }
  const invalid = betasOf(headers).find((flag) => !/^[a-z0-9-]+-\d{4}-?\d{2}-?\d{2}$/.test(flag))
  if (invalid !== undefined) {
    const message = `Unexpected value(s) \`${invalid}\` for the \`anthropic-beta\` header. Please consult our documentation at docs.anthropic.com or try again without the header.`
    return { status: 400, message }
  }
  if (method !== 'POST' || !jsonPaths.includes(path)) return undefined
  if (!/^application\/json\b/i.test(headers.get('content-type') ?? '')) {
    return { status: 400, message: 'content-type: Input should be application/json' }
  }
  return bytes.length > maximumBytes
    ? { status: 413, message: 'Request exceeds the maximum allowed number of bytes.' }
    : undefined
}

const routingRefusal = (matched: 'unknown path' | 'unknown method'): HttpError =>
  matched === 'unknown path'
    ? { status: 404, message: 'Not found' }
    : { status: 405, type: 'invalid_request_error', message: 'Method Not Allowed' }

/** Decompresses a body; an unreadable one stays as it is. */
export const decoded = (bytes: Uint8Array<ArrayBuffer>, headers: Headers): Uint8Array<ArrayBuffer> =>
  headers.get('content-encoding') === 'gzip' ? (attempt(() => Bun.gunzipSync(bytes)) ?? bytes) : bytes

/** A request that its endpoint judges. */
interface Admitted {
  readonly route: Route
  readonly id: string
  readonly credential: Credential
}

export const admit = (
  request: Request,
  bytes: Uint8Array,
  routes: readonly Route[],
  accepted: AcceptedCredentials,
): Admitted | HttpError => {
  const { pathname } = new URL(request.url)
  const matched = matchRoute(routes, request.method, pathname)
  if (typeof matched === 'string') return routingRefusal(matched)
  const credential = authenticate(request.headers, accepted)
  if ('status' in credential) return credential
  return headerRefusal(request, pathname, bytes) ?? { ...matched, credential }
}
