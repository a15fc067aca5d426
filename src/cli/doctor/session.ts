import { GatewayError, toGatewayError } from '../../base/errors.ts'
import { randomId } from '../../base/ids.ts'
import { createLogger } from '../../base/logger.ts'
import type { UpstreamDependencies } from '../../upstreams/definition.ts'
import type { Fetch } from '../../upstreams/http/post.ts'
import type { CallContext, Upstream } from '../../upstreams/upstream.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { Message } from '../../wire/anthropic/response.ts'
import { composeUpstream } from '../compose.ts'
import { type ClockReading, readClock } from './probe-endpoint.ts'

/** Timeout for the first byte of a tiny request, also from a busy model. */
const timeoutSeconds = 30
/** Timeout for the whole request. */
const wholeMs = 60_000

/** How a request ended. */
export type ProbeOutcome<T> = {
  readonly ms: number
  /** Parts that the refusal fallback left out, because AI Nexus refuses them. */
  readonly leftOut: readonly string[]
} & ({ readonly value: T; readonly error?: undefined } | { readonly error: GatewayError })

export type Session = ReturnType<typeof openSession>

export type SessionOptions = Pick<
  UpstreamDependencies,
  'config' | 'endpointUrl' | 'apiKey' | 'proxy' | 'credentialSources'
>

/** What a probe has in addition to its request. */
export type ProbeOptions = Partial<Pick<CallContext, 'betas' | 'onUpstreamId' | 'onAttempt' | 'onAttemptFailed'>> & {
  /** Ends the request early. */
  readonly signal?: AbortSignal
}

export const silentLog = createLogger('silent', () => {})

const tooLong = (): GatewayError =>
  new GatewayError('timeout_error', `The upstream did not finish a tiny answer within ${wholeMs / 1000} s.`, {
    isLoggable: true,
  })

/** Sends requests with the program's own upstream, without retries: doctor reports the first result. */
export const openSession = ({ config, ...connection }: SessionOptions) => {
  let clock: ClockReading | undefined
  const readingClock: Fetch = async (url, init) => {
    const response = await fetch(url, init)
    clock = readClock(response.headers) ?? clock
    return response
  }
  const upstream = composeUpstream({
    config: { ...config, maxRetries: 0, timeout: Math.min(config.timeout, timeoutSeconds) },
    ...connection,
    fetch: readingClock,
    log: silentLog,
  })
  const withoutFor = (modelId: string): string[] =>
    (upstream.degraded?.() ?? []).flatMap((part) => ('model' in part && part.model === modelId ? [part.without] : []))

  const attempt = async <T>(
    modelId: string,
    work: (upstream: Upstream, context: CallContext) => Promise<T>,
    { signal: ending, ...probe }: ProbeOptions = {},
  ): Promise<ProbeOutcome<T>> => {
    const before = withoutFor(modelId)
    const controller = new AbortController()
    const timer = setTimeout(() => controller.abort(tooLong()), wholeMs)
    const startedAt = performance.now()
    const outcome = () => ({
      ms: Math.round(performance.now() - startedAt),
      leftOut: withoutFor(modelId).filter((what) => !before.includes(what)),
    })
    try {
      const value = await work(upstream, {
        requestId: randomId('doctor_'),
        modelId,
        betas: [],
        signal: ending === undefined ? controller.signal : AbortSignal.any([ending, controller.signal]),
        onUpstreamId: () => {},
        ...probe,
      })
      return { value, ...outcome() }
    } catch (thrown) {
      return { error: toGatewayError(thrown), ...outcome() }
    } finally {
      clearTimeout(timer)
    }
  }
  return {
    upstream,
    attempt,
    message: (request: MessagesRequest, probe?: ProbeOptions): Promise<ProbeOutcome<Message>> =>
      attempt(request.model, (nexus, context) => nexus.message(request, context), probe),
    /** From the last response with a date. */
    clock: () => clock,
  }
}
