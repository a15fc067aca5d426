import assert from 'node:assert/strict'
import { resultText } from '../../../src/simulator/read-request.ts'
import type { SimulatedRequest } from '../../../src/simulator/reply.ts'
import { sign } from '../../../src/simulator/signature.ts'
import { bodies, type Case, cacheReads, prompt, succeeded, withStreams } from '../case.ts'
import type { ClientRun } from '../client.ts'
import {
  assertGrowing,
  assistantKindsIn,
  bash,
  cachePointsIn,
  isConversation,
  thoughtsIn,
  turns,
} from '../conversation.ts'

/** Long and resumed conversations. */

const thought = 'First I look, then I speak.'
/** The text of thinking that the client requested without its text. */
const unsaid = ''

const signed = (...texts: readonly string[]) => texts.map((text) => ({ text, signature: sign(text) }))

/** The type of thinking that a request asks for. */
const thinkingTypeIn = ({ additionalModelRequestFields }: SimulatedRequest['body']): unknown =>
  (additionalModelRequestFields?.['thinking'] as { readonly type?: unknown } | undefined)?.type

/** `type`: the kind of thinking that the model gets. */
export const thinkingInTwoTurns = (model: string, type: 'adaptive' | 'enabled'): Case => ({
  name: `thinking (${type}) in two turns, by ${model}`,
  setup: () => ({
    model,
    scenario: turns([{ thinking: thought }, { text: 'Four.' }], [{ thinking: unsaid }, { text: 'Still four.' }]),
  }),
  async play(session) {
    succeeded(await session.headless(prompt('what is two and two?')), 'Four')
    succeeded(await session.headless(prompt('are you sure?', '--continue')), 'Still four')
    const [first, second, ...others] = bodies(session).filter(isConversation)
    assert.ok(first && second)
    assert.equal(others.length, 0)
    assert.deepEqual([first, second].map(thinkingTypeIn), [type, type])
    assert.deepEqual(thoughtsIn(second), signed(thought))
    assert.deepEqual(assistantKindsIn(second), [['reasoningContent', 'text']])
    assertGrowing([first, second])
  },
})

export const resumed = (model?: string): Case => ({
  name: `a session with thinking, resumed by another process${model === undefined ? '' : `, by ${model}`}`,
  setup: () => ({
    ...(model !== undefined && { model }),
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

    const [, before, after] = bodies(session).filter(isConversation)
    assert.ok(before && after)
    assert.deepEqual(thoughtsIn(after), signed(thought, unsaid))
    assert.deepEqual(assistantKindsIn(after), [
      ['reasoningContent', 'text', 'toolUse'],
      ['reasoningContent', 'text'],
    ])
    assertGrowing([before, after])
    assert.ok(
      Number(cacheReads(second)[0]) > Number(cacheReads(first)[1]),
      'a new process reads the prompt cache of the last one',
    )
  },
})

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

const sessionOf = (run: ClientRun): string => String(run.result?.['session_id'])

const forked: Case = {
  name: 'a forked session, and both of its branches',
  setup: () => ({
    scenario: ({ body }) => {
      const words = JSON.stringify(body.messages)
      const said = ['left', 'right'].filter((way) => words.includes(`turn ${way}`))
      return isConversation(body) ? { content: [{ text: `Turned: ${said.join(', ') || 'not yet'}.` }] } : undefined
    },
  }),
  async play(session) {
    const first = await session.headless(prompt('begin'))
    succeeded(first, 'Turned: not yet')
    const trunk = ['--resume', sessionOf(first)]
    const branch = await session.headless(prompt('turn left', ...trunk, '--fork-session'))
    succeeded(branch, 'Turned: left')
    assert.notEqual(sessionOf(branch), sessionOf(first))
    // The original session does not contain the branch, and the branch continues separately.
    succeeded(await session.headless(prompt('turn right', ...trunk)), 'Turned: right')
    succeeded(await session.headless(prompt('where are we?', '--resume', sessionOf(branch))), 'Turned: left\\.')
    const [begun, left, right, again] = bodies(session).filter(isConversation)
    assert.ok(begun && left && right && again)
    assertGrowing([begun, left, again])
    assertGrowing([begun, right])
  },
}

const otherModel: Case = {
  name: 'a session with thinking by Opus, resumed with Haiku and then with Opus again',
  setup: () => ({
    scenario: turns(
      [{ thinking: thought }, { text: 'Looking.' }, bash('echo forty-two')],
      [{ thinking: thought }, { text: 'It was forty-two.' }],
      [{ thinking: thought }, { text: 'Haiku agrees.' }],
      [{ thinking: thought }, { text: 'Opus as well.' }],
    ),
    model: 'opus',
  }),
  async play(session) {
    const first = await session.headless(prompt('look', '--allowedTools', 'Bash'))
    succeeded(first, 'It was forty-two')
    const sameSession = ['--resume', sessionOf(first)]
    succeeded(await session.headless(prompt('again?', ...sameSession, '--model', 'haiku')), 'Haiku agrees')
    succeeded(await session.headless(prompt('and you?', ...sameSession, '--model', 'opus')), 'Opus as well')
    const requests = session.journal.filter(({ body }) => isConversation(body as SimulatedRequest['body']))
    assert.deepEqual(
      requests.map(({ modelId }) => modelId),
      ['claude-opus-4.6', 'claude-opus-4.6', 'claude-haiku-4.5', 'claude-opus-4.6'],
    )
    // Both models get the texts of all turns.
    const last = JSON.stringify(bodies(session).at(-1)?.messages)
    assert.ok(last.includes('"signature"'), 'the thinking of Opus does not come back')
    for (const words of ['Looking.', 'It was forty-two.', 'Haiku agrees.']) assert.ok(last.includes(words), words)
  },
}

export const historyCases: readonly Case[] = [
  thinkingInTwoTurns('claude-sonnet-4-6', 'adaptive'),
  resumed(),
  longSession,
  forked,
  otherModel,
]
