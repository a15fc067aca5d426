import type { WebSearchErrorCode } from '../wire/anthropic/response.ts'

/** The interface of web search, and of the providers behind it. */

/** Where the user roughly is. */
export interface SearchLocation {
  /** Two letters (ISO 3166-1). */
  readonly country?: string | undefined
  readonly city?: string | undefined
  readonly region?: string | undefined
  /** IANA's name, such as `Europe/Berlin`. */
  readonly timezone?: string | undefined
}

/** What a provider gets. It may ignore domains and location: its results are checked again. */
export interface SearchQuery {
  readonly query: string
  /** Most results. */
  readonly count: number
  /** `example.com` or `example.com/docs`. Empty: all domains. */
  readonly allowedDomains: readonly string[]
  readonly blockedDomains: readonly string[]
  readonly location?: SearchLocation | undefined
}

export interface SearchResult {
  readonly title: string
  readonly url: string
  /** Plain text; may be empty. */
  readonly snippet: string
  /** The provider's date, in its own form. */
  readonly pageAge: string | null
}

/** A failure of the provider, in Anthropic's words. */
export type ProviderErrorCode = Extract<WebSearchErrorCode, 'too_many_requests' | 'unavailable'>

/** What the log may have of a failure: never a part of the query or of the answer. */
export interface SearchFailure {
  /** HTTP status. */
  readonly status?: number | undefined
  readonly exitCode?: number | undefined
  /** A fixed sentence of ours. */
  readonly reason?: string | undefined
}

/** A provider throws it. The message has no part of the query or of the answer. */
export class SearchError extends Error {
  override readonly name = 'SearchError'
  readonly code: ProviderErrorCode
  readonly failure: SearchFailure

  constructor(code: ProviderErrorCode, failure: SearchFailure = {}) {
    super(failure.reason ?? code)
    this.code = code
    this.failure = failure
  }
}

export interface SearchProvider {
  /** The value of `search.provider`. */
  readonly name: string
  /** Rejects with SearchError, or with GatewayError for a connection. The results are unchecked. */
  search(query: SearchQuery, signal: AbortSignal): Promise<readonly SearchResult[]>
}

/** A search of the model, with the rules of its request. */
export interface SearchRequest extends Omit<SearchQuery, 'query' | 'count'> {
  /** What the model wrote: any JSON value. */
  readonly query: unknown
}

export type SearchOutcome = { readonly results: readonly SearchResult[] } | { readonly errorCode: WebSearchErrorCode }

/** The server's web search: one per server, with its limits. */
export interface Search {
  /** The value of `search.provider`. */
  readonly provider: string
  /** Rejects only if the signal aborts, with its reason. */
  run(request: SearchRequest, signal: AbortSignal): Promise<SearchOutcome>
}
