import assert from 'node:assert/strict'
import { resultText, toolResults } from '../../../src/simulator/read-request.ts'
import type { ReplyBlock } from '../../../src/simulator/reply.ts'
import { bodies, type Case, prompt, succeeded } from '../case.ts'
import { bash, isConversation, turns } from '../conversation.ts'

/** Responses of the model that a client cannot use unchanged. */

/** A call with an id from the model. */
const call = (word: string, id: string): ReplyBlock => ({ ...bash(`echo ${word}`), id }) as ReplyBlock

const repeatedIds: Case = {
  name: 'tool calls with equal, empty or reused ids',
  setup: () => ({
    scenario: turns(
      [call('alder', 'lookup'), call('birch', 'lookup'), call('cedar', '')],
      (request) => [{ text: `Got ${toolResults(request).length}.` }, call('dogwood', 'lookup')],
      (request) => [{ text: `Got ${resultText(request).trim()}.` }],
    ),
  }),
  async play(session) {
    succeeded(await session.headless(prompt('run all', '--allowedTools', 'Bash')), 'Got dogwood')
    const results = bodies(session)
      .filter(isConversation)
      .map(({ messages }) => JSON.stringify(messages.at(-1)).match(/\b(?:alder|birch|cedar|dogwood)\b/g) ?? [])
    assert.deepEqual(
      results.map((words) => words.sort()),
      [[], ['alder', 'birch', 'cedar'], ['dogwood']],
    )
  },
}

const stopWithoutTool: Case = {
  name: 'a stop for tools without a tool use causes only one request',
  setup: () => ({
    scenario: ({ body }) =>
      isConversation(body) ? { content: [{ text: 'Nothing to run.' }], stopReason: 'tool_use' } : undefined,
  }),
  async play(session) {
    succeeded(await session.headless(prompt('look')), 'Nothing to run')
    assert.equal(bodies(session).filter(isConversation).length, 1)
  },
}

export const oddResponseCases: readonly Case[] = [repeatedIds, stopWithoutTool]
