import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { SimulatedRequest } from '../../../src/simulator/reply.ts'
import { bodies, type Case, cacheReads, prompt, succeeded, withStreams } from '../case.ts'
import { assertGrowing, bash, isConversation, turns } from '../conversation.ts'

/** The model of each request, and its features. */

const controlRequest = (id: string, request: object): string =>
  JSON.stringify({ type: 'control_request', request_id: id, request })

const title: Case = {
  name: 'a title request with a JSON schema',
  setup: () => ({
    scenario: ({ body }) =>
      body.outputConfig === undefined ? undefined : { content: [{ text: '{"title":"Parser login fix"}' }] },
  }),
  async play(session) {
    const run = await session.headless(
      ['-p', '--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'],
      [
        controlRequest('1', { subtype: 'initialize' }),
        controlRequest('2', {
          subtype: 'generate_session_title',
          description: 'please fix the login bug in the parser',
          persist: false,
        }),
      ],
    )
    const answer = run.events.find(
      (event) => event.type === 'control_response' && JSON.stringify(event).includes('"request_id":"2"'),
    )
    assert.match(JSON.stringify(answer), /Parser login fix/)
    const { textFormat } = bodies(session)[0]?.outputConfig ?? {}
    assert.equal(textFormat?.type, 'json_schema')
    assert.equal(session.journal[0]?.modelId, 'claude-haiku-4.5')
  },
}

const longContextFlagsIn = ({ additionalModelRequestFields }: SimulatedRequest['body']): string[] =>
  ((additionalModelRequestFields?.['anthropic_beta'] ?? []) as string[]).filter((flag) => flag.startsWith('context-1m'))

const longContext: Case = {
  name: 'a request for a context window of a million tokens',
  setup: () => ({ scenario: turns([{ text: 'Wide.' }]), model: 'claude-opus-4-6[1m]' }),
  async play(session) {
    succeeded(await session.headless(prompt('hello')), 'Wide')
    assert.equal(session.journal[0]?.modelId, 'claude-opus-4.6')
    assert.ok(JSON.stringify(bodies(session)[0]?.additionalModelRequestFields).includes('context-1m-2025-08-07'))
  },
}

/** More than the usual window of 200,000 tokens, by the simulator's count and by the client's estimate. */
const wideTokens = 300_000
const wideText = 'word '.repeat(wideTokens)

const userLine = (content: string): string =>
  JSON.stringify({ type: 'user', message: { role: 'user', content }, parent_tool_use_id: null, session_id: '' })

const wideConversation: Case = {
  name: 'a conversation of 300,000 tokens, in a context window of a million',
  setup: () => ({
    scenario: turns([{ text: 'I have read it.' }], [{ text: 'Still here.' }]),
    model: 'claude-opus-4-6[1m]',
  }),
  async play(session) {
    const run = await session.headless(
      ['-p', '--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'],
      [userLine(wideText), userLine('are you there?')],
    )
    succeeded(run, 'Still here')
    // No early compaction.
    assert.ok(run.events.every(({ subtype }) => subtype !== 'compact_boundary'))
    const requests = bodies(session).filter(isConversation)
    assert.equal(requests.length, 2)
    for (const body of requests) {
      assert.ok(JSON.stringify(body.messages).includes(wideText), 'the text is not complete')
      assert.deepEqual(longContextFlagsIn(body), ['context-1m-2025-08-07'])
    }
    assertGrowing(requests)
  },
}

/** Claude Code lists the user's agents in a system message. */
const agentFile = '---\nname: stargazer\ndescription: Counts the moons of Jupiter\n---\nCount them.\n'

const newerModel: Case = {
  name: 'a model newer than those of Nexus, with system messages among the others',
  setup: async (folder) => {
    await Bun.write(join(folder, '.claude', 'agents', 'stargazer.md'), agentFile)
    return {
      scenario: turns(
        [{ thinking: 'One.' }, bash('echo one')],
        [{ thinking: 'Two.' }, bash('echo two')],
        [{ text: 'Done.' }],
      ),
    }
  },
  async play(session) {
    const run = await session.headless(
      prompt('take two steps', withStreams, '--model', 'claude-opus-4-8', '--allowedTools', 'Bash'),
    )
    succeeded(run, 'Done')
    assert.deepEqual(
      session.journal.map(({ modelId }) => modelId),
      ['claude-opus-4.6', 'claude-opus-4.6', 'claude-opus-4.6'],
    )
    const requests = bodies(session)
    // System messages keep their position after the prompt, so the cached prefix stays the same.
    const texts = (requests[0]?.messages[0]?.content ?? []).flatMap((block) => ('text' in block ? [block.text] : []))
    const later = texts.slice(texts.indexOf('take two steps') + 1).join('\n')
    assert.match(later, /Counts the moons of Jupiter/, 'no complete system message comes after the prompt')
    assertGrowing(requests)
    const [first = 0, second = 0, third = 0] = cacheReads(run)
    assert.ok(first === 0 && second > 5000 && third > second, `${first}, ${second}, ${third}`)
  },
}

const city = { name: 'Köln', people: 1_087_353, rivers: ['Rhein'] }
const citySchema = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    people: { type: 'integer' },
    rivers: { type: 'array', items: { type: 'string' } },
  },
  required: ['name', 'people', 'rivers'],
  additionalProperties: false,
}

const structuredOutput: Case = {
  name: 'structured output by --json-schema',
  setup: () => ({
    scenario: turns(
      // The model first answers in plain text: the client requests the structure again.
      [{ text: 'It is Cologne.' }],
      [{ tool: 'StructuredOutput', input: city }],
      [{ text: 'Done.' }],
    ),
  }),
  async play(session) {
    const run = await session.headless(prompt('which city?', '--json-schema', JSON.stringify(citySchema)))
    assert.deepEqual(run.result?.['structured_output'], city)
    assert.equal(run.exitCode, 0)
    const requests = bodies(session).filter(isConversation)
    const tools = requests[0]?.toolConfig?.tools.flatMap((tool) => ('toolSpec' in tool ? [tool.toolSpec] : [])) ?? []
    const schema = tools.find(({ name }) => name === 'StructuredOutput')?.inputSchema.json
    assert.deepEqual((schema as typeof citySchema | undefined)?.properties, citySchema.properties)
    assertGrowing(requests)
  },
}

/**
 * Changes the model in a terminal, and checks it in a second one. The printed line for older clients sets the model of
 * the time when it was printed, so that case needs a newer client.
 */
const lastingChoice = (launch: 'line' | 'claude'): Case => ({
  ...(launch === 'line' && { since: '2.1.329' }),
  name: `/model, and a restart that keeps the choice, ${launch === 'line' ? 'by the printed line' : 'in one step'}`,
  setup: () => ({ launch, scenario: turns([{ text: 'Good day.' }]) }),
  async play(session) {
    {
      await using first = await session.terminal()
      await first.says('/model opus')
      await first.shows(/Set model to Opus 4\.6/)
      await first.says('hello')
      const { input: screen } = await first.shows(/● Good day/)
      // No warning that the next session starts with another model.
      assert.doesNotMatch(screen, /ANTHROPIC_MODEL/)
    }
    await using second = await session.terminal()
    await second.shows(/Opus 4\.6/)
    await second.says('hello again')
    await second.shows(/● Good day/)
    const requests = session.journal.filter(({ body }) => isConversation(body as SimulatedRequest['body']))
    assert.deepEqual(
      requests.map(({ modelId }) => modelId),
      ['claude-opus-4.6', 'claude-opus-4.6'],
    )
  },
})

export const modelCases: readonly Case[] = [
  title,
  longContext,
  wideConversation,
  newerModel,
  structuredOutput,
  lastingChoice('line'),
  lastingChoice('claude'),
]
