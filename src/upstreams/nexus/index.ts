import type { NewId } from '../../base/ids.ts'
import type { Logger } from '../../base/logger.ts'
import { toConverseJson } from '../../translate/anthropic-to-converse/converse-json.ts'
import { toConverseRequest } from '../../translate/anthropic-to-converse/request.ts'
import { type EventBatch, toMessageEvents } from '../../translate/converse-to-anthropic/events.ts'
import { toMessage } from '../../translate/converse-to-anthropic/response.ts'
import type { Learned } from '../../translate/learned.ts'
import type { TranslationPolicy } from '../../translate/policy.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { ConverseStreamEvent } from '../../wire/converse/events.ts'
import { type RetryPolicy, withRetries } from '../retry.ts'
import type { CallContext, Upstream } from '../upstream.ts'
import type { InlineUrlSources } from '../url-sources.ts'
import { createNexusClient, type NexusClientOptions } from './client.ts'
import { readConverseStream } from './frames.ts'
import { createHealing, type Prepared } from './healing.ts'
import { createNoteLog } from './note-log.ts'

export interface NexusOptions extends NexusClientOptions {
  readonly retry: RetryPolicy
  readonly policy: TranslationPolicy
  readonly inlineUrlSources: InlineUrlSources
  readonly newId: NewId
  readonly log: Logger
}

/** Names each unknown event once for each stream. */
async function* warnOfUnknown(
  batches: AsyncIterable<ConverseStreamEvent[]>,
  log: Logger,
  requestId: string,
): AsyncGenerator<ConverseStreamEvent[]> {
  const warned = new Set<string>()
  for await (const batch of batches) {
    for (const event of batch) {
      if (event.type !== 'unknown' || warned.has(event.name)) continue
      warned.add(event.name)
      log.warn('upstream.unknown_event', { requestId, name: event.name.slice(0, 64) })
    }
    yield batch
  }
}

/** The batches, the first of which is already here. */
async function* continued(first: EventBatch, rest: AsyncGenerator<EventBatch>): AsyncGenerator<EventBatch> {
  try {
    yield first
    yield* rest
  } finally {
    await rest.return(undefined)
  }
}

type Send<T> = (prepared: Prepared) => Promise<T>

/** AI Nexus: Claude by Bedrock's Converse, with a bearer key. */
export const createNexus = (options: NexusOptions): Upstream => {
  const { retry, newId, log } = options
  const client = createNexusClient(options)
  const logNotes = createNoteLog(log)
  const healing = createHealing(log)

  const prepare = (request: MessagesRequest, context: CallContext, learned: Learned): Prepared => {
    const { modelId, betas, signal, onUpstreamId } = context
    const translation = toConverseRequest(request, { modelId, betas, policy: options.policy, learned })
    const { body, paths } = translation
    const sentBetas = body.additionalModelRequestFields?.['anthropic_beta']
    return {
      translation,
      call: {
        modelId,
        wording: {
          model: request.model,
          maxTokens: request.max_tokens,
          paths,
          betas: Array.isArray(sentBetas) ? sentBetas : [],
        },
        body: toConverseJson(body),
        signal,
        onUpstreamId,
        mend: { isAllowed: retry.maxRetries > 0 },
      },
    }
  }
  const retrying = <T>(attempt: () => Promise<T>, { requestId, signal }: CallContext): Promise<T> =>
    withRetries(attempt, retry, signal, (event, fields) => log.warn(event, { requestId, ...fields }))

  /** Sends a request; where the model refuses a part of it that can be spared, once more without. */
  const ask = async <T>(given: MessagesRequest, context: CallContext, send: Send<T>): Promise<T> => {
    const request = await options.inlineUrlSources(given, context.signal)
    const prepared = prepare(request, context, healing.learned(context.modelId))
    logNotes(prepared.translation.notes, context)
    return healing.heal({
      modelId: context.modelId,
      first: prepared,
      send: (one) => retrying(() => send(one), context),
      mend: (learned) => prepare(request, context, learned),
    })
  }

  return {
    name: 'nexus',
    address: options.endpointUrl,
    degraded: healing.degraded,

    message: (request, context) =>
      ask(request, context, async ({ call, translation }) =>
        toMessage(await client.converse(call), translation.reply, newId),
      ),

    stream: (request, context) =>
      ask(request, context, async ({ call, translation }) => {
        const frames = readConverseStream(await client.converseStream(call), call.wording)
        const events = warnOfUnknown(frames, log, context.requestId)
        const batches = toMessageEvents(events, translation.reply, newId)
        // An exception in the first frame still becomes a status, and may still be tried again.
        const first = await batches.next()
        return continued(first.done === true ? [] : first.value, batches)
      }),
  }
}
