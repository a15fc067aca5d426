import assert from 'node:assert/strict'
import type { SimulatedRequest } from '../../../src/simulator/reply.ts'
import { bodies, type Case, prompt, succeeded } from '../case.ts'
import { isConversation } from '../conversation.ts'
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

export const cacheLifetimeCases: readonly Case[] = [anHour, mixed]
