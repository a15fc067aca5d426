import { type GatewayError, invalidRequest } from '../../../base/errors.ts'
import type { Config } from '../../../config/load.ts'
import { NexusError } from '../../../upstreams/nexus/errors.ts'
import type { ModelRefusal } from '../../../upstreams/upstream.ts'
import type { MessagesRequest } from '../../../wire/anthropic/request.ts'
import type { Message } from '../../../wire/anthropic/response.ts'
import { mostTokens } from '../probe-requests.ts'
import { openSession, type ProbeOptions, type ProbeOutcome, type Session, type SessionOptions } from '../session.ts'
import { createLimits, type Limits, maximumRequests, usualTries } from './limits.ts'
import { type ReadStream, readStream, tokensIn } from './read-stream.ts'
import { type Hidden, wordsOf } from './words.ts'

/** Sends the requests of the rows within their limits, and says when to stop (MX-D1, MX-D5). */

export interface SenderOptions extends SessionOptions {
  readonly hidden: Hidden
  /** The most that all requests may use. */
  readonly maximumTokens: number
  /** Aborts with Ctrl-C. */
  readonly signal: AbortSignal
}

/** The end of one request. */
export type Outcome<T> = ProbeOutcome<T> & {
  readonly requestIds: readonly string[]
  /** A limit is reached: the request was not sent, or not sent again. */
  readonly isUnsent?: true
}

/** For one row and one model. */
export type Probe = ReturnType<typeof createProbe>

/** What a row changes of the configuration. */
export type TranslationSettings = Partial<Config['translation']>

const notSent = (): GatewayError => invalidRequest([], 'The request was not sent')

interface ProbeParts {
  readonly session: Session
  readonly limits: Limits
  readonly options: SenderOptions
  readonly modelId: string
  readonly onRefusal: (error: GatewayError) => void
}

/** What a request may cost. */
export interface Cost {
  /** Tokens. By default those that the request says. */
  readonly most?: number
  /** Requests. */
  readonly tries?: number
}

interface Sending<T> extends Required<Cost> {
  /** The tokens that an answer has used. */
  readonly used: (value: T) => number
  readonly send: (probe: ProbeOptions) => Promise<ProbeOutcome<T>>
}

/** Sends one request, and counts it. */
const sendWithin = async <T>(
  { limits, options, modelId, onRefusal }: ProbeParts,
  { most, tries, used, send }: Sending<T>,
): Promise<Outcome<T>> => {
  const requestIds: string[] = []
  if (limits.stopReason() !== undefined || limits.isFull(modelId, tries) || !limits.reserve(most))
    return { ms: 0, leftOut: [], requestIds, error: notSent(), isUnsent: true }
  const full = new AbortController()
  const outcome = await send({
    signal: AbortSignal.any([options.signal, full.signal]),
    onUpstreamId: (id) => requestIds.push(id),
    onAttempt() {
      if (limits.isFull(modelId, 1)) full.abort(notSent())
      else limits.sent(modelId)
    },
    onAttemptFailed: onRefusal,
  })
  if (full.signal.aborted) return { ...outcome, requestIds, isUnsent: true }
  if (outcome.error === undefined) limits.answered(used(outcome.value))
  else limits.failed(outcome.error, most)
  return { ...outcome, requestIds }
}

const createProbe = (given: Omit<ProbeParts, 'onRefusal'>) => {
  const { session, limits, options, modelId } = given
  let refusal: string | undefined
  const parts: ProbeParts = {
    ...given,
    onRefusal(error) {
      if (error instanceof NexusError) refusal = wordsOf(error, options.hidden)
    },
  }
  return {
    words: (error: GatewayError): string => wordsOf(error, options.hidden),
    withIds: options.hidden.withIds,
    /** Why a request was not sent. */
    blocked: (): string => limits.stopReason() ?? `the limit of ${maximumRequests} requests is reached`,
    isStopped: (): boolean => limits.stopReason() !== undefined,
    /** The words of the last request that was refused. */
    refusal: (): string | undefined => refusal,
    /** Every part that the model has refused in this session. */
    leftOut: (): string[] =>
      (session.upstream.degraded?.() ?? []).flatMap((part) => ('model' in part ? part.without : [])),
    message: (request: MessagesRequest, betas: readonly string[] = [], cost: Cost = {}): Promise<Outcome<Message>> =>
      sendWithin(parts, {
        most: mostTokens(request),
        tries: usualTries,
        ...cost,
        used: ({ usage }) => tokensIn(usage),
        send: (probe) => session.message(request, { ...probe, betas }),
      }),
    stream: (request: MessagesRequest, betas: readonly string[] = []): Promise<Outcome<ReadStream>> =>
      sendWithin(parts, {
        most: mostTokens(request),
        tries: usualTries,
        used: ({ tokens }) => tokens,
        send: (probe) =>
          session.attempt(
            modelId,
            async (upstream, context) => readStream(await upstream.stream({ ...request, stream: true }, context)),
            { ...probe, betas },
          ),
      }),
    /** Costs no tokens. Resolves to undefined if the upstream cannot count. */
    count: (request: MessagesRequest): Promise<Outcome<number | undefined>> =>
      sendWithin<number | undefined>(parts, {
        most: 0,
        tries: 1,
        used: () => 0,
        send: (probe) => {
          limits.sent(modelId)
          return session.attempt(modelId, async (upstream, context) => upstream.countTokens?.(request, context), probe)
        },
      }),
  }
}

export const createSender = (options: SenderOptions) => {
  const limits = createLimits(options)
  const sessions: Session[] = []
  return {
    open(modelId: string, translation: TranslationSettings = {}): Probe {
      const { config } = options
      const changed = {
        ...config,
        translation: { ...config.translation, ...translation },
        // Each row has the lifetime that it is about.
        cache: { ...config.cache, ttl: 'client' as const },
      }
      const session = openSession({ ...options, config: changed })
      sessions.push(session)
      return createProbe({ session, limits, options, modelId })
    },
    stopReason: limits.stopReason,
    requests: limits.requests,
    tokens: limits.tokens,
    /** What models have refused in any session. */
    refusals(): ModelRefusal[] {
      const all = sessions.flatMap(({ upstream }) => upstream.refusals?.() ?? [])
      return [...new Map(all.map((refusal) => [`${refusal.model} ${refusal.what}`, refusal])).values()]
    },
  }
}
