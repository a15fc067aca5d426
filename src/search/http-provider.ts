import { type Json, parseObject } from '../base/json.ts'
import type { Secret } from '../base/secret.ts'
import { originOf } from '../upstreams/http/destination.ts'
import { createPost, type HttpResponse, type PostOptions } from '../upstreams/http/post.ts'
import { productName, version } from '../version.ts'
import { SearchError, type SearchProvider, type SearchQuery, type SearchResult } from './search-provider.ts'

/** Sends a search to a provider on the network. */

/** What a provider's API gets. */
type ProviderRequest =
  | { readonly parameters: Readonly<Record<string, string | undefined>> }
  | { readonly body: Readonly<Record<string, unknown>> }

/** One provider: the form of its request and of its answer. */
export interface HttpProvider {
  readonly path: string
  /** Where the key is sent; absent for a provider without keys. */
  readonly key?: { readonly header: string; readonly prefix?: string } | { readonly parameter: string }
  /** `engineId`: Google's `cx`. */
  toRequest(query: SearchQuery, engineId: string): ProviderRequest
  /** Throws SearchError for an answer of another form. */
  toResults(answer: Json): readonly SearchResult[]
}

export interface HttpProviderOptions extends Pick<PostOptions, 'fetch' | 'maximumConnections'> {
  readonly name: string
  /** May have a path. */
  readonly url: string
  readonly apiKey: Secret | undefined
  readonly engineId: string | undefined
  readonly timeoutMs: number
}

const mostAnswerBytes = 2 * 1024 * 1024
const tooManyRequestsStatus = 429

/** Adds the path of the API to the configured URL, unless it ends with it. */
const addressOf = (base: string, path: string): URL => {
  const url = new URL(base)
  const start = url.pathname.replace(/\/+$/, '')
  url.pathname = start.endsWith(path) ? start : start + path
  return url
}

/** Throws SearchError for an answer that is too long. */
const readAnswer = async (response: HttpResponse): Promise<Uint8Array> => {
  const tooLong = new SearchError('unavailable', { status: response.status, reason: 'the answer is too long' })
  if (Number(response.headers.get('content-length')) > mostAnswerBytes) throw tooLong
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of response.chunks()) {
    bytes += part.byteLength
    if (bytes > mostAnswerBytes) throw tooLong
    parts.push(part)
  }
  return Buffer.concat(parts)
}

/** A redirect is a failure, too: its target would get the query. */
const checkStatus = ({ status }: HttpResponse): void => {
  if (status === tooManyRequestsStatus) throw new SearchError('too_many_requests', { status })
  if (status < 200 || status > 299) throw new SearchError('unavailable', { status })
}

const toAnswer = (bytes: Uint8Array, status: number): Json => {
  const answer = parseObject(new TextDecoder().decode(bytes))
  if (answer === undefined) throw new SearchError('unavailable', { status, reason: 'the answer is not a JSON object' })
  return answer
}

const ownHeaders = { 'user-agent': `${productName}/${version}`, accept: 'application/json' }

/** Sends the query and the key, and nothing of the client. */
export const createHttpProvider = (provider: HttpProvider, options: HttpProviderOptions): SearchProvider => {
  const { name, url, apiKey, engineId = '', timeoutMs, fetch, maximumConnections } = options
  const { key } = provider
  const origin = { ...originOf(name, url), urlSetting: 'search.url' }
  const post = createPost({ fetch, maximumConnections, origin })

  const send = async (query: SearchQuery, signal: AbortSignal): Promise<HttpResponse> => {
    const request = provider.toRequest(query, engineId)
    const address = addressOf(url, provider.path)
    const parameters = 'parameters' in request ? request.parameters : {}
    for (const [member, value] of Object.entries(parameters))
      if (value !== undefined) address.searchParams.set(member, value)
    if (key !== undefined && 'parameter' in key && apiKey !== undefined)
      address.searchParams.set(key.parameter, apiKey.reveal())
    const isHeader = key !== undefined && 'header' in key && apiKey !== undefined
    return post({
      method: 'body' in request ? 'POST' : 'GET',
      url: address.href,
      headers: {
        ...ownHeaders,
        ...('body' in request && { 'content-type': 'application/json' }),
        ...(isHeader && { [key.header]: `${key.prefix ?? ''}${apiKey.reveal()}` }),
      },
      body: 'body' in request ? JSON.stringify(request.body) : undefined,
      signal,
      silenceMs: timeoutMs,
      resend: { isAllowed: true },
    })
  }

  return {
    name,
    async search(query, signal) {
      // Closes the connection of an answer that is not read to its end.
      const finished = new AbortController()
      try {
        const response = await send(query, AbortSignal.any([signal, finished.signal]))
        checkStatus(response)
        return provider.toResults(toAnswer(await readAnswer(response), response.status))
      } finally {
        finished.abort()
      }
    },
  }
}
