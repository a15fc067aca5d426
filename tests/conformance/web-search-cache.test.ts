import { expect, test } from 'bun:test'
import type { JournalEntry } from '../../src/simulator/exchange.ts'
import type { Scenario } from '../../src/simulator/reply.ts'
import { marker, startAudited, text, turnOf, user } from '../support/audited-session.ts'
import { defaultConfig } from '../support/chain.ts'
import { afterTest } from '../support/cleanup.ts'
import { startSearchStub } from '../support/search-providers.ts'
import { inTurns, searchTool, wants } from '../support/web-search.ts'

/** The prompt cache of a conversation with searches, seen by the audit and by a simulated cache. */

const bodiesOf = (journal: readonly JournalEntry[]): string[] =>
  journal.map(({ body }) => JSON.stringify((body as { messages: unknown }).messages).slice(0, -1))

test('every call after a search reads what the call before has written, and so does the next turn (WS-16, WS-31)', async () => {
  const provider = startSearchStub('searxng')
  afterTest(() => provider.stop())
  const replies = [[{ text: 'I look.' }, wants('a')], [wants('b'), wants('c')], [{ text: 'So.' }], [{ text: 'Again.' }]]
  const { chain, ask, nextRecord, logged } = startAudited({
    scenario: inTurns(...replies) as Scenario,
    config: { search: { ...defaultConfig.search, provider: 'searxng', url: provider.url } },
  })
  const first = turnOf(['Look it up.'], { tools: [searchTool()], max_tokens: 4000 }) as { messages: object[] }
  const headers = { 'x-claude-code-session-id': 'session-0001' }
  const answered = (await (await chain.post(first, { headers })).json()) as { content: object[] }
  const record = await nextRecord()
  expect(record).toMatchObject({ outcome: 'answered', searches: 3, cacheClass: 'cold', attempts: 1 })
  // The second and the third call read the system prompt, which the first has written.
  expect(record.usage?.cache_read_input_tokens).toBeGreaterThan(2 * 1000)

  const messages = [
    ...first.messages,
    { role: 'assistant', content: answered.content },
    user(text('And now?', { cache_control: marker })),
  ]
  expect(await ask({ ...first, messages }, headers)).toMatchObject({ outcome: 'answered', cacheClass: 'hit' })
  const bodies = bodiesOf(chain.simulator.journal)
  expect(bodies).toHaveLength(4)
  // Only the marker on the client's last message is at another place.
  const withoutPoints = bodies.map((body) => body.replaceAll(/,?\{"cachePoint":\{[^}]*\}\}/g, ''))
  for (const [index, body] of withoutPoints.slice(1).entries()) expect(body).toStartWith(withoutPoints[index] as string)
  expect(logged).toEqual([])
})
