import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { UpstreamKind } from '../support/upstream-arguments.ts'
import { createClient } from './client.ts'
import { program, type Runtime, runtimes } from './runtimes.ts'
import { connectionScenarios } from './scenarios/connections.ts'
import { messageScenarios } from './scenarios/messages.ts'
import { openAiClientScenarios } from './scenarios/openai-clients.ts'
import { limitScenarios, operationScenarios, queueScenarios } from './scenarios/operation.ts'
import { anthropicUpstreamScenarios, openAiUpstreamScenarios } from './scenarios/other-upstreams.ts'
import type { Scenario, Subject } from './scenarios/scenario.ts'
import { type RunningRuntime, startRuntime } from './start-runtime.ts'
import { startUpstreams } from './upstreams.ts'

/**
 * The entries of deploy/runtimes/ on their runtimes. Each scenario has the same result as in the program itself: bodies
 * and streams are equal byte for byte, except random ids and times.
 */

/** Starting a runtime loads 100 MB from the disk. */
const startMs = 60_000

interface Group {
  readonly title: string
  readonly upstream: UpstreamKind
  readonly variables: Readonly<Record<string, string>>
  readonly scenarios: readonly Scenario[]
}

/** Each needs a server of its own. */
const groups: readonly Group[] = [
  {
    title: 'in front of AI Nexus',
    upstream: 'nexus',
    variables: { NEXUS_METRICS: 'open', NEXUS_LOG_CLIENT_IP: 'true', NEXUS_CORS_ORIGIN: 'https://page.example' },
    scenarios: [...messageScenarios, ...openAiClientScenarios, ...connectionScenarios, ...operationScenarios],
  },
  {
    title: 'in front of an OpenAI-compatible server',
    upstream: 'openai',
    variables: {},
    scenarios: openAiUpstreamScenarios,
  },
  { title: "in front of Anthropic's API", upstream: 'anthropic', variables: {}, scenarios: anthropicUpstreamScenarios },
  {
    title: 'with limits',
    upstream: 'nexus',
    variables: {
      NEXUS_MAX_CONCURRENCY: '1',
      NEXUS_RATE_LIMIT: '1',
      NEXUS_RATE_BURST: '6',
      NEXUS_TIMEOUT: '1',
      NEXUS_PING_INTERVAL: '0.2',
    },
    scenarios: limitScenarios,
  },
  {
    title: 'with a queue',
    upstream: 'nexus',
    variables: { NEXUS_MAX_CONCURRENCY: '1', NEXUS_QUEUE: '9', NEXUS_TIMEOUT: '1' },
    scenarios: queueScenarios,
  },
]

/** A server of the group with its own upstreams, which remember what they have cached. */
const startSubject = async (runtime: Runtime, { upstream, variables }: Group) => {
  const upstreams = startUpstreams()
  const stop = async (server: RunningRuntime): Promise<void> => {
    await server.stop()
    await upstreams.stop()
  }
  const server = await startRuntime(runtime, { ...upstreams.variables(upstream), ...variables })
  const subject: Subject = { ...createClient(server.url), output: server.output, journal: upstreams.journal }
  return { subject, stop: () => stop(server) }
}

/** The program's results, in the order of the scenarios. */
const results = new Map<Scenario, unknown>()

beforeAll(async () => {
  for (const group of groups) {
    const { subject, stop } = await startSubject(program, group)
    for (const scenario of group.scenarios.filter(({ differs }) => differs !== true))
      results.set(scenario, await scenario.run(subject))
    await stop()
  }
}, startMs)

for (const runtime of runtimes) {
  describe.each(groups.map((group) => [group.title, group] as const))(`${runtime.name} %s (OP-X5)`, (_, group) => {
    let subject: Subject
    let stop: () => Promise<void>
    beforeAll(async () => {
      ;({ subject, stop } = await startSubject(runtime, group))
    }, startMs)
    afterAll(async () => await stop?.())

    test.each(group.scenarios.map((scenario) => [scenario.does, scenario] as const))('%s', async (_does, scenario) => {
      const result = await scenario.run(subject)
      if (scenario.differs !== true) expect(result).toEqual(results.get(scenario))
      expect({ result }).toMatchObject({ result: scenario.expected })
    })
  })
}
