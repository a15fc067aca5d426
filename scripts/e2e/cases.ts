import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { offers, resultParts, resultText, toolResults } from '../../src/simulator/read-request.ts'
import type { Scenario, SimulatedRequest } from '../../src/simulator/reply.ts'
import { turns } from './conversation.ts'
import type { ClaudeVersion } from './install.ts'
import type { SessionOptions, SessionResult } from './session.ts'

/** What the real client must be able to do. Each case is one session. */

export interface Case {
  readonly name: string
  /** All versions without it. */
  readonly versions?: readonly ClaudeVersion[]
  prepare(folder: string): Promise<Pick<SessionOptions, 'scenario' | 'args'> & Partial<SessionOptions>>
  /** Throws where something is wrong. */
  check(session: SessionResult, folder: string): Promise<void> | void
}

const headless = (prompt: string, ...more: readonly string[]): string[] => [
  '-p',
  prompt,
  '--output-format',
  'stream-json',
  '--verbose',
  ...more,
]

const bodies = ({ journal }: SessionResult): SimulatedRequest['body'][] =>
  journal.map(({ body }) => body as SimulatedRequest['body'])

const succeeded = (session: SessionResult, words: string): void => {
  assert.equal(session.exitCode, 0)
  assert.equal(session.result?.['is_error'], false)
  assert.match(String(session.result?.['result']), new RegExp(words))
}

/** A picture of 32 by 32 pixels, red. */
const redPicture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAIAAAD8GO2jAAAAKElEQVR4nO3NMQEAAAgDILV/51nBzwci0JmkZm7yAAAAAAAAAAAAAPizZnwBP4pdTQYAAAAASUVORK5CYII=',
  'base64',
)

const bashTurn: Case = {
  name: 'a Bash turn, with thinking that returns with its signature',
  prepare: async () => ({
    scenario: turns(
      [
        { thinking: 'I run it.' },
        { text: 'Running.' },
        { tool: 'Bash', input: { command: 'echo from-the-shell', description: 'Says a word' } },
      ],
      (request) => [{ text: `The shell said ${resultText(request).trim()}.` }],
    ),
    args: headless('run it', '--allowedTools', 'Bash'),
  }),
  check(session) {
    succeeded(session, 'The shell said from-the-shell')
    const [, assistant] = bodies(session)[1]?.messages ?? []
    // The simulator refuses a signature that is not its own.
    assert.deepEqual(
      assistant?.content.map((block) => Object.keys(block)[0]),
      ['reasoningContent', 'text', 'toolUse'],
    )
    const usage = session.result?.['usage'] as Record<string, number> | undefined
    assert.ok(Number(usage?.['cache_read_input_tokens']) > 1000, 'the second turn reads the prompt cache')
  },
}

const imageRead: Case = {
  name: 'Read of an image',
  async prepare(folder) {
    await writeFile(join(folder, 'red.png'), redPicture)
    return {
      scenario: turns([{ tool: 'Read', input: { file_path: join(folder, 'red.png') } }], (request) => [
        { text: `I see ${resultParts(request).filter((part) => 'image' in part).length} picture.` },
      ]),
      args: headless('look at red.png', '--allowedTools', 'Read'),
    }
  },
  check(session) {
    succeeded(session, 'I see 1 picture')
  },
}

const edit: Case = {
  name: 'Edit of a file with non-ASCII text',
  async prepare(folder) {
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
      args: headless('edit it', '--allowedTools', 'Read,Edit'),
    }
  },
  async check(session, folder) {
    succeeded(session, 'Edited')
    assert.equal(await readFile(join(folder, 'grüße.txt'), 'utf8'), 'Grüße, „Ωμέγα“ – Привет 👩‍💻\n')
  },
}

const parallel: Case = {
  name: 'two tools in parallel',
  prepare: async () => ({
    scenario: turns(
      [
        { text: 'Both.' },
        { tool: 'Bash', input: { command: 'echo first', description: 'Says first' } },
        { tool: 'Bash', input: { command: 'echo second', description: 'Says second' } },
      ],
      (request) => {
        // They run at the same time, and may end in either order; the client adds words of its own.
        const words = resultText(request).match(/\b(?:first|second)\b/g) ?? []
        return [{ text: `Got ${toolResults(request).length}: ${words.sort().join(' ')}.` }]
      },
    ),
    args: headless('run both', '--allowedTools', 'Bash'),
  }),
  check(session) {
    succeeded(session, 'Got 2: first second')
  },
}

const toolSearch: Case = {
  name: 'a ToolSearch turn',
  versions: ['2.1.329'],
  prepare: async () => ({
    scenario: turns([{ tool: 'ToolSearch', input: { query: 'select:WebFetch' } }], (request) => [
      {
        text: `${resultText(request).split('\n')[0]}; loaded: ${offers(request, 'WebFetch')}; placeholder: ${offers(request, 'DeferredToolPlaceholder')}`,
      },
    ]),
    args: headless('find a tool', '--allowedTools', 'ToolSearch'),
  }),
  check(session) {
    succeeded(session, 'Tool available: WebFetch; loaded: true; placeholder: false')
  },
}

const controlRequest = (id: string, request: object): string =>
  JSON.stringify({ type: 'control_request', request_id: id, request })

const title: Case = {
  name: 'a title request with a JSON schema',
  prepare: async () => ({
    scenario: ({ body }) =>
      body.outputConfig === undefined ? undefined : { content: [{ text: '{"title":"Parser login fix"}' }] },
    args: ['-p', '--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'],
    input: [
      controlRequest('1', { subtype: 'initialize' }),
      controlRequest('2', {
        subtype: 'generate_session_title',
        description: 'please fix the login bug in the parser',
        persist: false,
      }),
    ],
  }),
  check(session) {
    const answer = session.events.find(
      (event) => event.type === 'control_response' && JSON.stringify(event).includes('"request_id":"2"'),
    )
    assert.match(JSON.stringify(answer), /Parser login fix/)
    const { textFormat } = bodies(session)[0]?.outputConfig ?? {}
    assert.equal(textFormat?.type, 'json_schema')
    assert.equal(session.journal[0]?.modelId, 'claude-haiku-4.5')
  },
}

const throttledOnce = (): Scenario => {
  let isFirst = true
  return () => {
    if (!isFirst) return { content: [{ text: 'Now it works.' }] }
    isFirst = false
    return {
      error: {
        status: 429,
        type: 'ThrottlingException',
        message: 'Too many requests, please wait before trying again.',
      },
    }
  }
}

const throttled: Case = {
  name: 'a 429 that is retried',
  prepare: async () => ({ scenario: throttledOnce(), args: headless('hello'), serverFlags: ['--max-retries', '0'] }),
  check(session) {
    succeeded(session, 'Now it works')
    assert.equal(session.journal.length, 2)
  },
}

const badKey: Case = {
  name: 'a bad key',
  prepare: async () => ({ scenario: () => undefined, args: headless('hello'), acceptedKey: 'another-key' }),
  check(session) {
    assert.notEqual(session.exitCode, 0)
    assert.equal(session.result?.['is_error'], true)
    assert.match(JSON.stringify(session.events), /make sure your API Key is valid/)
    // Told to be final: not retried for minutes.
    assert.ok(session.journal.length <= 2, `${session.journal.length} requests`)
  },
}

const deadProxy: Case = {
  name: 'behind a dead proxy',
  prepare: async () => ({
    scenario: turns([{ text: 'Reached.' }]),
    args: headless('hello'),
    environment: {
      HTTP_PROXY: 'http://127.0.0.1:1',
      HTTPS_PROXY: 'http://127.0.0.1:1',
      http_proxy: 'http://127.0.0.1:1',
      https_proxy: 'http://127.0.0.1:1',
    },
  }),
  check(session) {
    succeeded(session, 'Reached')
  },
}

const longContext: Case = {
  name: 'a million tokens of context asked for',
  prepare: async () => ({
    scenario: turns([{ text: 'Wide.' }]),
    args: headless('hello'),
    model: 'claude-opus-4-6[1m]',
  }),
  check(session) {
    succeeded(session, 'Wide')
    assert.equal(session.journal[0]?.modelId, 'claude-opus-4.6')
    assert.ok(JSON.stringify(bodies(session)[0]?.additionalModelRequestFields).includes('context-1m-2025-08-07'))
  },
}

export const cases: readonly Case[] = [
  bashTurn,
  imageRead,
  edit,
  parallel,
  toolSearch,
  title,
  throttled,
  badKey,
  deadProxy,
  longContext,
]
