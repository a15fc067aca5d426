import { abortedError } from '../../base/errors.ts'
import type { Gateway } from '../../gateway/gateway.ts'
import type { CountTokensRequest } from '../../wire/anthropic/request.ts'
import { startCall } from './call.ts'
import type { ScopeOf } from './request-scope.ts'
import type { Shutdown } from './shutdown.ts'

export interface CountOptions {
  readonly gateway: Gateway
  readonly shutdown: Shutdown
  readonly scopeOf: ScopeOf
}

/** Counts the tokens of a request of any client protocol. Rejects with GatewayError. */
export const countRequestTokens = async (
  body: CountTokensRequest,
  request: Request,
  { gateway, shutdown, scopeOf }: CountOptions,
): Promise<number> => {
  const { running, client, betas } = scopeOf(request)
  const call = startCall(request, shutdown)
  try {
    const tokens = await gateway.countTokens(body, { running, client, betas, signal: call.signal })
    // An aborted upstream count becomes an estimate, but no client waits for it.
    if (call.signal.aborted) throw abortedError(call.signal, undefined)
    return tokens
  } finally {
    call.end()
  }
}
