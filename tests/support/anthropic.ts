import { createLogger, type LogRecord } from '../../src/base/logger.ts'
import { Secret } from '../../src/base/secret.ts'
import type { Config } from '../../src/config/load.ts'
import type { RequestObserver } from '../../src/gateway/request-record.ts'
import type { AnthropicCall, AnthropicClientOptions } from '../../src/upstreams/anthropic/client.ts'
import type { Credential, CredentialChoice, Credentials } from '../../src/upstreams/anthropic/credentials/credential.ts'
import type { Fetch } from '../../src/upstreams/http/post.ts'
import { defaultConfig, startChain } from './chain.ts'
import { afterTest } from './cleanup.ts'

/** The client of Anthropic's API over real sockets, and servers for its other end. */

export interface ReceivedRequest {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly headers: Headers
  readonly body: Uint8Array
}

/** A server that records each request. `count` counts from 1. */
export const recordingServer = (respond: (request: ReceivedRequest, count: number) => Response | Promise<Response>) => {
  const received: ReceivedRequest[] = []
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    async fetch(request) {
      const { method, headers } = request
      const entry = { method, path: request.url.replace(/^https?:\/\/[^/]*/, ''), headers, body: await request.bytes() }
      received.push(entry)
      return respond(entry, received.length)
    },
  })
  afterTest(() => server.stop(true))
  return { url: `http://127.0.0.1:${server.port}`, received }
}

export const keyCredential = (key: string, more: Partial<Credential> = {}): Credential => ({
  kind: 'configured',
  header: 'x-api-key',
  secret: new Secret(key),
  betas: [],
  ...more,
})

/** Each failed answer changes to the next credential. Records the statuses that were judged. */
export const credentialsOf = (list: readonly Credential[]) => {
  const judged: number[] = []
  const choiceAt = (index: number): CredentialChoice | undefined => {
    const credential = list[index]
    if (credential === undefined) return undefined
    return {
      credential,
      async afterFailure({ status }) {
        judged.push(status)
        return choiceAt(index + 1)
      },
    }
  }
  const credentials: Credentials = {
    async choose() {
      const choice = choiceAt(0)
      if (choice === undefined) throw new Error('no credential')
      return choice
    },
  }
  return { credentials, judged }
}

/** Options of the client for a server, with waits that end at once. */
export const clientOptions = (baseUrl: string, more: Partial<AnthropicClientOptions> = {}) => {
  const logged: LogRecord[] = []
  const waits: number[] = []
  const options: AnthropicClientOptions = {
    baseUrl,
    credentials: credentialsOf([keyCredential('sk-ant-api-configured')]).credentials,
    headers: new Map(),
    fetch: fetch as Fetch,
    maximumConnections: 8,
    proxy: undefined,
    silenceMs: 60_000,
    retry: { maxRetries: 2, random: () => 1, sleep: async (milliseconds) => void waits.push(milliseconds) },
    log: createLogger('debug', (record) => logged.push(record)),
    ...more,
  }
  return { options, logged, waits }
}

export const anthropicCall = (more: Partial<AnthropicCall> = {}): AnthropicCall => ({
  method: 'POST',
  path: '/v1/messages',
  query: '',
  headers: new Headers({ 'content-type': 'application/json' }),
  body: new TextEncoder().encode('{}'),
  caller: undefined,
  requestId: 'req_ours',
  signal: new AbortController().signal,
  onUpstreamId: () => {},
  ...more,
})

type NativeConfig = Partial<Omit<Config, 'anthropic'>> & { readonly anthropic?: Partial<Config['anthropic']> }

/** The product with this upstream, in front of any server. */
export const startNativeAt = (
  endpointUrl: string,
  { anthropic, ...config }: NativeConfig = {},
  observers: readonly RequestObserver[] = [],
) =>
  startChain({
    endpointUrl,
    apiKey: 'sk-ant-api-configured',
    config: { upstream: 'anthropic', ...config, anthropic: { ...defaultConfig.anthropic, ...anthropic } },
    observers,
  })

/** The product with this upstream, in front of a recording server. */
export const startNative = (
  respond: Parameters<typeof recordingServer>[0],
  config: NativeConfig = {},
  observers: readonly RequestObserver[] = [],
) => {
  const { url, received } = recordingServer(respond)
  return { ...startNativeAt(url, config, observers), received }
}
