import { memoize } from '../../base/memoize.ts'
import { errorBodyIn, parseChatResponse } from '../../translate/openai-chat-to-anthropic/stream-event.ts'
import type { ChatResponse } from '../../wire/openai-chat/response.ts'
import { originOf } from '../http/destination.ts'
import { createPost, type Fetch, type HttpResponse, type ResendOnce } from '../http/post.ts'
import type { BodyTimeouts } from '../http/response-body.ts'
import { chatUrl } from './address.ts'
import { createRequestHeaders, type HeaderOptions, secretsOf } from './auth.ts'
import { toAnswerError, toInnerError, type WordingContext } from './errors.ts'
import { withKind } from './response-kind.ts'

export interface OpenAiClientOptions extends HeaderOptions {
  readonly fetch: Fetch
  /** Limit of concurrent requests; Bun's own limit unless it was raised. */
  readonly maximumConnections: number
  /** Timeout in milliseconds for the first byte after connecting, and between bytes (OU-R6). */
  readonly silenceMs: number
  /** Host and port of the proxy, if any, for error messages. */
  readonly proxy?: string | undefined
  readonly bodyTimeouts?: BodyTimeouts
}

export interface OpenAiCall {
  readonly modelId: string
  /** The body: a retry sends the same bytes. */
  readonly body: string
  readonly isStream: boolean
  /** Facts about the request for error messages. */
  readonly wording: Pick<WordingContext, 'model' | 'toClientWords'>
  /** Headers that this provider requires for this request. */
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  readonly onUpstreamId: (id: string) => void
  readonly resend: ResendOnce
}

/** A response with status 200, as received: a server may answer a stream's request whole, or the reverse (OU-T5). */
export type ChatAnswer =
  | {
      readonly kind: 'stream'
      readonly chunks: AsyncIterator<Uint8Array>
      /** Receives the id of the chunks. It is the provider's id if no header has one (OU-T6). */
      readonly onId: (id: string) => void
    }
  | { readonly kind: 'whole'; readonly response: ChatResponse }

const successStatus = 200
const eventStream = 'text/event-stream'

/** Headers with the provider's own id of a call, for its support (OU-T6). */
const idHeaders = ['x-request-id', 'apim-request-id', 'x-ds-trace-id', 'cf-ray']

const idIn = (headers: Headers): string | undefined =>
  idHeaders.map((name) => headers.get(name)).find((id) => id !== null && id !== '') ?? undefined

/** The id becomes a header of the response, but a server may send any text as its id. */
const isHeaderValue = (id: unknown): id is string => typeof id === 'string' && /^[\x21-\x7e]{1,200}$/.test(id)

const onIdOf =
  ({ headers }: HttpResponse, { onUpstreamId }: OpenAiCall) =>
  (id: unknown): void => {
    if (idIn(headers) === undefined && isHeaderValue(id)) onUpstreamId(id)
  }

const collectText = async (chunks: AsyncIterable<Uint8Array>): Promise<string> => {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of chunks) text += decoder.decode(chunk, { stream: true })
  return text + decoder.decode()
}

/** Sends one request to the provider. Rejects with GatewayError for everything except a usable 200. */
export const createOpenAiClient = (options: OpenAiClientOptions) => {
  const { baseUrl, provider, azure, silenceMs } = options
  const { host } = new URL(baseUrl)
  const post = createPost({ ...options, origin: originOf(host, baseUrl, options.proxy) })
  const secrets = secretsOf(options)
  const headersOf = createRequestHeaders(options)
  const locationOf = memoize((modelId) => {
    const url = chatUrl(baseUrl, modelId, azure)
    return { url, path: new URL(url).pathname }
  })

  const wordingOf = ({ wording, modelId }: OpenAiCall): WordingContext => ({
    ...wording,
    provider: host,
    path: locationOf(modelId).path,
    secrets,
    isBareOverflow: provider.isBareOverflow === true,
  })

  const send = async (call: OpenAiCall): Promise<HttpResponse> => {
    const answer = await post({
      url: locationOf(call.modelId).url,
      headers: headersOf({ accept: call.isStream ? eventStream : 'application/json', ...call.headers }),
      body: call.body,
      signal: call.signal,
      silenceMs,
      resend: call.resend,
    })
    const id = idIn(answer.headers)
    if (id !== undefined) call.onUpstreamId(id)
    return answer
  }

  const toWhole = (body: string, answer: HttpResponse, call: OpenAiCall): ChatAnswer => {
    const response = parseChatResponse(body)
    const context = wordingOf(call)
    if (response === undefined) throw toAnswerError({ status: answer.status, headers: answer.headers, body }, context)
    const error = errorBodyIn(response)
    if (error !== undefined) throw toInnerError(error, context)
    onIdOf(answer, call)(response['id'])
    return { kind: 'whole', response }
  }

  return {
    wordingOf,
    async request(call: OpenAiCall): Promise<ChatAnswer> {
      const answer = await send(call)
      const { status, headers } = answer
      if (status !== successStatus) {
        throw toAnswerError({ status, headers, body: await answer.excerpt() }, wordingOf(call))
      }
      const contentType = headers.get('content-type') ?? ''
      if (/^\s*application\/json/i.test(contentType)) return toWhole(await answer.text(), answer, call)
      const { kind, chunks } = await withKind(contentType, answer.chunks())
      if (kind === 'sse') return { kind: 'stream', chunks, onId: onIdOf(answer, call) }
      return toWhole(await collectText(chunks), answer, call)
    },
  }
}
