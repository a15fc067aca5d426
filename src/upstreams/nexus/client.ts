import { GatewayError } from '../../base/errors.ts'
import type { Secret } from '../../base/secret.ts'
import type { ConverseResponse } from '../../wire/converse/response.ts'
import { createPost, type Fetch, type HttpAnswer } from '../http.ts'
import { authorization } from './auth.ts'
import { toAnswerError } from './errors.ts'
import type { WordingContext } from './wording.ts'

export interface NexusClientOptions {
  readonly fetch: Fetch
  /** Requests under way at once; Bun's own limit unless it was raised. */
  readonly maximumConnections: number
  /** Without a trailing slash; may hold a path of its own. */
  readonly endpointUrl: string
  readonly apiKey: Secret
  /** Milliseconds to the first byte, and of silence after it. */
  readonly silenceMs: number
  /** See HttpRequest. */
  readonly mendsConnection: boolean
}

export interface NexusCall {
  readonly modelId: string
  /** What error messages say of the request. */
  readonly wording: WordingContext
  /** The body: a retry sends the same bytes. */
  readonly body: string
  readonly signal: AbortSignal
  readonly onUpstreamId: (id: string) => void
}

type Operation = 'converse' | 'converse-stream'

export interface NexusClient {
  converse(call: NexusCall): Promise<ConverseResponse>
  /** The frames' bytes. */
  converseStream(call: NexusCall): Promise<AsyncGenerator<Uint8Array>>
}

const eventStream = 'application/vnd.amazon.eventstream'
const successStatus = 200

const parseResponse = (text: string): ConverseResponse => {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value as ConverseResponse
  } catch {
    // Named below: the text may hold an answer's words, and stays out of the message.
  }
  throw new GatewayError('api_error', 'AI Nexus answered 200 with something that is no JSON object.', { status: 502 })
}

const requireEventStream = async (answer: HttpAnswer): Promise<void> => {
  const contentType = answer.headers.get('content-type') ?? ''
  if (contentType.startsWith(eventStream)) return
  await answer.text()
  const message = `AI Nexus answered a streamed request with '${contentType || 'no content type'}' instead of an event stream.`
  throw new GatewayError('api_error', message, { status: 502 })
}

/** One request to Nexus, one answer. Rejects with GatewayError for everything but a 200. */
export const createNexusClient = (options: NexusClientOptions): NexusClient => {
  const { endpointUrl, apiKey, silenceMs, mendsConnection } = options
  const post = createPost(options.fetch, options.maximumConnections)
  const send = async (operation: Operation, call: NexusCall): Promise<HttpAnswer> => {
    const answer = await post({
      // An inference profile's ARN holds slashes and colons: it is one segment of the path.
      url: `${endpointUrl}/model/${encodeURIComponent(call.modelId)}/${operation}`,
      headers: {
        ...authorization(apiKey),
        'content-type': 'application/json',
        accept: operation === 'converse' ? 'application/json' : eventStream,
      },
      body: call.body,
      signal: call.signal,
      silenceMs,
      mendsConnection,
    })
    const { status, headers } = answer
    const upstreamId = headers.get('x-amzn-requestid')
    if (upstreamId !== null) call.onUpstreamId(upstreamId)
    if (status === successStatus) return answer
    const body = await answer.text()
    throw toAnswerError({ status, headers, body }, call.wording)
  }

  return {
    async converse(call) {
      const answer = await send('converse', call)
      return parseResponse(await answer.text())
    },
    async converseStream(call) {
      const answer = await send('converse-stream', call)
      await requireEventStream(answer)
      return answer.chunks()
    },
  }
}
