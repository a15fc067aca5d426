import assert from 'node:assert/strict'
import type { ReplyBlock } from '../../../src/simulator/reply.ts'
import { sumOfSamples } from '../../support/prometheus.ts'
import { type Case, prompt, succeeded } from '../case.ts'
import { codexConfiguration, codexPrompt, codexSays } from '../codex.ts'
import { bash, turns } from '../conversation.ts'
import type { Endpoint } from '../launcher.ts'
import type { Session } from '../session.ts'
import { codex, shell } from './codex.ts'

/** Several processes that act as one server, and a server that sends traces (OP-K7, OP-R1, OP-R5, OP-O2). */

const words = 'It works.'

const body = { model: 'claude-sonnet-4.6', max_tokens: 9, messages: [{ role: 'user', content: 'hello' }] }

const sent = ({ url, token }: Endpoint, path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(new URL(path, url), {
    ...init,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
  })

/** Each scrape can reach another worker: all of them know every request. */
const scrapes = 6

const assertCounted = async ({ endpoint, journal }: Session): Promise<void> => {
  assert.ok(endpoint)
  const posted = journal.filter(({ path }) => /converse/.test(path)).length
  assert.ok(posted > 1)
  for (let scrape = 0; scrape < scrapes; scrape += 1) {
    const metrics = await (await sent(endpoint, '/metrics')).text()
    const counted = sumOfSamples(metrics, 'nexus_claude_api_requests_total', ['messages', 'responses'])
    assert.equal(counted, posted)
  }
}

const overWorkers = ['--workers', '2']

const workers: readonly Case[] = [
  {
    name: 'claude: a session over two workers, of which each knows all requests',
    newestOnly: true,
    setup: () => ({
      launch: 'claude of a team',
      serverFlags: overWorkers,
      scenario: turns([bash('echo one')], [bash('echo two')], [{ text: words }]),
    }),
    async play(session) {
      succeeded(await session.headless(prompt('work', '--allowedTools', 'Bash')), words)
      await assertCounted(session)
    },
  },
  codex('a session over two workers, of which each knows all requests', {
    newestOnly: true,
    setup: () => ({
      launch: 'codex of a team',
      configuration: codexConfiguration(),
      serverFlags: overWorkers,
      scenario: turns([shell('echo one')], [shell('echo two')], [{ text: words }]),
    }),
    async play(session) {
      codexSays(await session.headless(codexPrompt('work')), words)
      await assertCounted(session)
    },
  }),
]

const replicasOf = ({ replicas }: Session): NonNullable<Session['replicas']> => {
  assert.ok(replicas)
  return replicas
}

const sharedBudget: Case = {
  name: 'claude: a budget that is used up at one server is used up at another',
  newestOnly: true,
  setup: () => ({
    launch: 'claude of replicas',
    serverVariables: { NEXUS_REQUESTS_PER_DAY: '1' },
    scenario: () => ({ content: [{ text: words }] }),
  }),
  async play(session) {
    const answer = await sent(replicasOf(session).second, '/v1/messages', {
      method: 'POST',
      body: JSON.stringify(body),
    })
    assert.equal(answer.status, 200)
    await answer.text()
    const run = await session.headless(prompt('work'))
    assert.match(String(run.result?.['result']), /The daily budget of .+ is used up: 1 of 1 requests\./)
  },
}

/** Redis ends while the model makes its second answer. */
const outage = (
  call: (command: string) => ReplyBlock,
  play: (session: Session) => Promise<void>,
): Omit<Case, 'name'> => {
  let stopRedis: (() => Promise<void>) | undefined
  const second = (): readonly ReplyBlock[] => {
    void stopRedis?.()
    return [call('echo two')]
  }
  return {
    newestOnly: true,
    setup: () => ({
      launch: call === bash ? 'claude of replicas' : 'codex of replicas',
      configuration: codexConfiguration(),
      scenario: turns([call('echo one')], second, [{ text: words }]),
    }),
    async play(session) {
      stopRedis = replicasOf(session).stopRedis
      await play(session)
      assert.match(session.serverLog(), /"event":"state\.down"/)
      assert.doesNotMatch(session.serverLog(), /"event":"request\.(?:failed|refused)"/)
    },
  }
}

const withoutRedis = 'Redis ends in the middle of a session, and no request is lost'

const outages: readonly Case[] = [
  {
    name: `claude: ${withoutRedis}`,
    ...outage(bash, async (session) => {
      succeeded(await session.headless(prompt('work', '--allowedTools', 'Bash')), words)
    }),
  },
  codex(
    withoutRedis,
    outage(shell, async (session) => codexSays(await session.headless(codexPrompt('work')), words)),
  ),
]

const mostTries = 100
const betweenTriesMs = 100

const traced: Case = {
  name: 'claude: the spans of OpenTelemetry have the id of the session',
  newestOnly: true,
  setup: () => ({ hasCollector: true, scenario: turns([{ text: words }]) }),
  async play(session) {
    const run = await session.headless(prompt('work'))
    succeeded(run, words)
    for (let tries = 0; session.spans.length === 0 && tries < mostTries; tries += 1) await Bun.sleep(betweenTriesMs)
    const ids = session.spans.map(({ attributes }) => attributes.get('gen_ai.conversation.id'))
    assert.deepEqual([...new Set(ids)], [run.result?.['session_id']])
  },
}

export const replicaCases: readonly Case[] = [...workers, sharedBudget, ...outages, traced]
