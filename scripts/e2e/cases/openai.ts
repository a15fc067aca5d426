import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { FaceName } from '../../../src/simulator/openai-chat/face-name.ts'
import type { ChatBody } from '../../../src/simulator/openai-chat/schema.ts'
import type { Scenario } from '../../../src/simulator/reply.ts'
import { resultTextOf } from '../../../src/simulator/request-view.ts'
import { type Case, prompt, succeeded } from '../case.ts'
import { bash, turns } from '../conversation.ts'
import type { ChatServer } from '../launcher.ts'
import type { Session, SessionSetup } from '../session.ts'

/** The client with OpenAI-compatible servers: one case of each kind for four of them (OU section 7). */

interface Row {
  readonly face: FaceName
  readonly provider: string
  readonly model: string
  /** The member with the reasoning of earlier turns. Undefined if the server does not accept it. */
  readonly replay?: 'reasoning_content' | 'reasoning'
}

const rows: readonly Row[] = [
  { face: 'strict', provider: 'openai', model: 'gpt-4.1' },
  { face: 'nebius', provider: 'nebius', model: 'zai-org/GLM-4.5', replay: 'reasoning_content' },
  { face: 'deepseek', provider: 'deepseek', model: 'deepseek-chat', replay: 'reasoning_content' },
  { face: 'ollama', provider: 'ollama', model: 'qwen3:8b', replay: 'reasoning' },
]

const never: Scenario = () => undefined

const setupOf = (
  { face, provider, model }: Row,
  scenario: Scenario<ChatBody>,
  variables: ChatServer['variables'] = {},
): SessionSetup => ({
  scenario: never,
  chat: { face, provider, scenario, variables: { BIG_MODEL: model, ...variables } },
})

const bodiesOf = ({ journal }: Session): ChatBody[] => journal.map(({ body }) => body as ChatBody)
const withTools = (session: Session): ChatBody[] => bodiesOf(session).filter(({ tools }) => tools != null)

const bashTurn = (row: Row): Case => ({
  name: `${row.face}: a Bash turn with thinking, and text`,
  setup: () =>
    setupOf(
      row,
      turns<ChatBody>([{ thinking: 'I run it.' }, { text: 'Running.' }, bash('echo from-the-shell')], (request) => [
        { text: `The shell said ${resultTextOf(request).trim()}.` },
      ]),
    ),
  async play(session) {
    succeeded(await session.headless(prompt('run it', '--allowedTools', 'Bash')), 'The shell said from-the-shell')
    const [first, second] = withTools(session)
    assert.ok(first && second)
    const assistant = second.messages.find(({ role }) => role === 'assistant') as Record<string, unknown> | undefined
    if (row.replay !== undefined) assert.equal(assistant?.[row.replay], 'I run it.')
    // The longer conversation begins with the same messages.
    assert.deepEqual(second.messages.slice(0, first.messages.length), first.messages)
  },
})

const parallel = (row: Row): Case => ({
  name: `${row.face}: two tools in parallel`,
  setup: () =>
    setupOf(
      row,
      turns<ChatBody>([{ text: 'Both.' }, bash('echo first'), bash('echo second')], (request) => {
        const words = resultTextOf(request).match(/\b(?:first|second)\b/g) ?? []
        return [{ text: `Got ${words.sort().join(' ')}.` }]
      }),
    ),
  async play(session) {
    succeeded(await session.headless(prompt('run both', '--allowedTools', 'Bash')), 'Got first second')
  },
})

const summary = 'Three steps were taken, none is left.'
/** A longer conversation does not fit. */
const windowMessages = 8

const narrowWindow: Scenario<ChatBody> = ({ body: { messages, tools } }) => {
  const text = JSON.stringify(messages)
  if (JSON.stringify(messages.at(-1)).includes('<summary>'))
    return { content: [{ text: `<analysis>Steps.</analysis><summary>${summary}</summary>` }] }
  if (text.includes(summary)) return { content: [{ text: 'The task is finished.' }] }
  if (tools == null) return undefined
  const { length } = messages
  if (length <= windowMessages) return { content: [{ text: 'Next.' }, bash(`echo step ${length}`)] }
  const message = `This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.`
  return { error: { status: 400, type: 'context_length_exceeded', message } }
}

const compaction = (row: Row): Case => ({
  name: `${row.face}: compaction after an overflow`,
  setup: () => setupOf(row, narrowWindow),
  async play(session) {
    const run = await session.headless(prompt('take all steps', '--allowedTools', 'Bash'))
    succeeded(run, 'The task is finished')
    assert.ok(run.events.some(({ subtype }) => subtype === 'compact_boundary'))
    assert.equal(session.journal.filter(({ status }) => status === 400).length, 1)
  },
})

const used = 'mcp__warehouse__shelf_42'
const configuration = JSON.stringify({
  mcpServers: {
    warehouse: {
      command: process.execPath,
      args: [join(import.meta.dir, '..', 'programs', 'mcp-server.ts'), '60'],
    },
  },
})

const toolSearch = (row: Row): Case => ({
  name: `${row.face}: tool search among the tools of an MCP server`,
  since: '2.1.329',
  setup: () =>
    setupOf(
      row,
      turns<ChatBody>(
        [{ tool: 'ToolSearch', input: { query: `select:${used}` } }],
        [{ tool: used, input: { box: 7 } }],
        (request) => [{ text: `Found: ${resultTextOf(request)}` }],
      ),
    ),
  async play(session) {
    const flags = ['--mcp-config', configuration, '--strict-mcp-config', '--allowedTools', `ToolSearch,${used}`]
    succeeded(await session.headless(prompt('look on shelf 42', ...flags)), 'Found: shelf_42 holds {"box":7}')
  },
})

/** A picture of one pixel. */
const picture = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

const seeing = 'Qwen/Qwen2.5-VL-72B-Instruct'
const imageTurn = JSON.stringify({
  type: 'user',
  message: {
    role: 'user',
    content: [
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: picture } },
      { type: 'text', text: 'What is this?' },
    ],
  },
})

const imageRouting: Case = {
  name: 'nebius: a turn with an image goes to the vision model',
  setup: () =>
    setupOf(
      { face: 'nebius', provider: 'nebius', model: 'zai-org/GLM-4.5' },
      ({ modelId }) => (modelId === seeing ? { content: [{ text: 'A red pixel.' }] } : undefined),
      { VISION_MODEL: seeing },
    ),
  async play(session) {
    const args = ['-p', '--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose']
    succeeded(await session.headless(args, [imageTurn]), 'A red pixel')
    const routed = bodiesOf(session).filter(({ model }) => model === seeing)
    assert.equal(routed.length, 1)
    assert.equal(routed[0]?.tools, undefined)
    assert.equal(routed[0]?.messages.length, 1)
  },
}

export const openAiCases: readonly Case[] = [
  ...rows.flatMap((row) => [bashTurn(row), parallel(row), compaction(row), toolSearch(row)]),
  imageRouting,
]
