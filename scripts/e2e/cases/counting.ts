import assert from 'node:assert/strict'
import { bodies, type Case, prompt, succeeded } from '../case.ts'
import { isConversation, turns } from '../conversation.ts'
import type { Session } from '../session.ts'

/** Counts of tokens, as programs request them over HTTP. */

type Counter = 'AI Nexus' | 'the estimate'

const words = 'The ferry leaves the harbour at a quarter to eight. '
const longText = words.repeat(40)
const tool = {
  name: 'timetable',
  description: words.repeat(4),
  input_schema: { type: 'object', properties: { day: { type: 'string', description: words } } },
}

const count = async ({ endpoint }: Session, members: object): Promise<number> => {
  assert.ok(endpoint)
  const response = await fetch(new URL('/v1/messages/count_tokens', endpoint.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${endpoint.token}` },
    body: JSON.stringify({ model: 'claude-sonnet-4-6', messages: [{ role: 'user', content: longText }], ...members }),
  })
  assert.equal(response.status, 200)
  return Number(((await response.json()) as { input_tokens: unknown }).input_tokens)
}

const atOnce = 20
/** On a busy machine, the best of several tries counts. */
const tries = 5
const limitMs = 500

/** Milliseconds of the fastest try. Each text is new, because the server keeps counts. */
const fastest = async (session: Session): Promise<number> => {
  let best = Number.POSITIVE_INFINITY
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const started = performance.now()
    const texts = Array.from({ length: atOnce }, (_, index) => `${longText}${attempt}.${index}`)
    const counts = texts.map((content) => count(session, { messages: [{ role: 'user', content }] }))
    assert.ok((await Promise.all(counts)).every((tokens) => tokens > 1))
    best = Math.min(best, performance.now() - started)
  }
  return best
}

export const countsOverHttp = (counter: Counter): Case => ({
  name: `counts of tokens over HTTP, by ${counter}`,
  setup: () => ({ countsTokens: counter === 'AI Nexus', scenario: turns([{ text: 'Good day.' }]) }),
  async play(session) {
    succeeded(await session.headless(prompt('hello')), 'Good day')
    const tools = [tool]
    const plain = await count(session, {})
    const [withTool, withSystem, withBoth] = [
      await count(session, { tools }),
      await count(session, { system: longText }),
      await count(session, { tools, system: longText }),
    ]
    assert.ok(plain > 100, `${plain} tokens`)
    const [toolTokens, systemTokens] = [withTool - plain, withSystem - plain]
    assert.ok(toolTokens > 20 && systemTokens > 100, `${toolTokens} for a tool, ${systemTokens} for a system prompt`)
    assert.ok(Math.abs(withBoth - plain - toolTokens - systemTokens) <= 2, 'the counts do not add up')
    const best = await fastest(session)
    assert.ok(best < limitMs, `${atOnce} counts at once take ${best.toFixed(0)} ms`)
    // A count is never a whole request, which costs money.
    assert.equal(bodies(session).filter(isConversation).length, 1)
    const counts = session.journal.filter(({ path }) => path.endsWith('/count-tokens'))
    if (counter === 'the estimate') assert.ok(counts.length <= 1, `${counts.length} counts`)
    else assert.ok(counts.length > atOnce && counts.every(({ status }) => status === 200))
  },
})

export const countingCases: readonly Case[] = [countsOverHttp('AI Nexus'), countsOverHttp('the estimate')]
