import { isObject } from '../../base/json.ts'
import type { Secret } from '../../base/secret.ts'
import type { ConverseResponse } from '../../wire/converse/response.ts'
import { createPost, type Fetch, type HttpAnswer, type Mend, type Patience } from '../http.ts'
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
  /** The usual one, unless a test is in a hurry. */
  readonly patience?: Patience
}

export interface NexusCall {
  readonly modelId: string
  /** What error messages say of the request. */
  readonly wording: WordingContext
  /** The body: a retry sends the same bytes. */
  readonly body: string
  readonly signal: AbortSignal
  readonly onUpstreamId: (id: string) => void
  readonly mend: Mend
}

type Operation = 'converse' | 'converse-stream'

export interface NexusClient {
  converse(call: NexusCall): Promise<ConverseResponse>
  /** The frames' bytes. */
  converseStream(call: NexusCall): Promise<AsyncGenerator<Uint8Array>>
}

const eventStream = 'application/vnd.amazon.eventstream'
const successStatus = 200

/** An answer with a message in it; undefined for whatever else comes with a 200. */
const parseResponse = (text: string): ConverseResponse | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    const message = isObject(value) && isObject(value['output']) ? value['output']['message'] : undefined
    return isObject(message) && Array.isArray(message['content']) ? (value as ConverseResponse) : undefined
  } catch {
    return undefined
  }
}

const isEventStream = (headers: Headers): boolean =>
  (headers.get('content-type') ?? '').toLowerCase().startsWith(eventStream)

/** One request to Nexus, one answer. Rejects with GatewayError for everything but a 200. */
export const createNexusClient = (options: NexusClientOptions): NexusClient => {
  const { endpointUrl, apiKey, silenceMs } = options
  const post = createPost(options.fetch, options.maximumConnections, options.patience)
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
      mend: call.mend,
    })
    const { status, headers } = answer
    const upstreamId = headers.get('x-amzn-requestid')
    if (upstreamId !== null) call.onUpstreamId(upstreamId)
    // Gateways have been seen to put an exception into a 200.
    if (status === successStatus && !headers.has('x-amzn-errortype')) return answer
    throw toAnswerError({ status, headers, body: await answer.excerpt() }, call.wording)
  }

  return {
    async converse(call) {
      const answer = await send('converse', call)
      const { status, headers } = answer
      const body = await answer.text()
      const response = parseResponse(body)
      if (response === undefined) throw toAnswerError({ status, headers, body }, call.wording)
      return response
    },
    async converseStream(call) {
      const answer = await send('converse-stream', call)
      const { status, headers } = answer
      if (isEventStream(headers)) return answer.chunks()
      throw toAnswerError({ status, headers, body: await answer.excerpt() }, call.wording)
    },
  }
}
