import type { Upstream } from '../../upstreams/upstream.ts'
import type { CountTokensRequest, MessagesRequest } from '../../wire/anthropic/request.ts'
import { type CarriedText, loadCarriedText } from './carried-text.ts'
import { mayCite } from './citations.ts'
import { createHistory, type History } from './history.ts'
import { findSearchTool, type SearchTool, withPlainTool } from './request.ts'

/** Requests as upstreams without web search understand them. */

export interface PlainRequest<Request> {
  /** With a plain tool, and plain messages. */
  readonly request: Request
  /** Undefined if the model cannot search: only the history has searches. */
  readonly tool: SearchTool | undefined
  readonly history: History
  readonly carriedText: CarriedText
}

type SearchResultTaker = Pick<Upstream, 'takesSearchResults'>

const hasSearches = ({ messages }: CountTokensRequest): boolean =>
  messages.some(
    ({ role, content }) =>
      role === 'assistant' &&
      Array.isArray(content) &&
      content.some(({ type }) => type === 'server_tool_use' || type === 'web_search_tool_result'),
  )

/**
 * Undefined if there is nothing to change. Rejects with a 400 that names the path, for an invalid tool and for a search
 * without a result.
 */
export const toPlainRequest = async <Request extends CountTokensRequest | MessagesRequest>(
  request: Request,
  { takesSearchResults }: SearchResultTaker,
): Promise<PlainRequest<Request> | undefined> => {
  const tool = findSearchTool(request)
  if (tool === undefined && !hasSearches(request)) return undefined
  const carriedText = await loadCarriedText()
  const cites = takesSearchResults === true && mayCite(request)
  const history = createHistory(request.messages, { carriedText, cites, breaksMarks: !takesSearchResults })
  if (tool === undefined && !history.hasSearches) return undefined
  const plain = { ...request, messages: history.messages() }
  return { request: tool === undefined ? plain : withPlainTool(plain, tool), tool, history, carriedText }
}

/** A request for a count, with the plain tool and the texts of the results (WS-36). */
export const toCountedRequest =
  (upstream: SearchResultTaker) =>
  async (request: CountTokensRequest): Promise<CountTokensRequest> =>
    (await toPlainRequest(request, upstream))?.request ?? request
