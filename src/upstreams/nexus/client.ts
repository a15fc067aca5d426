import { parseExactAt } from '../../base/exact-json.ts'
import { isObject, parseObject } from '../../base/json.ts'
import { Secret } from '../../base/secret.ts'
import { carriedInResponse } from '../../wire/converse/carried.ts'
import type { ConverseResponse } from '../../wire/converse/response.ts'
import type { UpstreamDependencies } from '../definition.ts'
import { originOf } from '../http/destination.ts'
import { createPost, type HttpResponse, type ResendOnce } from '../http/post.ts'
import type { BodyTimeouts } from '../http/response-body.ts'
import type { RenewableKey, UpstreamKey } from '../renewable-key.ts'
import type { CallContext } from '../upstream.ts'
import { authorization } from './auth.ts'
import { type CountRefusal, countRefusal } from './count-refusal.ts'
import { NexusError, successStatus, toResponseError } from './errors.ts'
import { checkContent, checkSize, withoutNulls } from './response-check.ts'
import type { WordingContext } from './wording.ts'

/** `endpointUrl` has no trailing slash, and may have a path. */
export interface NexusClientOptions extends Pick<UpstreamDependencies, 'fetch' | 'maximumConnections' | 'endpointUrl'> {
  readonly apiKey: UpstreamKey
  /** Limit in milliseconds from the connection to the first byte, and between bytes. */
  readonly silenceMs: number
  /** Host and port of the proxy to the endpoint, for messages; fetch finds the proxy itself. */
  readonly proxy?: string | undefined
  /** Shorter ones for tests. */
  readonly bodyTimeouts?: BodyTimeouts
}

export interface NexusCall extends Pick<CallContext, 'modelId' | 'signal' | 'onUpstreamId' | 'traceparent'> {
  /** What error messages need from the request. */
  readonly wording: WordingContext
  /** A retry sends the same bytes. A large body may still be written. */
  readonly body: string | Uint8Array | Promise<Uint8Array>
  readonly resend: ResendOnce
}

type Operation = 'converse' | 'converse-stream' | 'count-tokens'

export type NexusClient = ReturnType<typeof createNexusClient>

/** For messages. */
const upstreamName = 'AI Nexus'

const eventStream = 'application/vnd.amazon.eventstream'

const parseConverseResponse = (text: string): unknown => parseExactAt(text, carriedInResponse)

/** Returns a response with a message; undefined for any other body of a 200. */
const parseResponse = (text: string): ConverseResponse | undefined => {
  const value = withoutNulls(parseObject(text, parseConverseResponse), text)
  const message = isObject(value) && isObject(value['output']) ? value['output']['message'] : undefined
  return isObject(message) && Array.isArray(message['content']) ? (value as ConverseResponse) : undefined
}

/** Returns undefined for an invalid count. */
const parseCount = (text: string): number | undefined => {
  const count = parseObject(text)?.['inputTokens']
  return typeof count === 'number' && Number.isInteger(count) && count > 0 ? count : undefined
}

const isEventStream = (headers: Headers): boolean =>
  (headers.get('content-type') ?? '').toLowerCase().startsWith(eventStream)

/** Some gateways send an exception with status 200. */
const isSuccess = ({ status, headers }: HttpResponse): boolean =>
  status === successStatus && !headers.has('x-amzn-errortype')

const wordingOf = ({ wording }: NexusCall, apiKey: Secret): WordingContext => ({ ...wording, apiKey })

/** Whether Nexus refused the key itself. Access to a model may be missing with any key. */
const isKeyRefused = (error: unknown): boolean => error instanceof NexusError && error.type === 'authentication_error'

type Attempt<T> = (apiKey: Secret) => Promise<T>

/** Calls once more with another key if Nexus refuses the first one and there is another. */
const withRenewal = async <T>(keys: RenewableKey, attempt: Attempt<T>): Promise<T> => {
  const apiKey = await keys.get()
  try {
    return await attempt(apiKey)
  } catch (error) {
    const other = isKeyRefused(error) ? await keys.renew(apiKey) : undefined
    if (other === undefined) throw error
    return attempt(other)
  }
}

const withKey = <T>(key: UpstreamKey, attempt: Attempt<T>): Promise<T> =>
  key instanceof Secret ? attempt(key) : withRenewal(key, attempt)

const headersOf = (operation: Operation, { traceparent }: NexusCall, apiKey: Secret): Record<string, string> => ({
  ...authorization(apiKey),
  'content-type': 'application/json',
  accept: operation === 'converse-stream' ? eventStream : 'application/json',
  ...(traceparent !== undefined && { traceparent }),
})

/** Sends one request to Nexus. Rejects with GatewayError for everything but a 200. */
export const createNexusClient = (options: NexusClientOptions) => {
  const { endpointUrl, apiKey: key, silenceMs } = options
  const post = createPost({ ...options, origin: originOf(upstreamName, endpointUrl, options.proxy) })
  const ask = async (operation: Operation, call: NexusCall, apiKey: Secret): Promise<HttpResponse> => {
    const body = call.body instanceof Promise ? await call.body : call.body
    const answer = await post({
      // An inference profile's ARN has slashes and colons, but is one segment of the path.
      url: `${endpointUrl}/model/${encodeURIComponent(call.modelId)}/${operation}`,
      headers: headersOf(operation, call, apiKey),
      body,
      signal: call.signal,
      silenceMs,
      resend: call.resend,
    })
    const upstreamId = answer.headers.get('x-amzn-requestid')
    if (upstreamId !== null) call.onUpstreamId(upstreamId)
    return answer
  }
  const failure = async (answer: HttpResponse, call: NexusCall, apiKey: Secret): Promise<Error> => {
    const { status, headers } = answer
    return toResponseError({ status, headers, body: await answer.excerpt() }, wordingOf(call, apiKey))
  }

  const converse = async (call: NexusCall, apiKey: Secret): Promise<ConverseResponse> => {
    const answer = await ask('converse', call, apiKey)
    if (!isSuccess(answer)) throw await failure(answer, call, apiKey)
    const { status, headers } = answer
    const body = await answer.text()
    checkSize(body)
    const response = parseResponse(body)
    if (response === undefined) throw toResponseError({ status, headers, body }, wordingOf(call, apiKey))
    checkContent(response.output?.message?.content ?? [])
    return response
  }
  /** Returns the frames' bytes, and the key that was sent, to remove it from error messages. */
  const converseStream = async (call: NexusCall, apiKey: Secret) => {
    const answer = await ask('converse-stream', call, apiKey)
    if (isSuccess(answer) && isEventStream(answer.headers)) return { chunks: answer.chunks(), apiKey }
    throw await failure(answer, call, apiKey)
  }
  /** Returns the number of tokens, or for which models counting is not available. */
  const countTokens = async (call: NexusCall, apiKey: Secret): Promise<number | CountRefusal> => {
    const answer = await ask('count-tokens', call, apiKey)
    const { status, headers } = answer
    if (isSuccess(answer)) {
      const body = await answer.text()
      const count = parseCount(body)
      if (count === undefined) throw toResponseError({ status, headers, body }, wordingOf(call, apiKey))
      return count
    }
    const failed = { status, headers, body: await answer.excerpt() }
    const error = toResponseError(failed, wordingOf(call, apiKey))
    const refusal = countRefusal(failed, error)
    if (refusal === undefined) throw error
    return refusal
  }
  return {
    converse: (call: NexusCall) => withKey(key, (apiKey) => converse(call, apiKey)),
    converseStream: (call: NexusCall) => withKey(key, (apiKey) => converseStream(call, apiKey)),
    countTokens: (call: NexusCall) => withKey(key, (apiKey) => countTokens(call, apiKey)),
  }
}
