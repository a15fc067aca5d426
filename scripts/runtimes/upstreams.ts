import { startAnthropicSimulator } from '../../src/simulator/anthropic/server.ts'
import type { JournalEntry, Simulator } from '../../src/simulator/exchange.ts'
import { startChatSimulator } from '../../src/simulator/openai-chat/server.ts'
import type { Reply } from '../../src/simulator/reply.ts'
import { lastTextOf, type RequestView } from '../../src/simulator/request-view.ts'
import { startSimulator } from '../../src/simulator/server.ts'
import type { UpstreamKind } from '../support/upstream-arguments.ts'

/** A simulated server for each kind of upstream, and the variables that connect to it. */

export const clientToken = 'token-of-the-clients'
const upstreamKey = 'key-of-the-upstream'

/** What the last text of a request selects; any other text is echoed. */
const replies: Readonly<Record<string, Reply>> = {
  'use a tool': {
    content: [
      { thinking: 'Which city is it?', signature: 'c2lnbmVk' },
      { text: 'I look — at “Zürich” 🏔.' },
      { tool: 'weather', input: { city: 'Zürich', days: [1, 2] }, id: 'tooluse_0123456789abcdefghijkl' },
    ],
  },
  throttle: {
    error: { status: 429, type: 'ThrottlingException', message: 'slow down', headers: { 'retry-after': '7' } },
  },
  'break off': {
    content: [{ text: 'The first words, and no others.' }],
    fault: { kind: 'exception', type: 'modelStreamErrorException', message: 'it broke', afterFrames: 3 },
  },
  'lose the connection': {
    content: [{ text: 'The first words, and no others.' }],
    fault: { kind: 'reset', afterFrames: 3 },
  },
  'stop talking': { content: [{ text: 'The first words, and no others.' }], fault: { kind: 'hang', afterFrames: 3 } },
  'say nothing': { content: [{ text: 'Late.' }], pace: { firstMs: 3_600_000 } },
  'take your time': { content: [{ text: 'Slow and steady words.' }], pace: { firstMs: 20, frameMs: 2 } },
}

const scenario = (request: RequestView): Reply | undefined => replies[lastTextOf(request)]

export interface Upstreams {
  /** The records of all requests to this kind, in order. */
  journal(kind: UpstreamKind): readonly JournalEntry[]
  variables(kind: UpstreamKind): Readonly<Record<string, string>>
  stop(): Promise<void>
}

export const startUpstreams = (): Upstreams => {
  const journals: Record<UpstreamKind, JournalEntry[]> = { nexus: [], openai: [], anthropic: [] }
  const options = (kind: UpstreamKind) => ({
    scenario,
    onRequest: (entry: JournalEntry) => void journals[kind].push(entry),
  })
  const servers: Readonly<Record<UpstreamKind, Simulator>> = {
    nexus: startSimulator({ ...options('nexus'), apiKey: upstreamKey, countTokens: true }),
    openai: startChatSimulator({ ...options('openai'), apiKey: upstreamKey }),
    anthropic: startAnthropicSimulator({ ...options('anthropic'), apiKeys: [upstreamKey] }),
  }
  const variables: Readonly<Record<UpstreamKind, Readonly<Record<string, string>>>> = {
    nexus: { NEXUS_ENDPOINT_URL: servers.nexus.url, NEXUS_API_KEY: upstreamKey },
    openai: {
      NEXUS_PROVIDER: 'openai',
      OPENAI_BASE_URL: `${servers.openai.url}/v1`,
      OPENAI_API_KEY: upstreamKey,
      MODEL_MAP: 'claude-opus-4-6:gpt-5.1,claude-haiku-4-5:gpt-4.1-mini',
      BIG_MODEL: 'gpt-4.1',
      GATEWAY_TOKEN: clientToken,
    },
    anthropic: { NEXUS_ANTHROPIC_URL: servers.anthropic.url, CLAUDE_API_KEY: upstreamKey },
  }
  return {
    journal: (kind) => journals[kind],
    variables: (kind) => ({
      NEXUS_UPSTREAM: kind,
      NEXUS_CLIENT_TOKEN: clientToken,
      NEXUS_MAX_RETRIES: '0',
      NEXUS_LOG_FORMAT: 'json',
      ...variables[kind],
    }),
    async stop() {
      for (const server of Object.values(servers)) await server.stop()
    },
  }
}
