import assert from 'node:assert/strict'
import { lastText } from '../../../src/simulator/read-request.ts'
import type { Scenario, SimulatedRequest } from '../../../src/simulator/reply.ts'
import { bodies, type Case, prompt, succeeded } from '../case.ts'
import { bash, toolNamesIn, turns } from '../conversation.ts'
import type { Session } from '../session.ts'

/** Conversations that no longer fit into the model's context window: the client summarises them. */

const summary = 'Three steps were taken, none is left.'

/** The client's prompt describes the form of the summary. */
const requestsSummary = (request: Pick<SimulatedRequest, 'body'>): boolean => lastText(request).includes('<summary>')

/** Summarises on request, and finishes when it reads its own summary. */
const summingUp: Scenario = (request) => {
  if (requestsSummary(request))
    return { content: [{ text: `<analysis>Steps.</analysis><summary>${summary}</summary>` }] }
  const isSummedUp = JSON.stringify(request.body.messages).includes(summary)
  return isSummedUp ? { content: [{ text: 'The task is finished.' }] } : undefined
}

/** A longer conversation does not fit. */
const windowMessages = 8

/** Works step by step until the window is full. */
const narrowWindow =
  (message: string): Scenario =>
  (request) => {
    const { length } = request.body.messages
    const step = { content: [{ text: 'Next.' }, bash(`echo step ${length}`)] }
    const refusal = { error: { status: 400, type: 'ValidationException', message } }
    return summingUp(request) ?? (length > windowMessages ? refusal : step)
  }

/** The one request for a summary. */
const summaryRequest = (session: Session): SimulatedRequest['body'] => {
  const [found, ...others] = bodies(session).filter((body) => requestsSummary({ body }))
  assert.ok(found)
  assert.equal(others.length, 0)
  return found
}

const compaction = (message: string): Case => ({
  name: `compaction after "${message}"`,
  setup: () => ({ scenario: narrowWindow(message) }),
  async play(session) {
    const run = await session.headless(prompt('take all steps', '--allowedTools', 'Bash'))
    succeeded(run, 'The task is finished')
    assert.ok(run.events.some(({ subtype }) => subtype === 'compact_boundary'))
    // One refusal, a summary, then the next step.
    assert.deepEqual(
      session.journal.map(({ status }) => status),
      [200, 200, 200, 200, 400, 200, 200],
    )
    const [refused, , last] = bodies(session).slice(-3)
    assert.deepEqual(summaryRequest(session).toolConfig, refused?.toolConfig)
    assert.ok(last && refused && last.messages.length < refused.messages.length)
  },
})

const withoutTools: Case = {
  name: 'manual compaction without tools, of a session with tool uses',
  setup: () => {
    const steps = turns([{ text: 'Next.' }, bash('echo one step')], [{ text: 'That was all.' }])
    return { scenario: (request) => summingUp(request) ?? steps(request) }
  },
  async play(session) {
    const first = await session.headless(prompt('take a step', '--allowedTools', 'Bash'))
    succeeded(first, 'That was all')
    const sameSession = ['--resume', String(first.result?.['session_id'])]
    const compacted = await session.headless(prompt('/compact', ...sameSession, '--tools', ''))
    assert.equal(compacted.exitCode, 0)
    // Converse requires a declaration for each tool in the history.
    assert.deepEqual(toolNamesIn(summaryRequest(session)), ['Bash'])
    succeeded(await session.headless(prompt('is it done?', ...sameSession)), 'The task is finished')
  },
}

export const compactionCases: readonly Case[] = [
  compaction('Input is too long for requested model.'),
  compaction('prompt is too long: 210000 tokens > 200000 maximum'),
  withoutTools,
]
