import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { isObject, type Json } from '../../../src/base/json.ts'
import { toUnicodeJson } from '../../../src/base/unicode-json.ts'
import { createNotes } from '../../../src/messages/notes.ts'
import { apiModels } from '../../../src/simulator/anthropic/models.ts'
import { MessagesBody } from '../../../src/simulator/anthropic/request-schema.ts'
import { validateBody } from '../../../src/simulator/anthropic/validate-request.ts'
import { simulatedModels } from '../../../src/simulator/models.ts'
import { validateRequest } from '../../../src/simulator/validate-request.ts'
import { toAcceptedRequest } from '../../../src/translate/anthropic-to-anthropic/request.ts'
import { toConverseRequest } from '../../../src/translate/anthropic-to-converse/request.ts'
import type { ContentBlock } from '../../../src/wire/anthropic/content.ts'
import type { InputMessage, MessagesRequest } from '../../../src/wire/anthropic/request.ts'
import { chatJudges } from '../../support/chat-judges.ts'
import { translateCompletion } from '../../support/openai-chat-entrance.ts'
import { openAiContext } from '../../support/openai-context.ts'
import { type OpenAiConversation, openAiConversations } from '../../support/openai-conversations.ts'

// Random, and the same every time.
fc.configureGlobal({ seed: 20261129 })

/** Tokens: every simulated model gives longer answers. */
const smallestMaximum = 4000

/** `modelId`: the model that the request's name stands for. */
const requestOf = (
  { messages, members }: Omit<OpenAiConversation, 'next'>,
  modelId = 'claude-sonnet-4.6',
): MessagesRequest =>
  translateCompletion(
    JSON.parse(JSON.stringify({ ...members, messages })) as object,
    openAiContext({ modelId, maxOutputTokens: smallestMaximum }),
  ).request

const blocksOf = ({ content }: InputMessage): readonly ContentBlock[] => content as ContentBlock[]

/** Every word of the conversation, also in the bytes of files. */
const wordsIn = (value: unknown): Set<string> => {
  const json = JSON.stringify(value)
  const files = json.match(/text\/plain;base64,[^"]*/g) ?? []
  const decoded = files.map((file) => Buffer.from(file.slice('text/plain;base64,'.length), 'base64').toString())
  return new Set([json, ...decoded].flatMap((text) => text.match(/w\d+·/g) ?? []))
}

/** Joined from entries that cut it. */
const thinkingIn = (messages: readonly object[]): string[] =>
  messages.flatMap((message) => {
    const details = (message as Json)['reasoning_details']
    if (!Array.isArray(details)) return []
    const texts = new Map<number, string>()
    for (const { index, text } of details) texts.set(index, (texts.get(index) ?? '') + text)
    return [...texts.values()]
  })

const withoutMarkers = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutMarkers)
  if (!isObject(value)) return value
  const { cache_control: _control, ...rest } = value
  return Object.fromEntries(Object.entries(rest).map(([name, inner]) => [name, withoutMarkers(inner)]))
}

/** The results that must follow a message. */
const callsIn = (message: InputMessage | undefined): string[] =>
  message === undefined ? [] : blocksOf(message).flatMap((block) => (block.type === 'tool_use' ? [block.id] : []))

const resultsIn = (message: InputMessage | undefined): string[] =>
  message === undefined
    ? []
    : blocksOf(message).flatMap((block) => (block.type === 'tool_result' ? [block.tool_use_id] : []))

/** Bedrock takes at most this many images and documents in a request. */
const hasRoom = ({ messages, next }: OpenAiConversation): boolean =>
  (JSON.stringify([messages, next]).match(/"type":"(?:image|image_url|file)"/g)?.length ?? 0) <= 5

describe('random histories of Chat Completions', () => {
  test('keep every word, and thinking with signatures byte for byte (OE-C63, OE-P3)', () => {
    fc.assert(
      fc.property(openAiConversations, ({ messages, members }) => {
        const request = requestOf({ messages, members })
        const texts = thinkingIn(JSON.parse(JSON.stringify(messages)) as object[])
        const words = new Set([...wordsIn(messages), ...texts.map((text) => text.slice(0, text.indexOf('·') + 1))])
        expect(wordsIn({ ...request, metadata: undefined })).toEqual(words)
        const kept = request.messages
          .flatMap(blocksOf)
          .flatMap((block) => (block.type === 'thinking' ? [block.thinking] : []))
        for (const text of texts) expect(kept).toContain(text)
      }),
      { numRuns: 300 },
    )
  })

  test('have unique calls, each with its result directly after it, in the order of the calls (OE-C36, OE-C39, OE-P3)', () => {
    fc.assert(
      fc.property(openAiConversations, ({ messages, next, members }) => {
        const request = requestOf({ messages: [...messages, ...next], members })
        const calls = request.messages.flatMap(callsIn)
        expect(new Set(calls).size).toBe(calls.length)
        for (const id of calls) expect(id).toMatch(/^[a-zA-Z0-9_-]+$/)
        for (const [index, message] of request.messages.entries()) {
          const results = resultsIn(message)
          expect(results).toEqual(callsIn(request.messages[index - 1]))
          expect(
            blocksOf(message)
              .slice(0, results.length)
              .every(({ type }) => type === 'tool_result'),
          ).toBe(true)
          expect(message.role).not.toBe(request.messages[index - 1]?.role as never)
        }
      }),
      { numRuns: 300 },
    )
  })

  test('grow only at their end, and the same body gives the same bytes (OE-C53, OE-C73)', () => {
    fc.assert(
      fc.property(openAiConversations, ({ messages, next, members }) => {
        const bytes = (list: object[]) => {
          const { messages: turns, system, tools } = requestOf({ messages: list, members })
          const prefix = JSON.stringify(withoutMarkers([tools ?? [], system ?? []]))
          return { turns: JSON.stringify(withoutMarkers(turns)), prefix }
        }
        const shorter = bytes(messages)
        const longer = bytes([...messages, ...next])
        expect(longer.turns.startsWith(shorter.turns.slice(0, -1))).toBe(true)
        expect(longer.prefix).toEqual(shorter.prefix)
        expect(bytes(messages)).toEqual(shorter)
      }),
      { numRuns: 300 },
    )
  })
})

describe('every upstream accepts random requests', () => {
  const catalog = { models: apiModels, isAnyModelServed: false }
  test.each(apiModels.map(({ id }) => id))('%s of Anthropic (OE-P3)', (model) => {
    fc.assert(
      fc.property(openAiConversations, (conversation) => {
        const accepted = toAcceptedRequest({ ...requestOf(conversation, model), model }, model, [], createNotes())
        const body: unknown = JSON.parse(toUnicodeJson(accepted.request))
        expect(validateBody(MessagesBody, body, catalog, accepted.betas)).not.toHaveProperty('refusal')
      }),
      { numRuns: 100 },
    )
  })

  test.each(simulatedModels.map((model) => [model.id, model] as const))('%s of Bedrock (OE-P3)', (modelId, model) => {
    fc.assert(
      fc.property(openAiConversations, (conversation) => {
        fc.pre(hasRoom(conversation))
        const { body } = toConverseRequest(requestOf(conversation, modelId), { modelId, betas: [] })
        expect(validateRequest(JSON.parse(toUnicodeJson(body)), model)).toBeUndefined()
      }),
      { numRuns: 100 },
    )
  })

  test.each(chatJudges)('the OpenAI-compatible server $name (OE-P3)', ({ modelId, judge }) => {
    fc.assert(
      fc.property(openAiConversations, (conversation) => {
        expect(judge(requestOf(conversation, modelId))).not.toHaveProperty('refusal')
      }),
      { numRuns: 30 },
    )
  })
})
