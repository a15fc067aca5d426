import assert from 'node:assert/strict'
import { join } from 'node:path'
import { resultText } from '../../../src/simulator/read-request.ts'
import type { SimulatedRequest } from '../../../src/simulator/reply.ts'
import { bodies, type Case, succeeded } from '../case.ts'
import { assertGrowing, isConversation, toolNamesIn, turns } from '../conversation.ts'
import { type Packages, packageFolder } from '../install.ts'

/** Programs that use Anthropic's libraries. */

const program = (name: string, ...args: readonly string[]): string[] => [
  process.execPath,
  join(import.meta.dir, '..', 'programs', name),
  ...args,
]

const sayResult = (request: SimulatedRequest): { text: string }[] => [
  { text: `I looked it up: ${resultText(request)}` },
]
const answer = 'I looked it up: The extension of Ada is 4711.'

const agentSdkPackages: Packages = {
  name: 'claude-agent-sdk-0.3.332',
  dependencies: { '@anthropic-ai/claude-agent-sdk': '0.3.332', zod: '4.6.7' },
}
const ownTool = 'mcp__office__extension'

/** Version 0.3.N of the SDK contains and runs Claude Code 2.1.N. */
const agentSdk: Case = {
  name: "the Agent SDK, with the program's own tool",
  newestOnly: true,
  packages: agentSdkPackages,
  setup: () => ({
    scenario: turns(
      [{ tool: 'ToolSearch', input: { query: `select:${ownTool}` } }],
      [{ thinking: 'I ask.' }, { tool: ownTool, input: { name: 'Ada' } }],
      sayResult,
    ),
  }),
  async play(session) {
    const run = await session.program(program('agent-sdk.ts', packageFolder(agentSdkPackages), 'Where is Ada?'))
    succeeded(run, answer)
    const [first, found, called, ...others] = bodies(session).filter(isConversation)
    assert.ok(first && found && called)
    assert.equal(others.length, 0)
    assert.ok(!toolNamesIn(first).includes(ownTool) && toolNamesIn(found).includes(ownTool))
    assertGrowing([found, called])
  },
}

/** The runner first requests a message thread, and sends whole conversations after the server refuses it. */
const toolRunner = (form: 'whole' | 'stream'): Case => ({
  name: `the tool runner of the Anthropic SDK, answers ${form === 'stream' ? 'streamed' : 'whole'}`,
  newestOnly: true,
  setup: () => ({ scenario: turns([{ text: 'I ask.' }, { tool: 'extension', input: { name: 'Ada' } }], sayResult) }),
  async play(session) {
    const run = await session.program(program('tool-runner.ts', form, 'Where is Ada?'))
    assert.equal(run.exitCode, 0, run.stderr)
    const [last] = run.events
    assert.match(JSON.stringify(last), new RegExp(answer))
    const requests = bodies(session)
    assert.deepEqual(
      requests.map(({ messages }) => messages.length),
      [1, 3],
    )
    assert.deepEqual(
      session.journal.map(({ isStream }) => isStream),
      [form === 'stream', form === 'stream'],
    )
    assertGrowing(requests)
  },
})

export const sdkCases: readonly Case[] = [agentSdk, toolRunner('whole'), toolRunner('stream')]
