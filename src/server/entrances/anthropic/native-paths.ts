import { attempt } from '../../../base/attempt.ts'
import type { Operation } from '../../../gateway/request-record.ts'

/** Which paths the native lane forwards, and how (AU-P). */

const megabyte = 1024 * 1024

export interface NativePath {
  /** What its requests are counted as; undefined for paths that spend no tokens. */
  readonly operation?: Operation
  /** Whether it lists models. */
  readonly isModels?: boolean
  /** Bytes of a request's body on the wire. */
  readonly maximumBytes: number
  /** Whether the whole body is read before it is sent, so that it can be sent again. */
  readonly isBuffered: boolean
  /** The only valid type of a body; undefined for any. */
  readonly bodyType: 'json' | 'multipart' | undefined
  /** Whether the specification of Anthropic's API names it. */
  readonly isKnown: boolean
  /** Its requests name models in a body that this server does not read. */
  readonly hidesModels?: boolean
}

interface Row extends Omit<NativePath, 'isKnown'> {
  /** The path, without regard to a slash at its end. */
  readonly pattern: RegExp
  readonly methods: readonly string[]
}

const message = { maximumBytes: 32 * megabyte, isBuffered: true, bodyType: 'json' } as const
const batch = { maximumBytes: 256 * megabyte, isBuffered: false, bodyType: 'json' } as const
const upload = { maximumBytes: 500 * megabyte, isBuffered: false } as const
const other = { maximumBytes: 32 * megabyte, isBuffered: false } as const

/** The limits are Anthropic's own. */
const rows: readonly Row[] = [
  { operation: 'message', pattern: /^\/v1\/messages$/, methods: ['POST'], ...message },
  { operation: 'count', pattern: /^\/v1\/messages\/count_tokens$/, methods: ['POST'], ...message },
  { hidesModels: true, pattern: /^\/v1\/messages\/batches$/, methods: ['POST'], ...batch },
  {
    pattern: /^\/v1\/messages\/batches(?:\/[^/]+(?:\/(?:cancel|results))?)?$/,
    methods: ['GET', 'HEAD', 'POST', 'DELETE'],
    ...batch,
  },
  {
    isModels: true,
    pattern: /^\/v1\/models(?:\/[^/]+)?$/,
    methods: ['GET', 'HEAD'],
    ...other,
    bodyType: undefined,
  },
  {
    pattern: /^\/v1\/files(?:\/[^/]+(?:\/content)?)?$/,
    methods: ['GET', 'HEAD', 'POST', 'DELETE'],
    ...upload,
    bodyType: 'multipart',
  },
  {
    pattern: /^\/v1\/skills(?:\/.+)?$/,
    methods: ['GET', 'HEAD', 'POST', 'DELETE'],
    ...upload,
    bodyType: undefined,
  },
]

/**
 * Never forwarded. Administration and the making of keys are not for every client that reaches the port (AU-P7). The
 * paths of OpenAI's protocol belong to that entrance (AU-P6).
 */
const refusedPrefixes = [
  '/v1/organizations',
  '/v1/oauth',
  '/v1/environments',
  '/v1/assistants',
  '/v1/audio/',
  '/v1/batches',
  '/v1/chat/',
  '/v1/completions',
  '/v1/conversations',
  '/v1/embeddings',
  '/v1/evals',
  '/v1/fine_tuning',
  '/v1/images/',
  '/v1/moderations',
  '/v1/realtime',
  '/v1/responses',
  '/v1/threads',
  '/v1/uploads',
  '/v1/v1/',
  '/v1/vector_stores',
] as const

/** A character that needs no escape (RFC 3986): its escape is another spelling of the same path. */
const escapedUnreserved = /%(?:2[de]|3\d|4[1-9a-f]|5[0-9af]|6[1-9a-f]|7[0-9ae])/i
/** A slash, a backslash or NUL. */
const oddEscape = /%(?:2f|5c|00)/i

/** Whether the escapes are valid, and stand for valid UTF-8: others may be read in several ways. */
const isDecodable = (path: string): boolean => attempt(() => decodeURIComponent(path)) !== undefined

/** An upstream may read such a path as another one (AU-P9). */
const isOdd = (path: string): boolean =>
  path.includes('//') ||
  (path.includes('%') && (escapedUnreserved.test(path) || oddEscape.test(path) || !isDecodable(path)))

/** Their requests have no body with a model. */
const bodylessMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'DELETE'])

/** Returns undefined for a path that is never forwarded. */
export const nativePathOf = (method: string, path: string): NativePath | undefined => {
  if (isOdd(path)) return undefined
  const comparable = path.toLowerCase()
  if (refusedPrefixes.some((prefix) => comparable.startsWith(prefix))) return undefined
  const bare = path.endsWith('/') ? path.slice(0, -1) : path
  const row = rows.find(({ pattern, methods }) => pattern.test(bare) && methods.includes(method))
  if (row !== undefined) return { ...row, isKnown: true }
  const bodyType = comparable.startsWith('/v1/messages') ? 'json' : undefined
  return { ...other, bodyType, isKnown: false, ...(!bodylessMethods.has(method) && { hidesModels: true }) }
}
