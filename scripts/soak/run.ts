import { parseArgs } from 'node:util'
import { isObject } from '../../src/base/json.ts'
import { startAnthropicSimulator } from '../../src/simulator/anthropic/server.ts'
import type { Simulator } from '../../src/simulator/exchange.ts'
import { startChatSimulator } from '../../src/simulator/openai-chat/server.ts'
import { startSimulator } from '../../src/simulator/server.ts'
import { startCollector } from '../support/collector.ts'
import { count, listed } from '../support/counts.ts'
import { clientTokens, everythingEnvironment, everythingFlags } from '../support/everything.ts'
import { sumOfSamples } from '../support/prometheus.ts'
import { createRandom } from '../support/random.ts'
import { descriptors, median, quantile, residentBytes } from '../support/samples.ts'
import { searchEnvironment, startSearchServer } from '../support/search-server.ts'
import { startServerProcess } from '../support/server-process.ts'
import { type UpstreamKind, upstreamKinds } from '../support/upstream-arguments.ts'
import { runClient } from './client.ts'
import { fillMemory } from './fill.ts'
import { startOperator } from './operator.ts'
import { createSoakScenario, soakScenarioOf, timeoutSeconds } from './scenarios.ts'

/**
 * Sends mixed traffic with faults through the server, which runs as a separate process. Fails if a request ends in an
 * unexpected way, if the log and the clients disagree, if memory grows, if descriptors stay open, or if the server logs
 * an internal error. A search server hangs and fails at times, and the cache audit sees many short sessions.
 *
 *   bun run soak [--minutes 2] [--seed 1] [--upstream nexus|openai|anthropic] [--everything] [--binary]
 *
 * `--everything` turns on metrics, history, dashboard, clients, limits, the queue and OpenTelemetry, and reads all of
 * them during the run.
 */

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '2' },
    seed: { type: 'string', default: '20261121' },
    upstream: { type: 'string', default: 'nexus' },
    everything: { type: 'boolean', default: false },
    binary: { type: 'boolean', default: false },
  },
})

const seed = Number(values.seed)
let runMs = Number(values.minutes) * 60_000
/** Up to this length, a late collection can look like a leak: such a run goes on until memory is back, or it is longer. */
const shortRunMs = 60_000
const atOnce = 24
/** With `--everything`: some clients wait for a place. */
const places = 20
const sampleMs = 250
/** The heap reaches its size in the first part of a run. */
const warmUpShare = 0.4
/** Growth of the median from the warm-up to the end: the collector releases memory at unknown times. */
const memoryTolerance = { share: 0.2, bytes: 32 * 1024 * 1024 }
/** Time to close connections after the last client. */
const settleMs = 10_000
const megabyte = 1024 * 1024

const faults: string[] = []
const expectThat = (isSo: boolean, sentence: string): void => {
  if (!isSo) faults.push(sentence)
}

const logEvents = new Map<string, number>()
const ids = new Map<string, number>()
/** Of the answers of a model. */
const answered = new Set<string>()
const onLine = (line: string): void => {
  if (!line.startsWith('{')) return
  const record: unknown = JSON.parse(line)
  if (!isObject(record)) return
  count(logEvents, String(record['event']))
  if (record['event'] === 'observer.failed' || record['event'] === 'observer.dropped')
    faults.push(`${record['event']}: ${line}`)
  if (record['event'] === 'cache.our_fault') faults.push(line)
  if (record['event'] === 'internal_error') faults.push(`internal_error: ${record['name']} ${record['stack']}`)
  const end = /^request\.(answered|refused|cancelled|failed)$/.exec(String(record['event']))?.[1]
  if (end === undefined || !/^\/v1\/(?:messages|chat|responses)/.test(String(record['path']))) return
  count(ids, String(record['requestId']))
  if (end === 'answered' && record['outputTokens'] !== undefined) answered.add(String(record['requestId']))
}

const scenario = createSoakScenario()
const simulators: Readonly<Record<UpstreamKind, () => Simulator>> = {
  nexus: () => startSimulator({ scenario, countTokens: true }),
  openai: () => startChatSimulator({ scenario }),
  anthropic: () => startAnthropicSimulator({ scenario }),
}

const upstream = upstreamKinds.find((kind) => kind === values.upstream)
if (upstream === undefined) {
  console.error(`--upstream is one of ${upstreamKinds.join(', ')}.`)
  process.exit(2)
}
const simulator = simulators[upstream]()
/** The requests that have a span. */
const traced = new Map<string, number>()
const collector = values.everything
  ? startCollector(({ attributes }) => count(traced, String(attributes.get('nexus_claude_api.request_id'))))
  : undefined
const searchServer = startSearchServer('fox')
const server = await startServerProcess({
  upstream,
  endpointUrl: simulator.url,
  apiKey: 'soak',
  isBinary: values.binary,
  flags: [
    '--timeout',
    String(timeoutSeconds),
    '--max-retries',
    '1',
    ...(values.everything ? everythingFlags(places) : []),
  ],
  environment: {
    ...searchEnvironment(searchServer),
    NEXUS_CACHE_AUDIT: 'on',
    ...(collector && { ...everythingEnvironment, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }),
  },
  onLine,
})

const requestsPerSession = 3

/** The token of one of the clients, and many short sessions: more than the cache audit keeps. */
const headersOf = (index: number): Readonly<Record<string, string>> => {
  const token = clientTokens[index % clientTokens.length]
  const session = { 'x-claude-code-session-id': `soak-session-${Math.floor(index / requestsPerSession)}` }
  return values.everything && token !== undefined ? { ...session, 'x-api-key': token } : session
}

/** Closes the idle connections of this process: each request uses one and requests its end. */
const closeIdle = async (): Promise<void> => {
  const init: object = { headers: { connection: 'close' }, proxy: false }
  await Promise.all(Array.from({ length: atOnce }, async () => (await fetch(`${server.url}/health`, init)).text()))
}

// Descriptors that the first response opens permanently are not a leak.
const warmUpRandom = createRandom(seed)
const first = Array.from({ length: 50 }, (_, index) => soakScenarioOf(index, warmUpRandom, upstream)).find(
  ({ fault, kind, habit }) => fault === 'none' && kind === 'stream' && habit === 'reads',
)
if (first !== undefined) await runClient(server.url, first, warmUpRandom, headersOf(0))
let posted = (first === undefined ? 0 : 1) + (await fillMemory(server.url, headersOf(0)))
const operator = values.everything ? await startOperator(server.url) : undefined
await closeIdle()
await Bun.sleep(sampleMs)
const descriptorsBefore = descriptors(server.pid)

interface Sample {
  /** Milliseconds since the start. */
  readonly at: number
  readonly bytes: number
}
const samples: Sample[] = []
const latencies: { at: number; firstByteMs: number; milliseconds: number }[] = []
const ends = new Map<string, number>()
const injected = new Map<string, number>()
const clients = new Map<string, number>()
const protocols = new Map<string, number>()
let possiblyUnlogged = 0
let next = 0

const startedAt = performance.now()
const elapsed = (): number => performance.now() - startedAt
const isWithin = (at: number, from: number, to: number): boolean => at >= from * runMs && at < to * runMs
const memory = () => {
  const within = (from: number, to: number): number =>
    median(samples.filter(({ at }) => isWithin(at, from, to)).map(({ bytes }) => bytes))
  const before = within(warmUpShare, warmUpShare + 0.2)
  const after = within(0.8, 1)
  return { before, after, allowed: before + Math.max(before * memoryTolerance.share, memoryTolerance.bytes) }
}
const goesOn = (): boolean => {
  if (elapsed() < runMs) return true
  const { after, allowed } = memory()
  if (runMs > shortRunMs || after <= allowed) return false
  runMs *= 2
  return true
}
const sampler = setInterval(() => {
  const bytes = residentBytes(server.pid)
  if (bytes !== undefined) samples.push({ at: elapsed(), bytes })
}, sampleMs)

const work = async (): Promise<void> => {
  while (goesOn() && server.exitCode() === null) {
    const index = next
    next += 1
    const random = createRandom(seed, index)
    const soakScenario = soakScenarioOf(index, random, upstream)
    const { end, firstByteMs, milliseconds } = await runClient(server.url, soakScenario, random, headersOf(index))
    const name = typeof end === 'string' ? end : 'unknown'
    count(ends, name)
    count(injected, soakScenario.fault)
    count(clients, `${soakScenario.kind}, ${soakScenario.habit}`)
    count(protocols, soakScenario.wire)
    posted += 1
    // A client that disconnects at once can be gone before the server reads the request.
    if (soakScenario.habit === 'disconnects at once') possiblyUnlogged += 1
    const isExpected =
      typeof end === 'string' &&
      (soakScenario.mayEnd.includes(end) || (end === 'disconnected' && soakScenario.habit.startsWith('disconnects')))
    const description = typeof end === 'string' ? end : end.unknown
    expectThat(
      isExpected,
      `request ${index} (${soakScenario.wire}, ${soakScenario.kind}, ${soakScenario.habit}, ${soakScenario.fault}) ended: ${description}`,
    )
    if (soakScenario.fault === 'none' && soakScenario.habit === 'reads' && firstByteMs !== undefined)
      latencies.push({ at: elapsed(), firstByteMs, milliseconds })
  }
}
await Promise.all(Array.from({ length: atOnce }, work))
clearInterval(sampler)
const metrics = server.exitCode() === null ? await operator?.stop() : undefined
for (const fault of operator?.faults ?? []) faults.push(fault)

expectThat(server.exitCode() === null, `the server ended with ${server.exitCode()}`)
const settled = async (): Promise<number | undefined> => {
  const until = performance.now() + settleMs
  await simulator.stop()
  while (true) {
    await closeIdle()
    await Bun.sleep(sampleMs)
    const now = descriptors(server.pid)
    if (now === undefined || now <= (descriptorsBefore ?? 0) || performance.now() > until) return now
  }
}
const descriptorsAfter = server.exitCode() === null ? await settled() : undefined
const code = await server.stop()
await collector?.stop()
await searchServer.stop()
expectThat(upstream === 'anthropic' || searchServer.searches.length > 0, 'the server did not search')
expectThat(code === 0, `the server ended with ${code ?? 'a kill'} after the signal to stop`)

const { before: memoryBefore, after: memoryAfter, allowed } = memory()
expectThat(memoryAfter <= allowed, `memory grew from ${memoryBefore} to ${memoryAfter} bytes`)
expectThat(
  (descriptorsAfter ?? 0) <= (descriptorsBefore ?? 0),
  `${descriptorsAfter} descriptors are open at the end, ${descriptorsBefore} were at the start`,
)
expectThat(
  [...ids.values()].every((times) => times === 1),
  'the log has a request twice',
)
expectThat(
  ids.size <= posted && ids.size >= posted - possiblyUnlogged,
  `${posted} requests, ${ids.size} of them in the log; at most ${possiblyUnlogged} can be missing`,
)

const modelEndpoints = ['messages', 'count_tokens', 'chat_completions', 'responses']
if (metrics !== undefined) {
  const counted = sumOfSamples(metrics, 'nexus_claude_api_requests_total', modelEndpoints)
  expectThat(counted === ids.size, `/metrics counts ${counted} requests to models, the log ${ids.size}`)
  expectThat(sumOfSamples(metrics, 'nexus_claude_api_observer_dropped_total') === 0, 'an observer dropped records')
}

if (collector !== undefined) {
  const missing = [...answered].filter((id) => !traced.has(id)).length
  expectThat(missing === 0 && answered.size > 0, `${missing} of ${answered.size} answers have no span`)
  const known = [...traced].every(([id, times]) => ids.has(id) && times === 1)
  expectThat(known, 'the collector has a span twice, or of a request that is not in the log')
}

const row = (name: string, text: string): void => console.log(`${name.padEnd(14)}${text}`)
const inMegabytes = (bytes: number): string => `${Math.round(bytes / megabyte)} MB`
const latency = (from: number, to: number): string => {
  const some = latencies.filter(({ at }) => isWithin(at, from, to))
  const firsts = some.map(({ firstByteMs }) => firstByteMs)
  const wholes = some.map(({ milliseconds }) => milliseconds)
  const pair = (list: number[]): string => `${Math.round(quantile(list, 0.5))}/${Math.round(quantile(list, 0.99))}`
  return `first byte ${pair(firsts)} ms, end ${pair(wholes)} ms (median/99 %)`
}

row('seed', String(seed))
row('requests', `${next} in ${Math.round((performance.now() - startedAt) / 1000)} s, ${atOnce} at once`)
row('clients', listed(clients))
row('protocols', listed(protocols))
row('searches', String(searchServer.searches.length))
row('injected', listed(injected))
row('ended', listed(ends))
row('log', listed(logEvents))
if (operator !== undefined) row('readings', listed(operator.readings))
row(
  'memory',
  samples.length === 0
    ? 'not available'
    : `${inMegabytes(memoryBefore)} after the warm-up, ${inMegabytes(memoryAfter)} at the end, ${inMegabytes(allowed)} allowed`,
)
row(
  'descriptors',
  `${descriptorsBefore ?? 'not available'} at the start, ${descriptorsAfter ?? 'not available'} at the end`,
)
row('latency', `start ${latency(0, warmUpShare)}`)
row('', `end   ${latency(0.8, 2)}`)
const shownFaults = 20
for (const fault of faults.slice(0, shownFaults)) console.log(`FAILED  ${fault}`)
console.log(faults.length === 0 ? 'nothing failed' : `${faults.length} faults`)
process.exit(faults.length === 0 ? 0 : 1)
