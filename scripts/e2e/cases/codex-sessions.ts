import assert from 'node:assert/strict'
import type { Scenario } from '../../../src/simulator/reply.ts'
import { lastTextOf, resultTextOf } from '../../../src/simulator/request-view.ts'
import { bodies, type Case } from '../case.ts'
import { builtInConfiguration, codexPrompt, codexSays, itemsOf, itemsOfType } from '../codex.ts'
import { assertGrowing, toolNamesIn, turns } from '../conversation.ts'
import { nexus, openAi, type UpstreamRow } from '../openai-upstreams.ts'
import type { Session } from '../session.ts'
import { codex, launch, shell } from './codex.ts'

/** Codex: models, the prompt cache and compaction (OE-P5). */

const hello = turns<unknown>([{ text: 'Good day.' }])

const withCatalog = codex('with the catalog of models it knows the model, and has apply_patch', {
  setup: () => ({ ...launch(), scenario: hello }),
  async play(session) {
    const run = await session.headless(codexPrompt('hello'))
    codexSays(run, 'Good day')
    assert.deepEqual(itemsOfType(run, 'error'), [])
    assert.ok(toolNamesIn(bodies(session)[0] ?? { messages: [] }).includes('apply_patch'))
  },
})

const withoutCatalog = codex('without the catalog it works, with a warning', {
  setup: () => ({ ...launch({ catalog: false }), scenario: hello }),
  async play(session) {
    const run = await session.headless(codexPrompt('hello'))
    codexSays(run, 'Good day')
    assert.match(String(itemsOfType(run, 'error')[0]?.message), /Model metadata .* not found/)
  },
})

/** Codex sends the tools of GPT-6 as the first item, and one of them runs JavaScript. */
const gpt6 = codex('a gpt-6 name: tools as an item, and a script as free text', {
  setup: () => ({
    ...launch({ model: 'gpt-6-sol', catalog: false }),
    scenario: turns([{ tool: 'functions__exec', input: { input: 'text("from the script")' } }], (request) => [
      { text: `The script said: ${resultTextOf(request)}` },
    ]),
  }),
  async play(session) {
    codexSays(await session.headless(codexPrompt('run it')), 'from the script')
    assert.match(String(session.journal[0]?.modelId), /sonnet/)
  },
})

/** Codex's own provider tries a WebSocket first. */
const builtIn = codex('its own provider: 426 for the WebSocket, then POST', {
  setup: () => ({
    launch: 'codex',
    configuration: builtInConfiguration(),
    scenario: hello,
  }),
  async play(session) {
    codexSays(await session.headless(codexPrompt('hello')), 'Good day')
    const tries = session.serverLog().match(/"method":"GET","path":"\/v1\/responses","status":426/g) ?? []
    assert.equal(tries.length, 1)
    assert.equal(session.journal.length, 1)
  },
})

interface LoggedTokens {
  readonly inputTokens: number
  readonly cacheReadTokens: number
  readonly cacheWriteTokens: number
}

/** The tokens of each answer, from the server's log. */
const answersIn = (session: Session): LoggedTokens[] =>
  session
    .serverLog()
    .split('\n')
    .filter((line) => line.includes('"event":"request.answered"') && line.includes('"inputTokens"'))
    .map((line) => JSON.parse(line) as LoggedTokens)

/** Of the prompt before a request, the next one reads at least this part from the cache. */
const smallestReadPart = 0.9

const promptCache = codex('a resumed session reads the prompt cache, request by request', {
  setup: () => ({
    ...launch(),
    scenario: (request) => {
      if (request.lastTurn.some((part) => 'toolResult' in part)) return { content: [{ text: 'One step is done.' }] }
      return { content: [{ thinking: 'A step.' }, { text: 'Running.' }, shell('echo one step')] }
    },
  }),
  async play(session) {
    codexSays(await session.headless(codexPrompt('take a step')), 'One step is done')
    const [exec = '', ...rest] = codexPrompt('take another step')
    codexSays(await session.headless([exec, 'resume', '--last', ...rest]), 'One step is done')
    assertGrowing(bodies(session))
    const answers = answersIn(session)
    assert.equal(answers.length, 4)
    for (const [index, { cacheReadTokens }] of answers.slice(1).entries()) {
      const before = answers[index]
      const prefix = Number(before?.inputTokens) + Number(before?.cacheReadTokens) + Number(before?.cacheWriteTokens)
      assert.ok(cacheReadTokens >= smallestReadPart * prefix, `request ${index + 2}: ${cacheReadTokens} of ${prefix}`)
    }
  },
})

const summary = 'One step was taken, none is left.'
const tokenLimit = 'model_auto_compact_token_limit = 60000'
/** Above that limit. */
const fullWindow = { inputTokens: 90_000, outputTokens: 50, totalTokens: 90_050 }

const summingUp: Scenario<unknown> = (request) => {
  if (request.texts.some((text) => text.includes(summary))) return { content: [{ text: 'The task is finished.' }] }
  if (request.assistantTurns === 0) return { content: [shell('echo one step')], usage: fullWindow }
  return { content: [{ text: lastTextOf(request) === '' ? 'No summary was requested.' : summary }] }
}

const compaction = (upstream: UpstreamRow): Case =>
  codex(`automatic compaction, over ${upstream.name}`, {
    setup: () => ({
      ...launch({ lines: [tokenLimit] }),
      ...upstream.setup(summingUp),
    }),
    async play(session) {
      const run = await session.headless(codexPrompt('take all steps'))
      codexSays(run, 'The task is finished')
      assert.deepEqual(
        itemsOf(run).map(({ type }) => type),
        ['command_execution', 'agent_message'],
      )
      assert.equal(session.journal.length, 3)
    },
  })

/** Codex's own provider leaves the summary to the server, and sends back what it gets. */
const serverCompaction = codex('its own provider: automatic compaction by the server', {
  setup: () => ({
    launch: 'codex',
    configuration: builtInConfiguration(tokenLimit),
    scenario: summingUp,
  }),
  async play(session) {
    codexSays(await session.headless(codexPrompt('take all steps')), 'The task is finished')
    assert.equal(session.journal.length, 3)
  },
})

const subTask = 'Count the files.'

/** The agent waits for its own agent, which has another conversation. */
const withSubAgent: Scenario<unknown> = (request) => {
  if (!request.texts.includes('start an agent')) return { content: [{ text: 'There are seven files.' }] }
  if (request.assistantTurns === 0)
    return { content: [{ tool: 'multi_agent_v1__spawn_agent', input: { message: subTask } }] }
  const id = /"agent_id":"([^"]+)"/.exec(resultTextOf(request))?.[1]
  if (id !== undefined) return { content: [{ tool: 'multi_agent_v1__wait_agent', input: { targets: [id] } }] }
  return { content: [{ text: `The agent said: ${resultTextOf(request)}` }] }
}

const subAgent = codex('an agent that starts another one', {
  setup: () => ({ ...launch(), scenario: withSubAgent }),
  async play(session) {
    codexSays(await session.headless(codexPrompt('start an agent')), 'There are seven files')
    assert.equal(session.journal.length, 4)
  },
})

export const codexSessionCases: readonly Case[] = [
  withCatalog,
  withoutCatalog,
  gpt6,
  builtIn,
  promptCache,
  ...[nexus, openAi].map(compaction),
  serverCompaction,
  subAgent,
]
