import assert from 'node:assert/strict'
import { resultText } from '../../../src/simulator/read-request.ts'
import { sign } from '../../../src/simulator/signature.ts'
import { bodies, type Case, cacheReads, prompt, succeeded, withStreams } from '../case.ts'
import { assertGrowing, bash, cachePointsIn, turns } from '../conversation.ts'

/** Long conversations, and those that are taken up again. */

const thought = 'First I look, then I speak.'
/** As it comes where the client asked for none of its words. */
const unsaid = ''

const resumed: Case = {
  name: 'a session with thinking, resumed by another process',
  setup: () => ({
    scenario: turns(
      [{ thinking: thought }, { text: 'Looking.' }, bash('echo forty-two')],
      (request) => [{ thinking: unsaid }, { text: `It was ${resultText(request).trim()}.` }],
      [{ text: 'As I said: forty-two.' }],
    ),
  }),
  async play(session) {
    const first = await session.headless(prompt('look', withStreams, '--allowedTools', 'Bash'))
    succeeded(first, 'It was forty-two')
    const second = await session.headless(
      prompt('again?', withStreams, '--resume', String(first.result?.['session_id'])),
    )
    succeeded(second, 'As I said: forty-two')

    const [, before, after] = bodies(session)
    assert.ok(before && after)
    const thoughts = after.messages.flatMap(({ content }) =>
      content.flatMap((block) => ('reasoningContent' in block ? [block.reasoningContent] : [])),
    )
    assert.deepEqual(
      thoughts,
      [thought, unsaid].map((text) => ({ reasoningText: { text, signature: sign(text) } })),
    )
    assertGrowing([before, after])
    assert.ok(Number(cacheReads(second)[0]) > Number(cacheReads(first)[1]), 'the prompt cache outlives the process')
  },
}

const turnCount = 30

const longSession: Case = {
  name: `a session of ${turnCount} turns, each in the prompt cache`,
  setup: () => ({
    scenario: turns(
      ...Array.from({ length: turnCount }, (_, index) => [
        { thinking: `Now number ${index}.` },
        bash(`echo this is number ${index}`),
      ]),
      [{ text: 'All done.' }],
    ),
  }),
  async play(session) {
    const run = await session.headless(prompt('count', withStreams, '--allowedTools', 'Bash'))
    succeeded(run, 'All done')
    const all = bodies(session)
    assert.equal(all.length, turnCount + 1)
    const points = all.map(cachePointsIn)
    assert.ok(Math.min(...points) >= 1 && Math.max(...points) <= 4, `cache points: ${points}`)
    assertGrowing(all)
    const reads = cacheReads(run)
    assert.equal(reads.length, turnCount + 1)
    for (const [index, read] of reads.entries())
      assert.ok(index === 0 || read > Number(reads[index - 1]), `turn ${index + 1} reads no more: ${reads}`)
  },
}

export const historyCases: readonly Case[] = [resumed, longSession]
