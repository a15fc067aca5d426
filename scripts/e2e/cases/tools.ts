import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { offers, resultText, textOf, toolResults } from '../../../src/simulator/read-request.ts'
import type { SimulatedRequest } from '../../../src/simulator/reply.ts'
import { bodies, type Case, prompt, succeeded } from '../case.ts'
import { assertGrowing, bash, isConversation, turns } from '../conversation.ts'
import { toolSearchVariables } from './mcp.ts'

/** Tools that the client runs. */

const bashTurn: Case = {
  name: 'a Bash turn, with thinking that is sent back with its signature',
  setup: () => ({
    scenario: turns(
      [
        { thinking: 'I run it.' },
        { text: 'Running.' },
        { tool: 'Bash', input: { command: 'echo from-the-shell', description: 'Says a word' } },
      ],
      (request) => [{ text: `The shell said ${resultText(request).trim()}.` }],
    ),
  }),
  async play(session) {
    const run = await session.headless(prompt('run it', '--allowedTools', 'Bash'))
    succeeded(run, 'The shell said from-the-shell')
    const [, assistant] = bodies(session)[1]?.messages ?? []
    // The simulator refuses signatures that it did not create.
    assert.deepEqual(
      assistant?.content.map((block) => Object.keys(block)[0]),
      ['reasoningContent', 'text', 'toolUse'],
    )
    const usage = run.result?.['usage'] as Record<string, number> | undefined
    assert.ok(Number(usage?.['cache_read_input_tokens']) > 1000, 'the second turn reads the prompt cache')
  },
}

const wordFile = 'word.txt'

/** The model knows the word only from the tool's result. */
export const readWord = (model: string): Case => {
  /** By the folder of the session. */
  const words = new Map<string, string>()
  return {
    name: `Read of a file with a random word, by ${model}`,
    async setup(folder) {
      const word = `word-${crypto.randomUUID()}`
      words.set(folder, word)
      await writeFile(join(folder, wordFile), `${word}\n`)
      const read = { tool: 'Read', input: { file_path: join(folder, wordFile) } }
      const repeat = (request: SimulatedRequest) => [
        { text: `The file says ${/word-[\da-f-]{36}/.exec(resultText(request))?.[0]}.` },
      ]
      return { model, scenario: turns([{ text: 'Reading.' }, read], repeat) }
    },
    async play(session) {
      const word = String(words.get(session.folder))
      succeeded(await session.headless(prompt('what does the file say?', '--allowedTools', 'Read')), word)
      const [first, second, ...others] = bodies(session).filter(isConversation)
      assert.ok(first && second)
      assert.equal(others.length, 0)
      assert.ok(!JSON.stringify(first).includes(word))
      assert.ok(resultText({ body: second }).includes(word), 'the word is not in the tool result')
    },
  }
}

/** Text that JSON escapes, and characters of two, three and four bytes. */
const line = 'He said "no\\yes"\tto Zoë – 世界 🎉.\n'
const writtenText = line.repeat(Math.ceil(20_480 / Buffer.byteLength(line)))
const fragments = 400

const bigWrite: Case = {
  name: `Write of 20 KB, its input in ${fragments} fragments`,
  setup: (folder) => {
    const input = { file_path: join(folder, 'written.txt'), content: writtenText }
    const scenario = turns([{ tool: 'Write', input }], [{ text: 'Written.' }])
    const deltaCharacters = Math.ceil([...JSON.stringify(input)].length / fragments)
    return {
      scenario: (request) => {
        const reply = scenario(request)
        // The bytes of a frame come in several writes, too.
        return reply && { ...reply, pace: { deltaCharacters, chunkBytes: 101 } }
      },
    }
  },
  async play(session) {
    succeeded(await session.headless(prompt('write it', '--allowedTools', 'Write')), 'Written')
    assert.equal(await readFile(join(session.folder, 'written.txt'), 'utf8'), writtenText)
    const [, second] = bodies(session).filter(isConversation)
    const uses = second?.messages.flatMap(({ content }) =>
      content.flatMap((block) => ('toolUse' in block ? [block.toolUse.input] : [])),
    )
    assert.deepEqual(uses, [{ file_path: join(session.folder, 'written.txt'), content: writtenText }])
  },
}

const edit: Case = {
  name: 'Edit of a file with non-ASCII text',
  async setup(folder) {
    const file = join(folder, 'grüße.txt')
    await writeFile(file, 'Grüße, Welt – 世界 🎉\n')
    return {
      scenario: turns(
        [{ tool: 'Read', input: { file_path: file } }],
        [
          {
            tool: 'Edit',
            input: { file_path: file, old_string: 'Welt – 世界 🎉', new_string: '„Ωμέγα“ – Привет 👩‍💻' },
          },
        ],
        [{ text: 'Edited.' }],
      ),
    }
  },
  async play(session) {
    succeeded(await session.headless(prompt('edit it', '--allowedTools', 'Read,Edit')), 'Edited')
    assert.equal(await readFile(join(session.folder, 'grüße.txt'), 'utf8'), 'Grüße, „Ωμέγα“ – Привет 👩‍💻\n')
  },
}

const parallel: Case = {
  name: 'two tools in parallel',
  setup: () => ({
    scenario: turns(
      [
        { text: 'Both.' },
        { tool: 'Bash', input: { command: 'echo first', description: 'Says first' } },
        { tool: 'Bash', input: { command: 'echo second', description: 'Says second' } },
      ],
      (request) => {
        // They run at the same time, and can end in either order; the client adds its own text.
        const words = resultText(request).match(/\b(?:first|second)\b/g) ?? []
        return [{ text: `Got ${toolResults(request).length}: ${words.sort().join(' ')}.` }]
      },
    ),
  }),
  async play(session) {
    succeeded(await session.headless(prompt('run both', '--allowedTools', 'Bash')), 'Got 2: first second')
  },
}

const oneFails: Case = {
  name: 'three tools in parallel, of which one fails',
  async setup(folder) {
    await writeFile(join(folder, 'here.txt'), 'what was written\n')
    return {
      scenario: turns(
        [
          { text: 'All three.' },
          { ...bash('echo said-this'), id: 'tooluse_said' },
          { tool: 'Read', input: { file_path: join(folder, 'not-here.txt') }, id: 'tooluse_missing' },
          { tool: 'Read', input: { file_path: join(folder, 'here.txt') }, id: 'tooluse_written' },
        ],
        [{ text: 'Two of three.' }],
      ),
    }
  },
  async play(session) {
    succeeded(await session.headless(prompt('run all', '--allowedTools', 'Bash,Read')), 'Two of three')
    const requests = bodies(session)
    const results = toolResults({ body: requests[1] as SimulatedRequest['body'] })
    // The client sends the results in the order in which the tools ended.
    const ended = new Map(results.map((result) => [result.toolUseId, result]))
    const textFor = (id: string): string => textOf(ended.get(id)?.content ?? [])
    assert.equal(results.length, 3)
    assert.deepEqual(
      results.flatMap(({ toolUseId, status }) => (status === 'error' ? [toolUseId] : [])),
      ['tooluse_missing'],
    )
    assert.match(textFor('tooluse_said'), /said-this/)
    assert.match(textFor('tooluse_missing'), /not exist/)
    assert.match(textFor('tooluse_written'), /what was written/)
    assertGrowing(requests)
  },
}

const toolSearch: Case = {
  name: 'a ToolSearch turn',
  setup: (_folder, version) => ({
    environment: toolSearchVariables(version),
    scenario: turns([{ tool: 'ToolSearch', input: { query: 'select:WebFetch' } }], (request) => [
      {
        text: `${resultText(request).split('\n')[0]}; loaded: ${offers(request, 'WebFetch')}; placeholder: ${offers(request, 'DeferredToolPlaceholder')}`,
      },
    ]),
  }),
  async play(session) {
    const run = await session.headless(prompt('find a tool', '--allowedTools', 'ToolSearch'))
    succeeded(run, 'Tool available: WebFetch; loaded: true; placeholder: false')
  },
}

export const toolCases: readonly Case[] = [
  bashTurn,
  readWord('claude-sonnet-4-6'),
  bigWrite,
  edit,
  parallel,
  oneFails,
  toolSearch,
]
