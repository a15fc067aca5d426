import { createLogger } from '../../../src/base/logger.ts'
import { Secret } from '../../../src/base/secret.ts'
import { composeUpstream } from '../../../src/cli/compose.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { startAnthropicSimulator } from '../../../src/simulator/anthropic/server.ts'
import type { JournalEntry } from '../../../src/simulator/exchange.ts'
import { startChain } from '../../support/chain.ts'
import { afterTest } from '../../support/cleanup.ts'
import { waitUntil } from '../../support/wait-until.ts'
import { describeUpstream } from './matrix.ts'
import { retryAfterSeconds, type UpstreamBehaviour } from './row.ts'
import { createToReply } from './simulated-reply.ts'

/** The row of Anthropic's own API; the simulator is its provider. */

const toReply = createToReply({
  failures: {
    'prompt too long': { status: 400, message: 'prompt is too long: 210000 tokens > 200000 maximum' },
    throttled: { status: 429, message: 'Too many requests', headers: { 'retry-after': String(retryAfterSeconds) } },
  },
  throttled: { kind: 'error', type: 'rate_limit_error', message: 'Too many requests' },
  /** Events before a fault: the start of the message and of a block, a ping, and a few deltas. */
  laterFrames: 5,
})

const unreachableUrl = 'http://127.0.0.1:1'
const defaultDeadlineMs = 60_000

/** All images of a request, at any depth. */
const imagesIn = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return []
  const { type, source } = value as { readonly type?: string; readonly source?: { readonly data: string } }
  return type === 'image' && source !== undefined ? [source.data] : Object.values(value).flatMap(imagesIn)
}

const startProvider = (behaviour: UpstreamBehaviour) => {
  const journal: JournalEntry[] = []
  const simulator = startAnthropicSimulator({
    apiKeys: ['right'],
    scenario: () => toReply(behaviour),
    onRequest: (entry) => journal.push(entry),
  })
  afterTest(() => simulator.stop())
  return { journal, endpointUrl: simulator.url }
}

describeUpstream({
  name: 'anthropic',
  // Anthropic accepts a text document only as text, not as base64.
  lacks: ['a picture and documents in a tool result'],
  brokenStatus: 502,
  isForwarded: true,
  start(behaviour) {
    const { fails, deadlineMs = defaultDeadlineMs, pingMs } = behaviour
    const provider = startProvider(behaviour)
    const endpointUrl = fails === 'dead host' ? unreachableUrl : provider.endpointUrl
    const apiKey = fails === 'bad key' ? 'wrong' : 'right'
    const { config } = loadConfig({
      flags: { upstream: 'anthropic', 'anthropic-url': endpointUrl, timeout: String(deadlineMs / 1000) },
      environment: {},
      files: [],
    })
    const own = { ...config, maxRetries: 0 }
    const { url } = startChain({ config: own, endpointUrl, apiKey, ...(pingMs !== undefined && { pingMs }) })
    const upstream = composeUpstream({
      config: own,
      endpointUrl,
      apiKey: new Secret(apiKey),
      log: createLogger('silent', () => {}),
    })
    return {
      upstream,
      modelId: 'claude-sonnet-4-6',
      url,
      requestCount: () => provider.journal.length,
      pictures: () => provider.journal.flatMap(({ body }) => imagesIn(body)),
      clientLeft: () => waitUntil(() => provider.journal.at(-1)?.outcome === 'cancelled'),
    }
  },
})
