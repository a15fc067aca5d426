import type { Json } from '../../../base/json.ts'
import type { ResponseObject } from '../../../wire/openai-responses/response.ts'
import type { ScopeOf } from '../../http/request-scope.ts'
import { clientIdentityOf } from './client-identity.ts'
import { bytesPerUnit, type ResponseStore } from './response-store.ts'
import { inputItemsOf, resolveStored } from './stored-input.ts'

export interface StoredContextOptions {
  /** Undefined if the server keeps no responses. */
  readonly responseStore: ResponseStore | undefined
  readonly scopeOf: ScopeOf
}

interface StoredContext<Body> {
  /** The request without references to kept responses. */
  readonly body: Body
  /** Keeps the response for later references. Undefined if the client or the server keeps none. */
  readonly keep: ((response: ResponseObject) => void) | undefined
}

/** Connects a request with the responses that the server keeps for its client (OE-R44). */
export const createStoredContext =
  ({ responseStore: store, scopeOf }: StoredContextOptions) =>
  <Body extends Json>(body: Body, request: Request): StoredContext<Body> => {
    const scope = scopeOf(request)
    let known: string | undefined
    // Codex and opencode refer to nothing: then no credential is hashed.
    const owner = (): string => {
      known ??= clientIdentityOf(request, scope)
      return known
    }
    const resolved = resolveStored(body, { store, owner })
    const input = inputItemsOf(resolved.body)
    const inputBytes = (scope.running.bodyBytes ?? 0) * bytesPerUnit + resolved.addedBytes
    const isKept = body['store'] !== false && input.length > 0 && store?.canKeep(inputBytes) === true
    return {
      body: resolved.body,
      keep: isKept ? (response) => store.keep(owner(), { response, input, inputBytes }) : undefined,
    }
  }
