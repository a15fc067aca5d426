import assert from 'node:assert/strict'
import { lastBlocks, resultText, toolResults } from '../../../src/simulator/read-request.ts'
import type { Scenario, SimulatedRequest } from '../../../src/simulator/reply.ts'
import { bodies, type Case, prompt, succeeded } from '../case.ts'
import { assertGrowing, bash, isConversation, turns } from '../conversation.ts'

/** Commands and agents that the client runs in the background. It reports the end of each in a separate message. */

const outputFile = /<output-file>(?<path>[^<]+)<\/output-file>/

const lastWords = (request: Pick<SimulatedRequest, 'body'>): string => JSON.stringify(lastBlocks(request))

/** Starts a command, lets it end, and reads its output. */
const background: Scenario = (request) => {
  if (!isConversation(request.body)) return undefined
  if (request.body.messages.length === 1) {
    // The loop is limited, so that the process ends also if the case fails early.
    const command = 'for _ in $(seq 1200); do [ -e go ] && echo from-behind && break; sleep 0.05; done'
    return { content: [{ tool: 'Bash', input: { command, description: 'Waits', run_in_background: true } }] }
  }
  const path = outputFile.exec(lastWords(request))?.groups?.['path']
  if (path !== undefined) return { content: [{ text: 'It has ended.' }, { tool: 'Read', input: { file_path: path } }] }
  const result = resultText(request)
  if (result.includes('from-behind')) return { content: [{ text: 'It said from-behind.' }] }
  return { content: result.includes('running in background') ? [bash('touch go')] : [{ text: 'It still runs.' }] }
}

const backgroundCommand: Case = {
  name: 'a command in the background, and its output',
  setup: () => ({ scenario: background }),
  async play(session) {
    succeeded(await session.headless(prompt('start it', '--allowedTools', 'Bash,Read')), 'It said from-behind')
    const requests = bodies(session).filter(isConversation)
    assert.ok(requests.every((body) => toolResults({ body }).every(({ status }) => status !== 'error')))
    assertGrowing(requests)
  },
}

const task = 'Count all ferries in the harbour.'
const answer = 'There are three ferries.'

export const isMain = ({ messages }: SimulatedRequest['body']): boolean =>
  JSON.stringify(messages[0]).includes('ask an agent, please')

/** Older clients wait for the agent; newer ones continue, and report its end later. */
export const withAgent: Scenario = (request) => {
  const agent = turns([bash('echo three')], [{ text: answer }])
  if (!isConversation(request.body)) return undefined
  if (!isMain(request.body)) return agent(request)
  if (lastWords(request).includes(answer)) return { content: [{ text: 'The agent counted three.' }] }
  if (request.body.messages.length > 1) return { content: [{ text: 'The agent works.' }] }
  const input = { description: 'Counts', prompt: task, subagent_type: 'general-purpose' }
  return { content: [{ tool: 'Agent', input }] }
}

const subAgent: Case = {
  name: 'a sub-agent that runs a command',
  setup: () => ({ scenario: withAgent }),
  async play(session) {
    const run = await session.headless(prompt('ask an agent, please', '--allowedTools', 'Bash,Agent'))
    succeeded(run, 'The agent counted three')
    const requests = bodies(session).filter(isConversation)
    const [main, agents] = [requests.filter(isMain), requests.filter((body) => !isMain(body))]
    assert.equal(agents.length, 2)
    assert.ok(agents.every(({ messages }) => JSON.stringify(messages[0]).includes(task)))
    // Two conversations: each keeps its own entry in the prompt cache.
    assertGrowing(main)
    assertGrowing(agents)
    for (const body of requests)
      assert.ok('cachePoint' in (lastBlocks({ body }).at(-1) ?? {}), 'a turn has no cache point')
    // One session, but the agent's id in a header makes a second conversation of it.
    const classes = [...session.serverLog().matchAll(/"cacheClass":"(\w+)"/g)].map(([, name]) => name)
    assert.deepEqual(
      [classes.filter((name) => name === 'cold').length, classes.filter((name) => name === 'hit').length],
      [2, requests.length - 2],
      `${classes}`,
    )
  },
}

export const taskCases: readonly Case[] = [backgroundCommand, subAgent]
