import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Reply, ReplyBlock, Scenario, SimulatedRequest } from '../../../src/simulator/reply.ts'
import { bodies, type Case, prompt, succeeded } from '../case.ts'
import { bash, isConversation } from '../conversation.ts'

/**
 * Refusals that only the client can handle: it changes its request according to the message (newer clients: according
 * to the class at its start), and the session continues.
 */

type Body = SimulatedRequest['body']

interface Refusal {
  /** The message of the simulated Nexus, in Bedrock's words. */
  readonly words: string
  /** The model's first turn. */
  readonly first: readonly ReplyBlock[]
  /** Whether the model refuses a request. */
  readonly isRefused: (body: Body) => boolean
}

const holds = (body: Body, kind: string): boolean => JSON.stringify(body.messages).includes(`{"${kind}":`)
const hasResult = (body: Body): boolean => holds(body, 'toolResult')

/** The model answers with `first`, refuses requests by `isRefused`, and finishes after a valid one. */
const refusing =
  ({ words, first, isRefused }: Refusal): Scenario =>
  ({ body }): Reply | undefined => {
    if (!isConversation(body)) return undefined
    if (isRefused(body)) return { error: { status: 400, type: 'ValidationException', message: words } }
    return { content: hasResult(body) || body.messages.length > 1 ? [{ text: 'It goes on.' }] : [...first] }
  }

const byModel = (words: string): string => `The model returned the following errors: ${words}`

const recovery = (name: string, refusal: Refusal): Case => ({
  name: `a refusal that the client handles: ${name}`,
  setup: () => ({ scenario: refusing(refusal) }),
  async play(session) {
    const run = await session.headless(prompt('work', '--allowedTools', 'Bash,Read'))
    succeeded(run, 'It goes on')
    const requests = bodies(session).filter(isConversation)
    assert.ok(requests.some(refusal.isRefused), 'no request was refused')
    const last = requests.at(-1)
    assert.ok(last && !refusal.isRefused(last), 'the last request still has the refused part')
  },
})

/** A picture of one pixel, which the client sends unchanged. */
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

const picture = (name: string, words: string): Case => ({
  ...recovery(name, { words, first: [], isRefused: (body) => holds(body, 'image') }),
  async setup(folder) {
    const file = join(folder, 'pixel.png')
    await writeFile(file, pixel)
    const first = [{ tool: 'Read', input: { file_path: file } }]
    return { scenario: refusing({ words, first, isRefused: (body) => holds(body, 'image') }) }
  },
})

/** Here the client ends the turn with a message, and removes the media from later requests. */
const tooMuchMedia: Case = {
  ...picture('too many pictures', byModel('too many images and documents: 21 + 0 > 20')),
  async play(session) {
    const refused = await session.headless(prompt('work', '--allowedTools', 'Read'))
    assert.equal(refused.result?.['is_error'], true)
    const sameSession = ['--resume', String(refused.result?.['session_id'])]
    succeeded(await session.headless(prompt('go on', ...sameSession)), 'It goes on')
    assert.ok(!holds(bodies(session).at(-1) as Body, 'image'), 'the picture is still there')
  },
}

/** More than the client requests by default. */
const outputTokens = 20_000

export const recoveryCases: readonly Case[] = [
  recovery('an invalid signature', {
    words: byModel('messages.1.content.0: Invalid `signature` in `thinking` block'),
    first: [{ thinking: 'I run it.' }, { text: 'Running.' }, bash('echo done')],
    isRefused: (body) => holds(body, 'reasoningContent'),
  }),
  recovery('an output limit above the context window', {
    words: byModel(
      'input length and `max_tokens` exceed context limit: 179000 + 32000 > 200000, decrease input length or `max_tokens` and try again',
    ),
    first: [{ text: 'It goes on.' }],
    isRefused: (body) => (body.inferenceConfig?.maxTokens ?? 0) > outputTokens,
  }),
  picture('an unreadable picture', byModel('messages.2.content.0.image.source.base64: Could not process image')),
  tooMuchMedia,
]
