import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Reply, ReplyBlock, Scenario } from '../../../src/simulator/reply.ts'
import { resultTextOf } from '../../../src/simulator/request-view.ts'
import { bodies, type Case } from '../case.ts'
import { assertGrowing, isConversation, turns } from '../conversation.ts'
import { nexus, openAi, type UpstreamRow } from '../openai-upstreams.ts'
import {
  errorsIn,
  lastTextIn,
  type OpenCodePackage,
  openCodeConfiguration,
  openCodePrompt,
  openCodeSays,
} from '../opencode.ts'

/** opencode with its packages for Chat Completions and for Responses (OE-P5). */

export const opencode = (name: string, test: Omit<Case, 'name' | 'client'>): Case => ({
  name: `opencode: ${name}`,
  client: 'opencode',
  ...test,
})

const launch = (npm: OpenCodePackage) => ({ launch: 'opencode', configuration: openCodeConfiguration(npm) }) as const

/** A call of opencode's shell tool. */
export const bash = (command: string): ReplyBlock => ({ tool: 'bash', input: { command, description: 'Runs it' } })

const smallModel = 'claude-haiku-4.5'

const chat = '@ai-sdk/openai-compatible'
const responses = '@ai-sdk/openai'

/** Chat Completions has no place for signatures: the server remembers the thinking. */
const thinking = (npm: OpenCodePackage): Case =>
  opencode(`a tool turn with thinking that comes back, and a title, by ${npm}`, {
    setup: () => ({
      ...launch(npm),
      scenario: turns([{ thinking: 'I run it.' }, { text: 'Running.' }, bash('echo from-the-shell')], (request) => [
        { text: `The shell said ${resultTextOf(request).trim()}.` },
      ]),
    }),
    async play(session) {
      openCodeSays(
        await session.headless(openCodePrompt('run it', '--variant', 'high')),
        'The shell said from-the-shell',
      )
      const conversation = bodies(session).filter(isConversation)
      assert.deepEqual(
        conversation[1]?.messages[1]?.content
          .flatMap((block) => Object.keys(block)[0])
          .filter((kind) => kind !== 'cachePoint'),
        ['reasoningContent', 'text', 'toolUse'],
      )
      assertGrowing(conversation)
      const others = session.journal.filter(({ modelId }) => modelId === smallModel)
      assert.equal(others.length, 1)
    },
  })

const write = (upstream: UpstreamRow, npm: OpenCodePackage): Case =>
  opencode(`a file is written, by ${npm} over ${upstream.name}`, {
    setup: (folder) => ({
      ...launch(npm),
      ...upstream.setup(
        turns<unknown>(
          [
            { text: 'Writing.' },
            { tool: 'write', input: { filePath: join(folder, 'grüße.txt'), content: 'Ωμέγα 🎉\n' } },
          ],
          [{ text: 'Written.' }],
        ),
      ),
    }),
    async play(session) {
      openCodeSays(await session.headless(openCodePrompt('write it')), 'Written')
      assert.equal(await readFile(join(session.folder, 'grüße.txt'), 'utf8'), 'Ωμέγα 🎉\n')
    },
  })

/** A picture of one pixel. */
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

const image = (npm: OpenCodePackage): Case =>
  opencode(`an image in the prompt, by ${npm}`, {
    async setup(folder) {
      await writeFile(join(folder, 'pixel.png'), Buffer.from(pixel, 'base64'))
      return { ...launch(npm), scenario: turns([{ text: 'I see it.' }]) }
    },
    async play(session) {
      openCodeSays(await session.headless(openCodePrompt('what is this?', '--file=pixel.png', '--')), 'I see it')
      assert.ok(JSON.stringify(bodies(session).find(isConversation)).includes(pixel), 'the image is not there')
    },
  })

const summary = 'One step was taken, none is left.'

/** The second request does not fit. The request for a summary has no tools; after it, the task goes on. */
const narrowWindow: Scenario = ({ modelId, texts, tools, assistantTurns }): Reply | undefined => {
  if (modelId === smallModel) return undefined
  if (texts.some((text) => text.includes(summary))) return { content: [{ text: 'The task is finished.' }] }
  if (tools.length === 0) return { content: [{ text: summary }] }
  if (assistantTurns === 0) return { content: [{ text: 'Next.' }, bash('echo one step')] }
  return { error: { status: 400, type: 'ValidationException', message: 'Input is too long for requested model.' } }
}

const overflow = (npm: OpenCodePackage): Case =>
  opencode(`a summary after an overflow, by ${npm}`, {
    setup: () => ({ ...launch(npm), scenario: narrowWindow }),
    async play(session) {
      const run = await session.headless(openCodePrompt('take all steps'))
      assert.deepEqual(errorsIn(run), ['ContextOverflowError'])
      assert.equal(lastTextIn(run), 'The task is finished.')
      assert.equal(session.journal.filter(({ status }) => status === 400).length, 1)
    },
  })

const waitSeconds = 2

const throttledOnce = (): Scenario => {
  let isFirst = true
  return (request) => {
    if (!isConversation(request.body)) return undefined
    if (!isFirst) return { content: [{ text: 'Now it works.' }] }
    isFirst = false
    const headers = { 'retry-after': String(waitSeconds) }
    return { error: { status: 429, type: 'ThrottlingException', message: 'Too many requests.', headers } }
  }
}

const throttled = (npm: OpenCodePackage): Case =>
  opencode(`waits for the retry-after of a 429, by ${npm}`, {
    setup: () => ({ ...launch(npm), scenario: throttledOnce(), serverFlags: ['--max-retries', '0'] }),
    async play(session) {
      const started = performance.now()
      openCodeSays(await session.headless(openCodePrompt('hello')), 'Now it works')
      assert.equal(session.journal.filter(({ status }) => status === 429).length, 1)
      assert.ok(performance.now() - started > waitSeconds * 1000, 'it did not wait')
    },
  })

export const openCodeCases: readonly Case[] = [
  ...([chat, responses] as const).flatMap((npm) => [thinking(npm), overflow(npm), image(npm)]),
  throttled(chat),
  ...[nexus, openAi].map((upstream) => write(upstream, chat)),
  write(openAi, responses),
]
