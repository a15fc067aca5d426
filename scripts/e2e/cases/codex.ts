import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ReplyBlock, Scenario } from '../../../src/simulator/reply.ts'
import { resultTextOf } from '../../../src/simulator/request-view.ts'
import { bodies, type Case } from '../case.ts'
import { type CodexSettings, codexConfiguration, codexPrompt, codexSays, itemsOfType } from '../codex.ts'
import { turns } from '../conversation.ts'
import { anthropic, deepSeek, nexus, openAi, type UpstreamRow } from '../openai-upstreams.ts'
import type { Session } from '../session.ts'

/** Codex and its tools (OE-P5). */

export const codex = (name: string, test: Omit<Case, 'name' | 'client'>): Case => ({
  name: `codex: ${name}`,
  client: 'codex',
  ...test,
})

export const launch = (settings?: CodexSettings) =>
  ({ launch: 'codex', configuration: codexConfiguration(settings) }) as const

/** A call of Codex's shell tool. */
export const shell = (command: string): ReplyBlock => ({ tool: 'exec_command', input: { cmd: command } })

/** One call of the shell, then the answer; the same for each prompt, so that a resumed session can play it again. */
export const oneStep: Scenario = (request) =>
  request.lastTurn.some((part) => 'toolResult' in part)
    ? { content: [{ text: 'One step is done.' }] }
    : { content: [{ thinking: 'A step.' }, { text: 'Running.' }, shell('echo one step')] }

interface AssistantMessage {
  readonly role: string
  readonly content: readonly Readonly<Record<string, unknown>>[]
  readonly reasoning_content?: string
}

/** The simulators of Nexus and Anthropic refuse signatures that they did not create; another server gets the text. */
const assertThinkingIsBack = ({ journal }: Session): void => {
  // The list of models is a request, too.
  const [, second, ...others] = journal.filter(({ method }) => method === 'POST')
  assert.equal(others.length, 0)
  const { messages = [] } = (second?.body ?? {}) as { messages?: readonly AssistantMessage[] }
  const assistant = messages.find(({ role }) => role === 'assistant')
  const [first] = Array.isArray(assistant?.content) ? assistant.content : []
  const thinking = assistant?.reasoning_content ?? first?.['thinking'] ?? JSON.stringify(first?.['reasoningContent'])
  assert.match(String(thinking), /I run it\./)
}

const shellTurn = (upstream: UpstreamRow): Case =>
  codex(`a shell command, with thinking that comes back, over ${upstream.name}`, {
    setup: () => ({
      ...launch(),
      ...upstream.setup(
        turns<unknown>([{ thinking: 'I run it.' }, { text: 'Running.' }, shell('echo from-the-shell')], (request) => [
          { text: `The shell said ${/from-the-shell/.exec(resultTextOf(request))?.[0]}.` },
        ]),
      ),
    }),
    async play(session) {
      const run = await session.headless(codexPrompt('run it'))
      codexSays(run, 'The shell said from-the-shell')
      assert.equal(itemsOfType(run, 'reasoning')[0]?.text, 'I run it.')
      assertThinkingIsBack(session)
    },
  })

const patch = ['*** Begin Patch', '*** Update File: grüße.txt', '@@', '-Welt – 世界', '+Ωμέγα 🎉', '*** End Patch', '']

const applyPatch = (upstream: UpstreamRow): Case =>
  codex(`apply_patch changes a file, over ${upstream.name}`, {
    async setup(folder) {
      await writeFile(join(folder, 'grüße.txt'), 'Welt – 世界\n')
      return {
        ...launch(),
        ...upstream.setup(
          turns<unknown>(
            [{ text: 'Editing.' }, { tool: 'apply_patch', input: { input: patch.join('\n') } }],
            (request) => [{ text: `It says: ${resultTextOf(request)}` }],
          ),
        ),
      }
    },
    async play(session) {
      const run = await session.headless(codexPrompt('edit it'))
      codexSays(run, 'Success\\. Updated the following files')
      assert.equal(itemsOfType(run, 'file_change').length, 1)
      assert.equal(await readFile(join(session.folder, 'grüße.txt'), 'utf8'), 'Ωμέγα 🎉\n')
    },
  })

const mcpServer = [
  '[mcp_servers.warehouse]',
  `command = ${JSON.stringify(process.execPath)}`,
  `args = [${JSON.stringify(join(import.meta.dir, '..', 'programs', 'mcp-server.ts'))}, "3"]`,
]

const mcpTool = (upstream: UpstreamRow): Case =>
  codex(`a tool of an MCP server by its namespace, over ${upstream.name}`, {
    setup: () => ({
      ...launch({ tables: mcpServer }),
      ...upstream.setup(
        turns<unknown>([{ tool: 'mcp__warehouse__shelf_02', input: { box: 7 } }], (request) => [
          { text: `Found: ${resultTextOf(request)}` },
        ]),
      ),
    }),
    async play(session) {
      const run = await session.headless(codexPrompt('look on shelf 2'))
      codexSays(run, 'shelf_02 holds \\{"box":7\\}')
      const [call] = itemsOfType(run, 'mcp_tool_call')
      assert.deepEqual([call?.['server'], call?.['tool'], call?.['status']], ['warehouse', 'shelf_02', 'completed'])
    },
  })

/** A picture of one pixel. */
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

const images = (upstream: UpstreamRow): Case =>
  codex(`an image in the prompt, and one that a tool reads, over ${upstream.name}`, {
    async setup(folder) {
      const file = join(folder, 'pixel.png')
      await writeFile(file, Buffer.from(pixel, 'base64'))
      return {
        ...launch(),
        ...upstream.setup(turns<unknown>([{ tool: 'view_image', input: { path: file } }], [{ text: 'I see two.' }])),
      }
    },
    async play(session) {
      codexSays(await session.headless(codexPrompt('what is this?', '-i', join(session.folder, 'pixel.png'))), 'I see')
      const [first, second] = session.journal.map(({ body }) => JSON.stringify(body).split(pixel).length - 1)
      assert.deepEqual([first, second], [1, 2])
    },
  })

const schema = {
  type: 'object',
  properties: { word: { type: 'string' } },
  required: ['word'],
  additionalProperties: false,
}

const outputSchema = (upstream: UpstreamRow): Case =>
  codex(`an answer by --output-schema, over ${upstream.name}`, {
    async setup(folder) {
      await writeFile(join(folder, 'schema.json'), JSON.stringify(schema))
      return {
        ...launch(),
        ...upstream.setup(({ answerSchema }) => ({
          content: [{ text: answerSchema === undefined ? 'no schema' : '{"word":"done"}' }],
        })),
      }
    },
    async play(session) {
      const run = await session.headless(
        codexPrompt('say done', '--output-schema', join(session.folder, 'schema.json')),
      )
      codexSays(run, '^\\{"word":"done"\\}$')
    },
  })

const parallel = codex('two shell commands in parallel', {
  setup: () => ({
    ...launch(),
    scenario: turns([{ text: 'Both.' }, shell('echo first'), shell('echo second')], (request) => [
      {
        text: `Got ${resultTextOf(request)
          .match(/^(?:first|second)$/gm)
          ?.join(' ')}.`,
      },
    ]),
  }),
  async play(session) {
    codexSays(await session.headless(codexPrompt('run both')), 'Got first second')
    assert.equal(bodies(session).length, 2)
  },
})

export const codexCases: readonly Case[] = [
  ...[nexus, deepSeek, anthropic].map(shellTurn),
  ...[nexus, openAi].flatMap((row) => [applyPatch(row), mcpTool(row), images(row), outputSchema(row)]),
  parallel,
]
