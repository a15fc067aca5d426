import type { NewId } from '../../base/ids.ts'
import type { Logger } from '../../base/logger.ts'
import { type ConverseTranslation, toConverseRequest } from '../../translate/anthropic-to-converse/request.ts'
import { type EventBatch, toMessageEvents } from '../../translate/converse-to-anthropic/events.ts'
import { toMessage } from '../../translate/converse-to-anthropic/response.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { ConverseStreamEvent } from '../../wire/converse/events.ts'
import { type RetryPolicy, withRetries } from '../retry.ts'
import type { CallContext, Upstream } from '../upstream.ts'
import { createNexusClient, type NexusCall, type NexusClientOptions } from './client.ts'
import { notCounting, toCountBody } from './counting.ts'
import { readConverseStream } from './frames.ts'
import { createNoteLog } from './note-log.ts'

export interface NexusOptions extends NexusClientOptions {
  readonly retry: RetryPolicy
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

/** AI Nexus: Claude by Bedrock's Converse, with a bearer key. */
export const createNexus = (options: NexusOptions): Upstream => {
  const { retry, newId, log } = options
  const client = createNexusClient(options)
  const logNotes = createNoteLog(log)
  // Until it says otherwise. What it says of one model, whoever asks about that model remembers.
  let canCount = true

  const translate = (request: MessagesRequest, context: CallContext): ConverseTranslation => {
    const translation = toConverseRequest(request, { modelId: context.modelId, betas: context.betas })
    logNotes(translation.notes, context)
    return translation
  }
  const callOf = (request: MessagesRequest, { body }: ConverseTranslation, context: CallContext): NexusCall => ({
    modelId: context.modelId,
    wording: { model: request.model, maxTokens: request.max_tokens },
    body: JSON.stringify(body),
    signal: context.signal,
    onUpstreamId: context.onUpstreamId,
    mend: { isAllowed: retry.maxRetries > 0 },
  })
  const retrying = <T>(attempt: () => Promise<T>, { requestId, signal }: CallContext): Promise<T> =>
    withRetries(attempt, retry, signal, (event, fields) => log.warn(event, { requestId, ...fields }))

  return {
    name: 'nexus',
    address: options.endpointUrl,

    async message(request, context) {
      const translation = translate(request, context)
      const call = callOf(request, translation, context)
      return retrying(async () => toMessage(await client.converse(call), translation.reply, newId), context)
    },

    async stream(request, context) {
      const translation = translate(request, context)
      const call = callOf(request, translation, context)
      return retrying(async () => {
        const frames = readConverseStream(await client.converseStream(call), call.wording)
        const events = warnOfUnknown(frames, log, context.requestId)
        const batches = toMessageEvents(events, translation.reply, newId)
        // An exception in the first frame still becomes a status, and may still be tried again.
        const first = await batches.next()
        return continued(first.done === true ? [] : first.value, batches)
      }, context)
    },

    // Without retries: a count that comes late is as good as none.
    async countTokens(request, context) {
      if (!canCount) throw notCounting()
      const counted = await client.countTokens({
        modelId: context.modelId,
        wording: { model: request.model, maxTokens: undefined },
        body: JSON.stringify(toCountBody(request, context)),
        signal: context.signal,
        onUpstreamId: context.onUpstreamId,
        mend: { isAllowed: true },
      })
      if (typeof counted === 'number') return counted
      if (counted === 'all') canCount = false
      throw notCounting()
    },
  }
}
