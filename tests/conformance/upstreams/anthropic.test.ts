import { createLogger } from '../../../src/base/logger.ts'
import { Secret } from '../../../src/base/secret.ts'
import { composeUpstream } from '../../../src/cli/compose.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { startAnthropicSimulator } from '../../../src/simulator/anthropic/server.ts'
import type { JournalEntry } from '../../../src/simulator/exchange.ts'
import type { HttpError, Reply, StreamFault } from '../../../src/simulator/reply.ts'
import type { ConverseStopReason } from '../../../src/wire/converse/response.ts'
import { startChain } from '../../support/chain.ts'
import { afterTest } from '../../support/cleanup.ts'
import { waitUntil } from '../../support/wait-until.ts'
import { describeUpstream } from './matrix.ts'
import { type Break, retryAfterSeconds, type UpstreamBehaviour } from './row.ts'

/** The row of Anthropic's own API; the simulator is its provider. */

const stopReasons: Record<NonNullable<UpstreamBehaviour['stops']>, ConverseStopReason> = {
  'at the limit': 'max_tokens',
  'at a stop sequence': 'stop_sequence',
  'to refuse': 'content_filtered',
}

const failures: Partial<Record<NonNullable<UpstreamBehaviour['fails']>, HttpError>> = {
  'prompt too long': { status: 400, message: 'prompt is too long: 210000 tokens > 200000 maximum' },
  throttled: { status: 429, message: 'Too many requests', headers: { 'retry-after': String(retryAfterSeconds) } },
}

const faults: Record<Break, Omit<StreamFault, 'afterFrames'>> = {
  throttled: { kind: 'error', type: 'rate_limit_error', message: 'Too many requests' },
  cut: { kind: 'cut' },
  'cut in an event': { kind: 'cut frame' },
  corrupt: { kind: 'corrupt' },
  reset: { kind: 'reset' },
  silent: { kind: 'hang' },
}

/** Events before a fault: the start of the message and of a block, a ping, and a few deltas. */
const laterFrames = 5

const toReply = (behaviour: UpstreamBehaviour): Reply => {
  const { output = [], stops, stopSequence, firstByteDelayMs, eventDelayMs, fails, breaks } = behaviour
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
