import { binary } from '../support/binary.ts'
import { clientTokens, everythingEnvironment, everythingFlags } from '../support/everything.ts'
import { earlier, product, type Settings, type Target } from './target.ts'
import type { Programs } from './targets.ts'

/** The program with switches that are off by default. */

/** More than any workload sends. */
const mostAtOnce = 250

/** The program, with everything that a team may turn on. */
export const teamServers = ({ program = binary, before }: Programs = {}): readonly Target[] => [
  product(program),
  ...earlier(before),
  {
    ...product(program, {
      flags: everythingFlags(mostAtOnce),
      environment: everythingEnvironment,
      hasCollector: true,
    }),
    id: 'everything',
    title: 'product, with everything on',
    goal: 'row',
    guard: { mark: 'product' },
    headers: () => ({ 'x-api-key': clientTokens[0] ?? '' }),
  },
]

/** One session, so that each request is compared with the one before it. */
const sessionHeaders = () => ({ 'x-claude-code-session-id': '00000000-0000-4000-8000-000000000000' })

/** The program with the audit of the prompt cache, and with web search that no request uses. */
export const auditedServers = ({ program = binary, before }: Programs = {}): readonly Target[] => {
  const inSession = (target: Target): Target => ({ ...target, headers: sessionHeaders })
  const withSwitch = (id: string, title: string, environment: Readonly<Record<string, string>>): Target => ({
    ...inSession(product(program, { environment })),
    id,
    title,
    goal: 'row',
    guard: { mark: 'product' },
  })
  return [
    // Both are off by default.
    inSession(product(program)),
    ...earlier(before).map(inSession),
    withSwitch('audit', 'product, with the audit of the cache', { NEXUS_CACHE_AUDIT: 'on' }),
    withSwitch('search', 'product, with web search', {
      NEXUS_SEARCH: 'searxng',
      NEXUS_SEARCH_URL: 'http://127.0.0.1:9',
    }),
  ]
}

/** Rates that no workload reaches: each request takes a token of the shared bucket. */
const sharedFlags = ['--rate-limit', '100000000']

/** The program with one switch more, each of which serves more people. `state`: the URL of a Redis. */
export const scaledServers = ({ program = binary, before }: Programs = {}, state?: string): readonly Target[] => {
  const withSettings = (id: string, title: string, settings: Settings): Target => ({
    ...product(program, settings),
    id,
    title,
  })
  return [
    product(program),
    ...earlier(before),
    withSettings('otel', 'product, with OpenTelemetry', { flags: ['--otel'], hasCollector: true }),
    {
      ...withSettings('workers', 'product, with two workers', { flags: ['--workers', '2'], isFree: true }),
      goal: 'row',
    },
    withSettings('rate', 'product, with a rate limit', { flags: sharedFlags }),
    ...(state === undefined
      ? []
      : [withSettings('state', 'the same, in Redis', { flags: sharedFlags, environment: { NEXUS_STATE: state } })]),
  ]
}
