import type { NewId } from '../../base/ids.ts'
import type { Logger } from '../../base/logger.ts'
import { memoize } from '../../base/memoize.ts'
import { createNotes } from '../../messages/notes.ts'
import type { ChatPolicy } from '../../translate/anthropic-to-openai-chat/policy.ts'
import type { ChatDialect, ChatDialectChange } from '../../translate/capabilities/chat-dialect.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { EstimateTokens } from '../definition.ts'
import { createResendOnce, createRetrying, type RetryPolicy } from '../http/retry.ts'
import { createNoteLog } from '../note-log.ts'
import { createOddityLog } from '../oddity-log.ts'
import type { CallContext, Upstream } from '../upstream.ts'
import type { InlineUrlSources } from '../url-sources/inline-url-sources.ts'
import { type ChatAnswer, createOpenAiClient, type OpenAiClientOptions } from './client.ts'
import { mediaLimit } from './media-limit.ts'
import { createOverrideMemory } from './override-memory.ts'
import { prepare } from './prepare.ts'
import { dialectOf, providerNameOf } from './provider.ts'
import { type ReadContext, readMessage, readStream } from './read-answer.ts'
import { createRefusalFallback } from './refusal-fallback.ts'

export interface OpenAiOptions extends OpenAiClientOptions {
  readonly retry: RetryPolicy
  readonly policy: ChatPolicy
  /** Changes of the configuration to the provider's row, for one model. */
  readonly dialectFor: (modelId: string) => ChatDialectChange
  /** Tokens of a model's context, by its id (OU-R9). */
  readonly contextLimits: ReadonlyMap<string, number>
  readonly inlineUrlSources: InlineUrlSources
  readonly estimateTokens: EstimateTokens
  readonly newId: NewId
  /** Milliseconds, monotonic. */
  readonly now: () => number
  readonly log: Logger
}

type Read<T> = (answer: ChatAnswer, context: ReadContext) => Promise<T>

/** Creates the upstream for a server that speaks OpenAI's Chat Completions. */
export const createOpenAi = (options: OpenAiOptions): Upstream => {
  const { retry, newId, log, provider, policy, estimateTokens } = options
  const client = createOpenAiClient(options)
  const memory = createOverrideMemory(log, options.now)
  const sendWithFallback = createRefusalFallback(memory, log)
  const retrying = createRetrying(retry, log)
  const logNotes = createNoteLog(log)
  const dialectFor = memoize(
    (modelId): ChatDialect => ({ ...dialectOf(provider, modelId), ...options.dialectFor(modelId) }),
  )

  /** Providers that accept URLs fetch images themselves; this server always fetches documents (OU-Q32, Q35). */
  const withoutUrls = async (given: MessagesRequest, dialect: ChatDialect, context: CallContext) => {
    const notes = createNotes()
    const isFetched = (kind: 'image' | 'document'): boolean => kind === 'document' || !dialect.imageUrl
    const request = await options.inlineUrlSources(given, context.signal, { notes, mediaLimit, isFetched })
    logNotes(notes.all, context)
    return request
  }

  const send = async <T>(given: MessagesRequest, context: CallContext, read: Read<T>): Promise<T> => {
    const { modelId, requestId } = context
    const dialect = dialectFor(modelId)
    const request = await withoutUrls(given, memory.apply(modelId, dialect), context)
    const contextLimit = options.contextLimits.get(modelId)
    // Also without retries: a request on a dead connection did not reach the server (OU-R7).
    const resend = { ...createResendOnce(retry, log, context), isAllowed: true }
    const onOddity = createOddityLog(log, requestId)
    return sendWithFallback({
      modelId,
      requestId,
      dialect,
      prepare(current) {
        const target = { dialect: current, provider, policy, estimateTokens, contextLimit }
        const prepared = prepare(request, target, context, resend)
        logNotes(prepared.notes, context)
        return prepared
      },
      send: ({ call, responseContext }) =>
        retrying(async () => {
          const answer = await client.request(call)
          const wording = client.wordingOf(call)
          return read(answer, {
            responseContext: { ...responseContext, onOddity },
            wording,
            newId,
            sleep: retry.sleep,
          })
        }, context),
    })
  }

  return {
    name: 'openai',
    providerName: providerNameOf(provider),
    address: options.baseUrl,
    degraded: memory.degraded,
    message: (request, context) => send({ ...request, stream: false }, context, readMessage),
    stream: (request, context) => send({ ...request, stream: true }, context, readStream),
  }
}
