import { Secret } from '../../../src/base/secret.ts'
import { startChain } from '../../support/chain.ts'
import { nexusAt } from '../../support/nexus.ts'
import { waitUntil } from '../../support/wait-until.ts'
import { describeUpstream } from './matrix.ts'
import { retryAfterSeconds } from './row.ts'
import { createToReply } from './simulated-reply.ts'

/** The row of AI Nexus; the simulator is its provider. */

const toReply = createToReply({
  failures: {
    'prompt too long': { status: 400, type: 'ValidationException', message: 'Input is too long for requested model.' },
    throttled: {
      status: 429,
      type: 'ThrottlingException',
      message: 'Too many requests',
      headers: { 'retry-after': String(retryAfterSeconds) },
    },
  },
  throttled: { kind: 'exception', type: 'throttlingException', message: 'Too many requests' },
  /** Frames before a failure: the start of the message, and a few deltas. */
  laterFrames: 4,
})

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
