import { randomId } from '../../src/base/ids.ts'
import { createLogger, type LogRecord } from '../../src/base/logger.ts'
import { Secret } from '../../src/base/secret.ts'
import { encodeFrame } from '../../src/codec/aws-event-stream/encode.ts'
import { defaultPolicy } from '../../src/translate/policy.ts'
import type { Fetch } from '../../src/upstreams/http/post.ts'
import { createNexus } from '../../src/upstreams/nexus/index.ts'
import type { CallContext, Upstream } from '../../src/upstreams/upstream.ts'
import type { MessagesRequest } from '../../src/wire/anthropic/request.ts'
import { request } from './chain.ts'

/** The Nexus upstream alone, over real sockets, and servers for its other end. */

/** Like the product's, but short. */
const bodyTimeouts = { connectMs: 500, drainMs: 200, excerptMs: 100, deadConnectionMs: 100 }

export const nexusAt = (endpointUrl: string, more: Partial<Parameters<typeof createNexus>[0]> = {}) => {
  const records: LogRecord[] = []
  const nexus = createNexus({
    fetch: fetch as Fetch,
    maximumConnections: 8,
    endpointUrl,
    apiKey: new Secret('key'),
    silenceMs: 60_000,
    bodyTimeouts,
    policy: defaultPolicy,
    inlineUrlSources: async (given) => given,
    retry: { maxRetries: 0, random: () => 0, sleep: async () => {} },
    newId: randomId,
    now: () => performance.now(),
    log: createLogger('debug', (record) => records.push(record)),
    ...more,
  })
  return { nexus, records }
}

/** The name of another machine; its requests go to an address of this one. */
const remoteHost = 'nexus.example'

const fetchFrom =
  (target: string): Fetch =>
  (url, init) => {
    const { pathname } = new URL(url)
    return (fetch as Fetch)(target + pathname, {
      ...init,
      proxy: false,
      tls: { rejectUnauthorized: false },
    } as typeof init)
  }

/** Like nexusAt, but the upstream treats the address as one of another machine. */
export const remoteNexus = (target: string, more: object = {}) =>
  nexusAt(`https://${remoteHost}`, { fetch: fetchFrom(target), ...more })

export const callContext = (signal: AbortSignal, modelId = 'claude-sonnet-4.6'): CallContext => ({
  requestId: 'req_1',
  modelId,
  betas: [],
  signal,
  onUpstreamId: () => {},
})
export const smallRequest = request() as MessagesRequest

export const countBatches = async (upstream: Upstream, call: CallContext): Promise<number> => {
  let batches = 0
  for await (const _ of await upstream.stream(smallRequest, call)) batches += 1
  return batches
}

export const frame = (type: string, payload: object): Uint8Array =>
  encodeFrame(
    { ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' },
    new TextEncoder().encode(JSON.stringify(payload)),
  )
export const wholeStream = Buffer.concat([
  frame('messageStart', { role: 'assistant' }),
  frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'x' } }),
  frame('contentBlockStop', { contentBlockIndex: 0 }),
  frame('messageStop', { stopReason: 'end_turn' }),
  frame('metadata', { usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 } }),
])
export const streamResponseHead =
  'HTTP/1.1 200 OK\r\ncontent-type: Application/vnd.amazon.eventstream\r\ntransfer-encoding: chunked\r\n\r\n'
export const httpChunk = (bytes: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])
