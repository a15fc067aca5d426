import assert from 'node:assert/strict'
import type { SimulatedRequest } from '../../../src/simulator/reply.ts'
import { bodies, type Case, cacheUseOf, prompt, succeeded } from '../case.ts'
import { cachePointsIn, isConversation, turns } from '../conversation.ts'
import type { Session } from '../session.ts'
import { isMain, withAgent } from './tasks.ts'

/** How long the real Claude Code keeps its prompts cached, with `--cache-ttl` (CA-T2, CA-T4). */

type Body = SimulatedRequest['body']

const lifetimesIn = (blocks: readonly object[]): string[] =>
  blocks.flatMap((block) => ('cachePoint' in block ? [(block.cachePoint as { ttl?: string }).ttl ?? '5m'] : []))

/** The lifetimes of a request's cache points: of tools and system prompt, and of messages. */
const lifetimesOf = ({ toolConfig, system = [], messages }: Body): readonly [string[], string[]] => [
  [...lifetimesIn(toolConfig?.tools ?? []), ...lifetimesIn(system)],
  messages.flatMap(({ content }) => lifetimesIn(content)),
]

const assertEach = (requests: readonly Body[], inPrefix: string, inMessages: string): void => {
  assert.ok(requests.length > 1)
  for (const request of requests) {
    const [prefix, messages] = lifetimesOf(request)
    assert.deepEqual([new Set(prefix), new Set(messages)], [new Set([inPrefix]), new Set([inMessages])])
  }
}

/** The first versions that read the variables. Older ones have only one switch, for all requests. */
const since = '2.1.329'

const anHour: Case = {
  name: 'a cache lifetime of one hour, and of five minutes for a sub-agent',
  since,
  setup: () => ({ scenario: withAgent, serverFlags: ['--cache-ttl', '1h'] }),
  async play(session) {
    succeeded(
      await session.headless(prompt('ask an agent, please', '--allowedTools', 'Bash,Agent')),
      'The agent counted three',
    )
    const requests = bodies(session).filter(isConversation)
    assertEach(requests.filter(isMain), '1h', '1h')
    assertEach(
      requests.filter((body) => !isMain(body)),
      '5m',
      '5m',
    )
  },
}

const mixed: Case = {
  name: 'a cache lifetime of one hour for tools and system prompt alone',
  setup: () => ({ scenario: withAgent, serverFlags: ['--cache-ttl', 'mixed'] }),
  async play(session) {
    succeeded(
      await session.headless(prompt('ask an agent, please', '--allowedTools', 'Bash,Agent')),
      'The agent counted three',
    )
    assertEach(bodies(session).filter(isConversation), '1h', '5m')
  },
}

/** The share of the first turn's prefix that the second turn must read from the cache. */
const leastRead = 0.9

const twoTurns = async (session: Session) => {
  const first = await session.headless(prompt('hello'))
  succeeded(first, 'Good day')
  const second = await session.headless(prompt('are you there?', '--continue'))
  succeeded(second, 'Still here')
  const [before, after] = [cacheUseOf(first), cacheUseOf(second)]
  const prefix = before.read + before.written
  assert.ok(prefix > 4096, `a prefix of ${prefix} tokens`)
  assert.ok(after.read >= prefix * leastRead, `the second turn reads ${after.read} of ${prefix} tokens`)
  return { before, requests: bodies(session).filter(isConversation) }
}

const dialogue = turns([{ text: 'Good day.' }], [{ text: 'Still here.' }])

/** Two processes of the client, one conversation. */
export const fiveMinutes = (model: string): Case => ({
  name: `a prompt cached for five minutes, in two turns, by ${model}`,
  setup: () => ({ model, scenario: dialogue }),
  async play(session) {
    const { before, requests } = await twoTurns(session)
    assert.equal(requests.length, 2)
    for (const body of requests) {
      assert.ok(cachePointsIn(body) >= 1 && cachePointsIn(body) <= 4, `${cachePointsIn(body)} cache points`)
      assert.ok(!JSON.stringify(body).includes('"ttl"'), 'a cache point has a lifetime')
    }
    assert.equal(before.writtenForAnHour, 0)
  },
})

/** The first version that reads the newer variable. */
const newerVariable = '2.1.265'

/** `isKept`: whether Nexus accepts lifetimes; if not, the server sends cache points without them. */
export const anHourByClient = (model: string, isKept: boolean): Case => ({
  name: `a prompt that the client caches for an hour, ${isKept ? 'accepted' : 'refused'}, by ${model}`,
  setup: (_folder, version) => ({
    model,
    scenario: dialogue,
    environment:
      Bun.semver.order(version, newerVariable) >= 0
        ? { CLAUDE_CODE_PROMPT_CACHE_TTL: '1h' }
        : { ENABLE_PROMPT_CACHING_1H: '1' },
  }),
  async play(session) {
    const { before, requests } = await twoTurns(session)
    const expected = isKept ? '1h' : '5m'
    assertEach(requests, expected, expected)
    assert.equal(before.writtenForAnHour > 0, isKept)
  },
})

export const cacheLifetimeCases: readonly Case[] = [
  anHour,
  mixed,
  fiveMinutes('claude-sonnet-4-6'),
  anHourByClient('claude-sonnet-4-6', true),
]
