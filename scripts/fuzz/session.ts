import { isObject } from '../../src/base/json.ts'
import { startAnthropicSimulator } from '../../src/simulator/anthropic/server.ts'
import type { Simulator } from '../../src/simulator/exchange.ts'
import { startChatSimulator } from '../../src/simulator/openai-chat/server.ts'
import type { Scenario } from '../../src/simulator/reply.ts'
import { startSimulator } from '../../src/simulator/server.ts'
import { searchEnvironment, startSearchServer } from '../support/search-server.ts'
import { type ServerProcess, startServerProcess } from '../support/server-process.ts'
import type { UpstreamKind } from '../support/upstream-arguments.ts'
import { startEchoUpstream } from './anthropic-requests.ts'
import { checkRelayed, checkResponse, type OracleResult } from './oracle.ts'
import { canaryOf, startRawUpstream } from './raw-upstream.ts'
import type { Subject } from './subject.ts'

/** The server as a separate process, with an upstream and checks of its log. */
export interface Session {
  /** Sends a subject and checks the reply. */
  run(subject: Subject): Promise<OracleResult & { readonly milliseconds: number; readonly run: number }>
  hasCrashed(): boolean
  /** Log lines that must not exist, each once. */
  readonly logFaults: ReadonlySet<string>
  stop(): Promise<void>
}

const apiKey = 'SECRETKEY0123456789abcdef'
const clientToken = 'SECRETTOKEN0123456789abc'
const secrets = [apiKey, clientToken]

/** Well above the server's own timeout for an upstream. */
const hangMs = 10_000
const upstreamTimeoutSeconds = { simulator: 5, echo: 5, raw: 1 }

/** The upstream of the server. */
export interface Backend {
  readonly upstream: UpstreamKind
  readonly kind: keyof typeof upstreamTimeoutSeconds
  /** The server searches the web, and the model of the simulator wants it to. */
  readonly searches?: boolean
}

/** The log contains the client's model name, which a mutation can replace with any text. */
const loggedOnPurpose = new Set(['model', 'path'])

const faultOfLine = (line: string): string | undefined => {
  if (secrets.some((secret) => line.includes(secret))) return `a secret: ${line}`
  // Bun itself prints this for a response with damaged compression.
  if (line === 'Decompression error: ZlibError') return undefined
  if (!line.startsWith('{')) return /error|panic|at .*:\d+/i.test(line) ? `not a log record: ${line}` : undefined
  const record: unknown = JSON.parse(line)
  if (!isObject(record)) return `not a log record: ${line}`
  if (record['event'] === 'internal_error' || record['event'] === 'observer.failed')
    return `${record['event']}: ${record['name']} ${record['stack'] ?? record['error']}`
  const words = Object.entries(record).filter(([name]) => !loggedOnPurpose.has(name))
  return words.some(([, value]) => /CANARY\d|%canary%/.test(String(value))) ? `text of a prompt: ${line}` : undefined
}

const simulators: Readonly<Record<UpstreamKind, () => Simulator>> = {
  nexus: () => startSimulator({ countTokens: true }),
  openai: () => startChatSimulator(),
  anthropic: () => startAnthropicSimulator(),
}

const searchTool = 'web_search'

/** Searches once if the request has the tool, and writes a text otherwise. */
const searching: Scenario = ({ tools, lastTurn }) => {
  const isAsked = tools.some(({ name }) => name === searchTool) && !lastTurn.some((part) => 'toolResult' in part)
  return { content: isAsked ? [{ text: 'Hm.' }, { tool: searchTool, input: { query: 'x' } }] : [{ text: 'Hi' }] }
}

const startUpstream = async ({ kind, upstream, searches }: Backend) => {
  if (kind === 'raw') return startRawUpstream()
  if (kind === 'echo') return { ...startEchoUpstream(), answers: undefined }
  const simulator = searches ? startSimulator({ countTokens: true, scenario: searching }) : simulators[upstream]()
  return { url: simulator.url, answers: undefined, stop: () => simulator.stop() }
}

export const startSession = async (backend: Backend, isBinary: boolean): Promise<Session> => {
  const { kind } = backend
  const upstream = await startUpstream(backend)
  const searchServer = backend.searches
    ? startSearchServer('%canary%', ['results', 'status', 'cut', 'shape'])
    : undefined
  const logFaults = new Set<string>()
  const server: ServerProcess = await startServerProcess({
    upstream: backend.upstream,
    endpointUrl: upstream.url,
    apiKey,
    isBinary,
    flags: ['--log-level', 'debug', '--max-retries', '0', '--timeout', String(upstreamTimeoutSeconds[kind])],
    environment: { NEXUS_CLIENT_TOKEN: clientToken, ...(searchServer && searchEnvironment(searchServer)) },
    onLine: (line) => {
      const fault = faultOfLine(line)
      if (fault !== undefined) logFaults.add(fault)
    },
  })
  let runs = 0

  const check = async (subject: Subject, canary: string): Promise<OracleResult> => {
    const { method, path, headers, body } = subject.sent(canary)
    const init: RequestInit & { proxy: false } = {
      method,
      headers: { ...headers, 'x-api-key': clientToken },
      redirect: 'manual',
      signal: AbortSignal.timeout(hangMs),
      proxy: false,
      ...(body !== undefined && { body: Buffer.from(body) }),
    }
    try {
      const response = await fetch(server.url + path, init as RequestInit)
      if (subject.judge !== undefined) return await checkRelayed(response, subject.judge, { canary, secrets })
      return await checkResponse(response, subject, { isStrict: kind === 'simulator', secrets })
    } catch (error) {
      const name = error instanceof Error ? error.name : 'unknown'
      if (name !== 'TimeoutError' && subject.judge !== undefined)
        return checkRelayed(undefined, subject.judge, { canary, secrets })
      if (name === 'TimeoutError') return { end: 'hang', fault: `no end within ${hangMs / 1000} s` }
      return { end: 'lost', fault: `the connection was lost (${String((error as { code?: unknown }).code ?? name)})` }
    }
  }

  return {
    logFaults,
    hasCrashed: () => server.exitCode() !== null,
    async run(subject) {
      runs += 1
      const canary = canaryOf(runs)
      if (subject.answer !== undefined) upstream.answers?.set(canary, subject.answer)
      const startedAt = performance.now()
      const result = await check(subject, canary)
      upstream.answers?.delete(canary)
      return { ...result, milliseconds: performance.now() - startedAt, run: runs }
    },
    async stop() {
      const isCrashed = server.exitCode() !== null
      const code = await server.stop()
      if (isCrashed || code !== 0) logFaults.add(`the server ended with ${code ?? 'a kill'}`)
      await upstream.stop()
      await searchServer?.stop()
    },
  }
}
