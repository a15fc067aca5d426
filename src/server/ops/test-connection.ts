import { Elysia } from 'elysia'
import { type ErrorType, GatewayError, toGatewayError } from '../../base/errors.ts'
import type { Gateway } from '../../gateway/gateway.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import { startCall } from '../http/call.ts'
import { type DomainGuardOptions, refuseOtherSites, requireToken, testConnectionPath } from '../http/guard.ts'
import { methodNotAllowed } from '../http/method-not-allowed.ts'
import type { Shutdown } from '../http/shutdown.ts'

/** `/test-connection`: whether the upstream answers a tiny request (OU-R12, OP-K4). */

export interface TestConnectionOptions extends DomainGuardOptions {
  readonly gateway: Gateway
  readonly shutdown: Shutdown
  /** Name of the model that is tested. */
  readonly testModel: string
  /** Milliseconds, monotonic. */
  readonly now: () => number
}

/** At most one test in this time, because a test costs tokens. */
const periodSeconds = 60
const millisecondsPerSecond = 1000
/** Enough for one word, even if the model thinks first. */
const maximumTokens = 16

const unavailableStatus = 503

const helloTo = (model: string): MessagesRequest => ({
  model,
  max_tokens: maximumTokens,
  messages: [{ role: 'user', content: 'Hello' }],
  thinking: { type: 'disabled' },
})

const general = 'Run nexus-claude-api doctor: it checks each step.'
const suggestions: Partial<Record<ErrorType, readonly string[]>> = {
  authentication_error: ['Check the key of the upstream.', 'Check that the key belongs to this address.', general],
  permission_error: ['Check that the key may use the model.', 'Check that your region may use the upstream.', general],
  billing_error: ['Check the balance of the account.', 'Check the spending limit of the key.', general],
  rate_limit_error: ['Wait a minute.', 'Check the rate limits of the key.', general],
  not_found_error: ['Check the name of the model.', 'Check the address of the upstream.', general],
  timeout_error: ['Check that the upstream is running.', 'Raise --timeout for slow models.', general],
}
const usualSuggestions = ['Check the address of the upstream.', 'Check that the upstream is running.', general]

const tooOften = (retryAfterSeconds: number): GatewayError =>
  new GatewayError('rate_limit_error', 'The connection can be tested once a minute.', {
    retryAfterSeconds,
    shouldRetry: false,
    isLoggable: true,
  })

/** Throws GatewayError within a minute after the last test. */
const createPeriod = (now: () => number) => {
  let next = Number.NEGATIVE_INFINITY
  return (): void => {
    const waitMs = next - now()
    if (waitMs > 0) throw tooOften(Math.ceil(waitMs / millisecondsPerSecond))
    next = now() + periodSeconds * millisecondsPerSecond
  }
}

export const testConnectionRoutes = (options: TestConnectionOptions) => {
  const { gateway, shutdown, scopeOf, testModel, now } = options
  const begin = createPeriod(now)

  const test = async (request: Request) => {
    const { running, betas, domain } = scopeOf(request)
    const call = startCall(request, shutdown)
    const timestamp = new Date().toISOString()
    try {
      const message = await gateway.message(helloTo(testModel), {
        running,
        betas,
        signal: call.signal,
        onUpstreamId: () => {},
        caller: { domain, headers: request.headers, mayForwardKey: true },
      })
      const model = gateway.models.resolve(testModel).model.id
      const body = {
        status: 'success',
        message: 'The upstream answers.',
        model_used: model,
        timestamp,
        response_id: message.id,
      }
      return { code: 200, body }
    } catch (thrown) {
      const { type, message } = toGatewayError(thrown)
      const advice = suggestions[type] ?? usualSuggestions
      return {
        code: unavailableStatus,
        body: { status: 'failed', error_type: 'API Error', type, message, timestamp, suggestions: advice },
      }
    } finally {
      call.end()
    }
  }

  const handle = async ({ request, set }: { request: Request; set: { status?: number | string } }) => {
    refuseOtherSites(request)
    begin()
    const { code, body } = await test(request)
    set.status = code
    return body
  }

  return new Elysia({ name: 'test-connection', normalize: false })
    .use(requireToken(options))
    .get(testConnectionPath, handle)
    .post(testConnectionPath, handle)
    .all(testConnectionPath, methodNotAllowed('GET', 'HEAD', 'POST'))
}
