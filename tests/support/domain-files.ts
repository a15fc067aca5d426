import { mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createLogger, type LogRecord } from '../../src/base/logger.ts'
import { composeApp } from '../../src/cli/compose.ts'
import type { Config } from '../../src/config/load.ts'
import { listen } from '../../src/runtime/bun.ts'
import type { Shutdown } from '../../src/server/http/shutdown.ts'
import { createDomainFiles, type DomainFiles } from '../../src/upstreams/anthropic/credentials/domain-files.ts'
import { defaultConfig } from './chain.ts'
import { afterTest } from './cleanup.ts'
import { temporaryFolder } from './cli.ts'
import { writeFile } from './files.ts'

/** Files of credentials by domain, and canaries next to their folder. */
export const filesOf = (contents: Record<string, object>, log = createLogger('silent', () => {})): DomainFiles => {
  const folder = join(temporaryFolder(), 'credentials')
  mkdirSync(folder)
  for (const [domain, value] of Object.entries(contents)) writeFile(join(folder, `${domain}.credentials.json`), value)
  for (const name of ['canary.credentials.json', '.credentials.json'])
    writeFile(join(folder, '..', name), { type: 'api_key', api_key: 'sk-canary' })
  return createDomainFiles({ folder, isWindows: false, log, now: () => 0, sleep: async () => {} })
}

/** What Anthropic receives. */
interface Received {
  readonly key: string | null
  readonly bearer: string | null
  readonly agent: string | null
  readonly betas: string | null
  readonly body: string
}

interface DomainServerOptions {
  readonly config?: Partial<Config>
  readonly shutdown?: Shutdown
  /** Keys that the upstream answers with a 429. */
  readonly refusedKeys?: readonly string[]
}

/** The whole server with files of credentials, in front of a server that plays Anthropic. */
export const startDomainServer = (
  files: Record<string, object>,
  { config = {}, refusedKeys = [], shutdown }: DomainServerOptions = {},
) => {
  const received: Received[] = []
  const upstream = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const { headers } = request
      const key = headers.get('x-api-key')
      received.push({
        key,
        bearer: headers.get('authorization'),
        agent: headers.get('user-agent'),
        betas: headers.get('anthropic-beta'),
        body: await request.text(),
      })
      return Response.json({ type: 'message' }, { status: key !== null && refusedKeys.includes(key) ? 429 : 200 })
    },
  })
  afterTest(() => upstream.stop(true))
  const records: LogRecord[] = []
  const log = createLogger('debug', (record) => records.push(record))
  const { fetch: answer } = composeApp({
    config: { ...defaultConfig, upstream: 'anthropic', maxRetries: 0, ...config },
    defaultModelId: '',
    endpointUrl: `http://127.0.0.1:${upstream.port}`,
    apiKey: undefined,
    log,
    credentialSources: { domainFiles: filesOf(files, log) },
    ...(shutdown && { shutdown }),
  })
  const { port, stop } = listen({ hostname: '127.0.0.1', port: 0, fetch: answer })
  afterTest(() => stop(true))
  const post = (headers: Record<string, string>): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: '{}',
    })
  /** The status for a head that no client library sends. */
  const rawStatus = (host: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () =>
        socket.write(
          `POST /v1/messages HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`,
        ),
      )
      let text = ''
      socket.on('data', (data) => {
        text += data.toString()
      })
      socket.on('close', () => resolve(text.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length)))
      socket.on('error', reject)
    })
  const status = async (path: string, headers: Record<string, string>): Promise<number> =>
    (await fetch(`http://127.0.0.1:${port}${path}`, { headers })).status
  return { post, status, rawStatus, received, records }
}
