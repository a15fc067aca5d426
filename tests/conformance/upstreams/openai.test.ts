import { createLogger } from '../../../src/base/logger.ts'
import { Secret } from '../../../src/base/secret.ts'
import { composeUpstream } from '../../../src/cli/compose.ts'
import { loadConfig } from '../../../src/config/load.ts'
import type { JournalEntry } from '../../../src/simulator/exchange.ts'
import { startChatSimulator } from '../../../src/simulator/openai-chat/server.ts'
import { startChain } from '../../support/chain.ts'
import { afterTest } from '../../support/cleanup.ts'
import { waitUntil } from '../../support/wait-until.ts'
import { describeUpstream } from './matrix.ts'
import { retryAfterSeconds, type UpstreamBehaviour } from './row.ts'
import { createToReply } from './simulated-reply.ts'

/** The row of OpenAI-compatible servers; the simulator is its provider, as a vLLM server. */

const toReply = createToReply({
  failures: {
    'prompt too long': {
      status: 400,
      message: "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
    },
    throttled: { status: 429, message: 'Too many requests', headers: { 'retry-after': String(retryAfterSeconds) } },
  },
  throttled: { kind: 'exception', type: 'rate_limit_exceeded', message: 'Too many requests' },
  /** Events before a fault: the role, and a few deltas. */
  laterFrames: 4,
})

/** The model in the requests of the matrix. */
const clientModel = 'claude-sonnet-4-6'

const seeingModel = {
  id: 'seeing',
  window: 100_000,
  maxOutputTokens: 50_000,
  efforts: [],
  sampling: true,
  stop: true,
  images: true,
}

const unreachableUrl = 'http://127.0.0.1:1/v1'
const defaultDeadlineMs = 60_000

/** All images of a request, at any depth. */
const imagesIn = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return []
  const { image_url: image } = value as { readonly image_url?: { readonly url: string } }
  return image === undefined ? Object.values(value).flatMap(imagesIn) : [image.url.replace(/^data:[^,]*,/, '')]
}

const startProvider = (behaviour: UpstreamBehaviour) => {
  const journal: JournalEntry[] = []
  const simulator = startChatSimulator({
    face: 'vllm',
    apiKey: 'right',
    models: [seeingModel],
    scenario: () => toReply(behaviour),
    onRequest: (entry) => journal.push(entry),
  })
  afterTest(() => simulator.stop())
  return { journal, endpointUrl: `${simulator.url}/v1` }
}

describeUpstream({
  name: 'openai',
  // Chat Completions has no sealed thoughts; a test of the translation holds those that OpenRouter encrypts (OU-A5).
  lacks: ['redacted thinking', 'thinking without its text'],
  brokenStatus: 502,
  start(behaviour) {
    const { fails, deadlineMs = defaultDeadlineMs, pingMs } = behaviour
    const provider = startProvider(behaviour)
    const endpointUrl = fails === 'dead host' ? unreachableUrl : provider.endpointUrl
    const apiKey = fails === 'bad key' ? 'wrong' : 'right'
    const { config } = loadConfig({
      flags: {
        upstream: 'openai',
        provider: 'vllm',
        'openai-url': endpointUrl,
        'model-map': `${clientModel}:${seeingModel.id}`,
        timeout: String(deadlineMs / 1000),
      },
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
      modelId: seeingModel.id,
      url,
      requestCount: () => provider.journal.length,
      pictures: () => provider.journal.flatMap(({ body }) => imagesIn(body)),
      clientLeft: () => waitUntil(() => provider.journal.at(-1)?.outcome === 'cancelled'),
    }
  },
})
