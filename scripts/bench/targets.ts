import { join } from 'node:path'
import { binary } from '../support/binary.ts'
import { clientTokens, everythingEnvironment, everythingFlags } from '../support/everything.ts'
import { type UpstreamKind, upstreamArguments } from '../support/upstream-arguments.ts'
import type { Job } from './load.ts'
import type { Launch } from './processes.ts'
import type { UpstreamWire } from './workloads.ts'

/** A program that the benchmark measures. */
export interface Target {
  readonly id: string
  readonly title: string
  /** The format of its responses. */
  readonly wire: Job['wire']
  /** The protocol of its upstream; default: Converse. */
  readonly upstreamWire?: UpstreamWire
  /** How to start it; undefined for the upstream itself, without a proxy. */
  readonly launch?: (port: number, upstream: string) => Launch
  /** The id of the target that its cost is compared with; default: `pass`. */
  readonly mark?: string
  /** With `--guard`: its cost must not exceed this multiple of another target's; without `limit`, the workload's. */
  readonly guard?: { readonly mark: string; readonly limit?: number }
  /** Additional headers that it needs. */
  readonly headers?: (upstream: string) => Readonly<Record<string, string>>
}

/** A target from `targets/`. */
export const ours =
  (file: string) =>
  (port: number, upstream: string): Launch => ({
    command: [process.execPath, join(import.meta.dir, 'targets', file), String(port), upstream],
    healthPath: '/health',
  })

interface Settings {
  readonly flags?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** Sends traces and metrics to the upstream's process, which answers every request. */
  readonly hasCollector?: boolean
  readonly isFree?: boolean
}

/** The program with its default settings, and those that are given. Its log is discarded. */
const productLaunch =
  (program: string, kind: UpstreamKind, settings: Settings = {}) =>
  (port: number, upstream: string): Launch => {
    const { flags, environment } = upstreamArguments(kind, { url: upstream, apiKey: 'bench' })
    const collector = settings.hasCollector ? { OTEL_EXPORTER_OTLP_ENDPOINT: upstream } : {}
    return {
      command: [program, 'start', '--port', String(port), ...flags, ...(settings.flags ?? [])],
      environment: { ...environment, ...collector, ...settings.environment },
      healthPath: '/health',
      ...(settings.isFree === true && { isFree: true }),
    }
  }

const direct: Target = { id: 'direct', title: 'direct', wire: 'converse' }
const pass: Target = { id: 'pass', title: 'pass', wire: 'converse', launch: ours('pass.ts') }

/** Chat Completions in the short rounds of `--guard`, as a multiple of Converse's cost. */
const openAiGuard = 1.6

/**
 * OpenAI's protocols in front, in the short rounds of `--guard`, as a multiple of the Messages API's cost: 1.3, and
 * noise. A stream of Responses repeats the tools of its request, which are 57 KB here.
 */
const entranceGuards = { chat: 1.7, responses: 2 } as const

/** Clients of OpenAI's protocols, in front of the same upstream. */
const openAiClients = (program: string): readonly Target[] =>
  (['chat', 'responses'] as const).map((wire) => ({
    id: wire,
    title: `product, clients of ${wire}`,
    wire,
    launch: productLaunch(program, 'nexus'),
    mark: 'product',
    guard: { mark: 'product', limit: entranceGuards[wire] },
  }))

const product = (program: string): Target => ({
  id: 'product',
  title: 'product',
  wire: 'anthropic',
  launch: productLaunch(program, 'nexus'),
  guard: { mark: 'bare' },
})

/** Programs that translate. */
export const translators = (program: string = binary): readonly Target[] => [
  direct,
  pass,
  { id: 'bare', title: 'bare', wire: 'anthropic', launch: ours('bare.ts') },
  product(program),
  {
    id: 'openai',
    title: 'product, upstream openai',
    wire: 'anthropic',
    upstreamWire: 'chat',
    launch: productLaunch(program, 'openai'),
    mark: 'product',
    guard: { mark: 'product', limit: openAiGuard },
  },
  ...openAiClients(program),
]

/** A request's classification parses its body: 6.5 was measured for 149 KB, and machines differ by a tenth. */
const classifiedGuard = 8

/** Programs that forward bytes of Anthropic's protocol. */
export const forwarders = (program: string = binary): readonly Target[] => {
  const native = { wire: 'anthropic', upstreamWire: 'anthropic' } as const
  const launch = (classify: 'on' | 'off') =>
    productLaunch(program, 'anthropic', { environment: { NEXUS_ANTHROPIC_CLASSIFY: classify } })
  return [
    { ...direct, ...native },
    { ...pass, ...native },
    {
      id: 'anthropic',
      title: 'product, upstream anthropic',
      ...native,
      launch: launch('off'),
      guard: { mark: 'pass' },
    },
    {
      id: 'classified',
      title: 'the same, with classification',
      ...native,
      launch: launch('on'),
      guard: { mark: 'pass', limit: classifiedGuard },
    },
  ]
}

/** More than any workload sends. */
const mostAtOnce = 250

/** The program, with everything that a team may turn on, and the program of an earlier commit. */
export const teamServers = (program: string = binary, before?: string): readonly Target[] => {
  const { guard: _, ...alone } = product(program)
  const { launch: __, ...earlier } = alone
  return [
    { ...alone, mark: 'product' },
    ...(before === undefined
      ? []
      : [{ ...earlier, id: 'before', title: 'before', launch: productLaunch(before, 'nexus'), mark: 'product' }]),
    {
      ...earlier,
      id: 'everything',
      title: 'product, with everything on',
      launch: productLaunch(program, 'nexus', {
        flags: everythingFlags(mostAtOnce),
        environment: everythingEnvironment,
        hasCollector: true,
      }),
      mark: 'product',
      guard: { mark: 'product' },
      headers: () => ({ 'x-api-key': clientTokens[0] ?? '' }),
    },
  ]
}

/** One session, so that each request is compared with the one before it. */
const sessionHeaders = () => ({ 'x-claude-code-session-id': '00000000-0000-4000-8000-000000000000' })

/** The program with the audit of the prompt cache, and with web search that no request uses. */
export const auditedServers = (program: string = binary): readonly Target[] => {
  const withSwitch = (id: string, title: string, environment: Readonly<Record<string, string>>): Target => ({
    ...product(program),
    id,
    title,
    launch: productLaunch(program, 'nexus', { environment }),
    mark: 'product',
    guard: { mark: 'product' },
    headers: sessionHeaders,
  })
  const { guard: _, ...alone } = withSwitch('product', 'product, without both', { NEXUS_CACHE_AUDIT: 'off' })
  return [
    alone,
    withSwitch('audit', 'product, with the audit of the cache', { NEXUS_CACHE_AUDIT: 'on' }),
    withSwitch('search', 'product, with web search', {
      NEXUS_CACHE_AUDIT: 'off',
      NEXUS_SEARCH: 'searxng',
      NEXUS_SEARCH_URL: 'http://127.0.0.1:9',
    }),
  ]
}

/** Rates that no workload reaches: each request takes a token of the shared bucket. */
const sharedFlags = ['--rate-limit', '100000000']

/** The program with one switch more, each of which serves more people. `state`: the URL of a Redis. */
export const scaledServers = (program: string = binary, state?: string): readonly Target[] => {
  const { guard: _, ...alone } = product(program)
  const withSettings = (id: string, title: string, settings: Settings): Target => ({
    ...alone,
    id,
    title,
    launch: productLaunch(program, 'nexus', settings),
    mark: 'product',
  })
  return [
    { ...alone, mark: 'product' },
    withSettings('otel', 'product, with OpenTelemetry', { flags: ['--otel'], hasCollector: true }),
    withSettings('workers', 'product, with two workers', { flags: ['--workers', '2'], isFree: true }),
    withSettings('rate', 'product, with a rate limit', { flags: sharedFlags }),
    ...(state === undefined
      ? []
      : [
          withSettings('state', 'the same, in Redis', {
            flags: sharedFlags,
            environment: { NEXUS_STATE: state },
          }),
        ]),
  ]
}
