import { createHeadersReader } from '../../codec/aws-event-stream/headers.ts'
import { createNotes } from '../../messages/notes.ts'
import { requestMediaLimit } from '../../translate/anthropic-to-converse/media-limits.ts'
import type { ConverseTarget } from '../../translate/anthropic-to-converse/request.ts'
import { MessageEvents } from '../../translate/converse-to-anthropic/events.ts'
import { toMessage } from '../../translate/converse-to-anthropic/response.ts'
import type { TranslationPolicy } from '../../translate/policy.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { UpstreamDependencies } from '../definition.ts'
import { createResendOnce, createRetrying, type RetryPolicy } from '../http/retry.ts'
import { createNoteLog } from '../note-log.ts'
import { createOddityLog } from '../oddity-log.ts'
import type { CallContext, Upstream } from '../upstream.ts'
import { createNexusClient, type NexusClientOptions } from './client.ts'
import { createCounting } from './counting.ts'
import { createConverseReader } from './frames.ts'
import { warnOfUnknown } from './oddity-log.ts'
import { type Prepared, prepare } from './prepare.ts'
import { createRefusalFallback } from './refusal-fallback.ts'
import { beginResponseStream } from './response-stream.ts'

interface NexusOptions
  extends NexusClientOptions,
    Pick<UpstreamDependencies, 'inlineUrlSources' | 'newId' | 'now' | 'log' | 'distort' | 'learned' | 'pause'> {
  readonly retry: RetryPolicy
  readonly policy: TranslationPolicy
}

type Send<T> = (prepared: Prepared) => Promise<T>

/** AI Nexus: Claude over Bedrock's Converse, with a bearer key. */
export const createNexus = (options: NexusOptions): Upstream => {
  const { retry, newId, log, distort, pause } = options
  const mediaLimit = requestMediaLimit(options.policy.excessMedia)
  const client = createNexusClient(options)
  const logNotes = createNoteLog(log)
  const readHeaders = createHeadersReader()
  const fallback = createRefusalFallback(log, options.now, options.learned)
  const targetOf = ({ modelId, betas, requestId }: CallContext): ConverseTarget => ({
    modelId,
    betas,
    policy: options.policy,
    overrides: fallback.overrides(modelId),
    onOddity: createOddityLog(log, requestId),
  })

  const retrying = createRetrying(retry, log)

  /** Sends a request. If the model refuses an optional part, sends it again without that part. */
  const sendRequest = async <T>(given: MessagesRequest, context: CallContext, send: Send<T>): Promise<T> => {
    const notes = createNotes()
    const request = await options.inlineUrlSources(given, context.signal, { notes, mediaLimit })
    const target = targetOf(context)
    const sending = { resend: createResendOnce(retry, log, context), distort, pause }
    const prepared = prepare(request, target, context, sending)
    logNotes([...notes.all, ...prepared.translation.notes], context)
    return fallback.sendWithFallback({
      modelId: context.modelId,
      requestId: context.requestId,
      first: prepared,
      send: (one) => retrying(() => send(one), context),
      retranslate(overrides) {
        const retranslated = prepare(request, { ...target, overrides }, context, sending)
        logNotes(retranslated.translation.notes, context)
        return retranslated
      },
    })
  }

  return {
    name: 'nexus',
    providerName: 'aws.bedrock',
    address: options.endpointUrl,
    ...fallback.known,
    takesSearchResults: true,

    message: (request, context) =>
      sendRequest(request, context, async ({ call, translation: { responseContext } }) =>
        toMessage(await client.converse(call), responseContext, newId),
      ),

    stream: (request, context) =>
      sendRequest(request, context, async ({ call, translation: { responseContext } }) => {
        const { chunks, apiKey } = await client.converseStream(call)
        // An exception in the first frame still becomes a status, and can still be retried.
        return beginResponseStream({
          chunks,
          reader: createConverseReader({ ...call.wording, apiKey }, readHeaders),
          events: new MessageEvents(responseContext, newId),
          onEvent: warnOfUnknown(log, context.requestId),
        })
      }),

    countTokens: createCounting(client, targetOf),
  }
}
