import { Secret } from '../../../src/base/secret.ts'
import type { HttpError, Reply, StreamFault } from '../../../src/simulator/reply.ts'
import type { ConverseStopReason } from '../../../src/wire/converse/response.ts'
import { startChain } from '../../support/chain.ts'
import { nexusAt } from '../../support/nexus.ts'
import { waitUntil } from '../../support/wait-until.ts'
import { describeUpstream } from './matrix.ts'
import { type Break, retryAfterSeconds, type UpstreamBehaviour } from './row.ts'

/** The row of AI Nexus; the simulator is its provider. */

const stopReasons: Record<NonNullable<UpstreamBehaviour['stops']>, ConverseStopReason> = {
  'at the limit': 'max_tokens',
  'at a stop sequence': 'stop_sequence',
  'to refuse': 'content_filtered',
}

const failures: Partial<Record<NonNullable<UpstreamBehaviour['fails']>, HttpError>> = {
  'prompt too long': { status: 400, type: 'ValidationException', message: 'Input is too long for requested model.' },
  throttled: {
    status: 429,
    type: 'ThrottlingException',
    message: 'Too many requests',
    headers: { 'retry-after': String(retryAfterSeconds) },
  },
}

const faults: Record<Break, Omit<StreamFault, 'afterFrames'>> = {
  throttled: { kind: 'exception', type: 'throttlingException', message: 'Too many requests' },
  cut: { kind: 'cut' },
  'cut in an event': { kind: 'cut frame' },
  corrupt: { kind: 'corrupt' },
  reset: { kind: 'reset' },
  silent: { kind: 'hang' },
}

/** Frames before a failure: the start of the message, and a few deltas. */
const laterFrames = 4

const toReply = ({
  output = [],
  stops,
  stopSequence,
  firstByteDelayMs,
  eventDelayMs,
  fails,
  breaks,
}: UpstreamBehaviour): Reply => {
  const error = fails && failures[fails]
  return {
    content: output,
    pace: {
      deltaCharacters: 4,
      ...(firstByteDelayMs && { firstMs: firstByteDelayMs }),
      ...(eventDelayMs && { frameMs: eventDelayMs }),
    },
    ...(stops && { stopReason: stopReasons[stops] }),
    ...(stopSequence !== undefined && { stopSequence }),
    ...(error && { error }),
    ...(breaks && { fault: { afterFrames: breaks.at === 'first' ? 0 : laterFrames, ...faults[breaks.how] } }),
  }
}

const unreachableUrl = 'http://127.0.0.1:1'
const defaultDeadlineMs = 60_000

/** All pictures of a request, at any depth. */
const picturesIn = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return []
  const { image } = value as { readonly image?: { readonly source: { readonly bytes: string } } }
  return image === undefined ? Object.values(value).flatMap(picturesIn) : [image.source.bytes]
}

describeUpstream({
  name: 'nexus',
  start(behaviour) {
    const { fails, deadlineMs = defaultDeadlineMs, pingMs } = behaviour
    const apiKey = fails === 'bad key' ? 'wrong' : 'right'
    const chain = startChain({
      scenario: () => toReply(behaviour),
      simulator: { apiKey: 'right' },
      apiKey,
      config: { timeout: deadlineMs / 1000 },
      ...(fails === 'dead host' && { endpointUrl: unreachableUrl }),
      ...(pingMs !== undefined && { pingMs }),
    })
    const { url, simulator } = chain
    const { nexus } = nexusAt(fails === 'dead host' ? unreachableUrl : simulator.url, {
      apiKey: new Secret(apiKey),
      silenceMs: deadlineMs,
    })
    return {
      upstream: nexus,
      modelId: 'claude-sonnet-4.6',
      url,
      requestCount: () => simulator.journal.length,
      pictures: () => simulator.journal.flatMap(({ body }) => picturesIn(body)),
      clientLeft: () => waitUntil(() => simulator.journal.at(-1)?.outcome === 'cancelled'),
    }
  },
})
