import assert from 'node:assert/strict'
import { bodies, type Case, prompt, succeeded, textDeltasOf, withStreams } from '../case.ts'
import { isConversation, turns } from '../conversation.ts'
import type { Session } from '../session.ts'

/** One question, one answer: the smallest session. */

const question = 'Which bird sings at night?'
const answer = 'The nightingale sings at night, and its song is loud.'

/** Throws unless the simulated Nexus got the question once, as a stream for this model. */
const assertReceived = (session: Session, modelId: string): void => {
  const received = session.journal.filter(({ body }) => JSON.stringify(body).includes(question))
  assert.deepEqual(
    received.map(({ modelId: model, isStream }) => [model, isStream]),
    [[modelId, true]],
  )
  const [body] = bodies(session).filter(isConversation)
  const texts = body?.messages.at(-1)?.content.flatMap((block) => ('text' in block ? [block.text] : [])) ?? []
  assert.ok(
    texts.some((text) => text.includes(question)),
    'the last turn has no question',
  )
}

const setup = (model: string) => () => ({ model, scenario: turns([{ text: answer }]) })

/** `modelId`: the name that Nexus has for the model. */
export const wholeAnswer = (model: string, modelId: string): Case => ({
  name: `an answer as one JSON object, by ${model}`,
  setup: setup(model),
  async play(session) {
    const run = await session.headless(['-p', question, '--output-format', 'json'])
    assert.equal(run.events.length, 1)
    succeeded(run, `^${answer}$`)
    assertReceived(session, modelId)
  },
})

export const streamedAnswer = (model: string, modelId: string): Case => ({
  name: `an answer as a stream of deltas, by ${model}`,
  setup: setup(model),
  async play(session) {
    const run = await session.headless(prompt(question, withStreams))
    succeeded(run, `^${answer}$`)
    const { texts, types } = textDeltasOf(run)
    assert.ok(texts.length >= 2, `${texts.length} text deltas`)
    assert.equal(texts.join(''), answer)
    assert.equal(types.filter((type) => type === 'message_stop').length, 1)
    assert.equal(types.at(-1), 'message_stop')
    assertReceived(session, modelId)
  },
})

export const answerCases: readonly Case[] = [
  wholeAnswer('claude-sonnet-4-6', 'claude-sonnet-4.6'),
  streamedAnswer('claude-sonnet-4-6', 'claude-sonnet-4.6'),
]
