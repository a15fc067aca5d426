import { type ServeOptions, type Simulator, serveSimulator } from '../exchange.ts'
import { newRequestId } from './ids.ts'
import { authorizePath, createTokenService, type TokenServiceOptions, tokenPath } from './token-service.ts'
import type { TokenStore } from './token-store.ts'
import { errorResponse } from './wire-errors.ts'

export type TokenServerOptions = Pick<ServeOptions<never>, 'hostname' | 'port' | 'onRequest'> & TokenServiceOptions

export interface TokenServer extends Simulator {
  readonly tokenUrl: string
  readonly authorizeUrl: string
  readonly tokens: TokenStore
}

/** Starts Anthropic's OAuth endpoints alone, without the API. A grant is a journal entry with status 200. */
export const startTokenServer = (options: TokenServerOptions = {}): TokenServer => {
  const service = createTokenService(options)
  const { hostname, port, onRequest } = options
  const serve = { ...(hostname && { hostname }), ...(port && { port }), ...(onRequest && { onRequest }) }
  const simulator = serveSimulator(serve, async (request) => {
    const requestId = newRequestId()
    const answer = await service.answer(request, requestId)
    const fallback = { body: undefined, response: errorResponse({ status: 404, message: 'Not found' }, requestId) }
    return { modelId: undefined, isStream: false, ...(answer ?? fallback) }
  })
  return {
    ...simulator,
    tokenUrl: `${simulator.url}${tokenPath}`,
    authorizeUrl: `${simulator.url}${authorizePath}`,
    tokens: service.store,
  }
}
