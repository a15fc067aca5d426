import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Reply, ReplyBlock, Scenario, SimulatedRequest } from '../../../src/simulator/reply.ts'
import { bodies, type Case, prompt, succeeded } from '../case.ts'
import { bash, isConversation } from '../conversation.ts'

/**
 * Refusals that only the client can do something about: it mends its request by their words, the newer
 * one by the class that stands in front of them, and the session goes on.
 */

type Body = SimulatedRequest['body']

interface Refusal {
  /** What the simulated Nexus says, in Bedrock's words. */
  readonly words: string
  /** The model's first turn. */
  readonly first: readonly ReplyBlock[]
  /** Whether a request has what the model refuses. */
  readonly isRefused: (body: Body) => boolean
}

const holds = (body: Body, kind: string): boolean => JSON.stringify(body.messages).includes(`{"${kind}":`)
const hasResult = (body: Body): boolean => holds(body, 'toolResult')

/** The model works once, then refuses what it is told to refuse, and ends when that is gone. */
const refusing =
  ({ words, first, isRefused }: Refusal): Scenario =>
  ({ body }): Reply | undefined => {
    if (!isConversation(body)) return undefined
    if (isRefused(body)) return { error: { status: 400, type: 'ValidationException', message: words } }
    return { content: hasResult(body) || body.messages.length > 1 ? [{ text: 'It goes on.' }] : [...first] }
  }

const byModel = (words: string): string => `The model returned the following errors: ${words}`

const recovery = (name: string, refusal: Refusal): Case => ({
  name: `a refusal that the client mends: ${name}`,
  setup: () => ({ scenario: refusing(refusal) }),
  async play(session) {
    const run = await session.headless(prompt('work', '--allowedTools', 'Bash,Read'))
    succeeded(run, 'It goes on')
    const requests = bodies(session).filter(isConversation)
    assert.ok(requests.some(refusal.isRefused), 'it was never refused')
    const last = requests.at(-1)
    assert.ok(last && !refusal.isRefused(last), 'the last request still has it')
  },
})

/** A picture of one pixel: the client passes it on as it is. */
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

/** Here the client ends the turn, says so, and takes its media out of those that follow. */
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

/** Above what the client asks for by itself. */
const roomForOutput = 20_000

export const recoveryCases: readonly Case[] = [
  recovery('a signature that is not taken', {
    words: byModel('messages.1.content.0: Invalid `signature` in `thinking` block'),
    first: [{ thinking: 'I run it.' }, { text: 'Running.' }, bash('echo done')],
    isRefused: (body) => holds(body, 'reasoningContent'),
  }),
  recovery('no room for so long an answer', {
    words: byModel(
      'input length and `max_tokens` exceed context limit: 179000 + 32000 > 200000, decrease input length or `max_tokens` and try again',
    ),
    first: [{ text: 'It goes on.' }],
    isRefused: (body) => (body.inferenceConfig?.maxTokens ?? 0) > roomForOutput,
  }),
  picture(
    'a picture that cannot be read',
    byModel('messages.2.content.0.image.source.base64: Could not process image'),
  ),
  tooMuchMedia,
]
