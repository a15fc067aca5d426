import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { isObject } from '../../src/base/json.ts'
import { toUnicodeJson } from '../../src/base/unicode-json.ts'
import { simulatedModels } from '../../src/simulator/models.ts'
import { validateRequest } from '../../src/simulator/validate-request.ts'
import { toConverseRequest } from '../../src/translate/anthropic-to-converse/request.ts'
import { noOverrides } from '../../src/translate/capabilities/overrides.ts'
import { toMessage } from '../../src/translate/converse-to-anthropic/response.ts'
import { MessagesRequest } from '../../src/wire/anthropic/request.ts'
import type { ConverseRequest } from '../../src/wire/converse/request.ts'
import type { OutputBlock } from '../../src/wire/converse/response.ts'
import { findIssue } from '../../src/wire/issue.ts'
import { anyCharacter } from '../support/any-character.ts'
import { awsPassOn } from '../support/aws.ts'
import { conversations } from '../support/conversations.ts'
import { countingIds, responseContext } from '../support/response-context.ts'
import { grammarFault } from '../support/sse.ts'
import { accumulate, messageDeltaOf, streamResponse } from '../support/stream-response.ts'
import { assistant, image, toolResult, toolUse, user, withoutPoints } from '../support/translate.ts'

// Random, but reproducible.
fc.configureGlobal({ seed: 20261121 })

const validRequest = (messages: object[], more: object = {}): MessagesRequest => {
  const request = JSON.parse(JSON.stringify({ model: 'claude-sonnet-4-6', max_tokens: 4000, messages, ...more }))
  expect(findIssue(MessagesRequest, request)).toBeUndefined()
  return request
}

/** Beyond Bedrock's limits the oldest images and documents are omitted, with their texts. */
const hasRoom = (messages: readonly object[]): boolean => {
  const count = (value: unknown, pattern: RegExp): number => JSON.stringify(value).match(pattern)?.length ?? 0
  return (
    count(messages, /"type":"(?:image|document)"/g) <= 20 &&
    messages.every((_, index) => {
      // Neighbours may become one message.
      const near = messages.slice(index, index + 5)
      return count(near, /"type":"document"/g) <= 5
    })
  )
}

/** A text document without citations is sent as bytes. */
const unpacked = (key: string, value: unknown): unknown =>
  key === 'document' && isObject(value) && value['format'] === 'txt' && isObject(value['source'])
    ? { ...value, text: Buffer.from(String(value['source']['bytes'] ?? ''), 'base64').toString() }
    : value

/** Every word of the conversation, at any position. */
const wordsIn = (value: unknown): Set<string> => new Set(JSON.stringify(value, unpacked)?.match(/w\d+·/g) ?? [])

describe('random conversations', () => {
  const body = (modelId: string, messages: object[], more: object): ConverseRequest =>
    JSON.parse(toUnicodeJson(toConverseRequest(validRequest(messages, more), { modelId, betas: [] }).body))

  for (const model of simulatedModels) {
    test(`T3 T4 B1 D5 N1 K5 become requests that Bedrock accepts, with every word in them: ${model.id}`, () => {
      fc.assert(
        fc.property(conversations, ({ system, messages, more }) => {
          fc.pre(hasRoom(messages))
          const sent = body(model.id, messages, { system, ...more })
          expect(validateRequest(sent, model)).toBeUndefined()
          expect(wordsIn({ ...sent, toolConfig: undefined })).toEqual(wordsIn({ messages, system }))
          expect(JSON.stringify(sent).isWellFormed()).toBe(true)
        }),
        { numRuns: 200 },
      )
    })
  }

  test('F1 1.10 are sent without citations, and without documents next to results, if the model does not accept them', () => {
    const [sonnet] = simulatedModels
    const overrides = { ...noOverrides, capabilities: { citations: false, documentsBesideResults: false } }
    const target = { modelId: 'claude-sonnet-4.6', betas: [], overrides }
    fc.assert(
      fc.property(conversations, ({ system, messages, more }) => {
        fc.pre(hasRoom(messages))
        const sent = toConverseRequest(validRequest(messages, { system, ...more }), target).body
        expect(
          validateRequest(JSON.parse(toUnicodeJson(sent)), { ...sonnet, citations: false } as never),
        ).toBeUndefined()
        const isMixed = sent.messages.some(
          ({ content }) =>
            content.some((block) => 'toolResult' in block) && content.some((block) => 'document' in block),
        )
        expect(isMixed).toBe(false)
      }),
      { numRuns: 100 },
    )
  })

  test("T3 AWS's own client sends them on unchanged", async () => {
    const passOn = awsPassOn()
    await fc.assert(
      fc.asyncProperty(conversations, async ({ system, messages, more }) => {
        fc.pre(hasRoom(messages))
        const sent = body('claude-sonnet-4.6', messages, { system, ...more })
        expect(await passOn(sent)).toEqual(sent)
      }),
      { numRuns: 40 },
    )
  })

  test('K12 grow only at their end, apart from the cache points', () => {
    fc.assert(
      fc.property(conversations, ({ system, messages, next, more }) => {
        fc.pre(hasRoom([...messages, ...next]))
        const bytes = (list: object[]) => {
          const { messages: sent, ...rest } = body('claude-sonnet-4.6', list, { system, ...more })
          return { turns: JSON.stringify(withoutPoints(sent)).slice(0, -1), system: withoutPoints(rest.system) }
        }
        const [shorter, longer] = [bytes(messages), bytes([...messages, ...next])]
        expect(longer.turns.startsWith(shorter.turns)).toBe(true)
        expect(longer.system).toEqual(shorter.system)
        expect(bytes(messages)).toEqual(shorter)
      }),
      { numRuns: 300 },
    )
  })
})

const pdfBlock = { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0xLjQK' } }
const textDocument = { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'words' } }

/** Media of 40 turns: images, PDFs and texts, next to the user's text or inside a tool result. */
const mediaTurn = fc.record({
  media: fc.array(fc.constantFrom('image', 'pdf', 'text'), { minLength: 1, maxLength: 2 }),
  isResult: fc.boolean(),
})

const mediaBlock = { image: image(), pdf: pdfBlock, text: textDocument } as const

/** One turn and its response. A result belongs to the use in the response before. */
const toMediaMessages = (
  { media, isResult }: { media: (keyof typeof mediaBlock)[]; isResult: boolean },
  round: number,
) => {
  const blocks = media.map((kind) => mediaBlock[kind])
  const content =
    isResult && round > 0 ? [toolResult(`t${round}`, blocks)] : [toolResult(`t${round}`), ...blocks, 'go on']
  return [user(...(round > 0 ? content : blocks)), assistant(toolUse(`t${round + 1}`))]
}

describe('long conversations with media', () => {
  test('F2 K12 40 turns with media change earlier messages in at most 6 turns', () => {
    fc.assert(
      fc.property(fc.array(mediaTurn, { minLength: 40, maxLength: 40 }), (turns) => {
        const messages = turns.flatMap(toMediaMessages)
        const sent = turns.map((_, round) => {
          const { body } = toConverseRequest(validRequest(messages.slice(0, 2 * round + 1)), {
            modelId: 'claude-sonnet-4.6',
            betas: [],
          })
          expect(validateRequest(body, simulatedModels[0] as never)).toBeUndefined()
          return body.messages.map((message) => JSON.stringify(message))
        })
        const rewritten = sent.filter((before, round) => {
          const next = sent[round + 1]
          return next !== undefined && before.some((message, index) => message !== next[index])
        })
        expect(rewritten.length).toBeLessThanOrEqual(6)
      }),
      { numRuns: 6 },
    )
  })
})

const outputText = fc.string({ unit: anyCharacter, minLength: 1, maxLength: 30 })
const span = fc.record({ documentIndex: fc.nat(2), start: fc.nat(9), end: fc.nat(9) })
const citation = fc.record({
  title: fc.constant('known'),
  sourceContent: fc.array(
    outputText.map((value) => ({ text: value })),
    { maxLength: 2 },
  ),
  location: fc.oneof(
    span.map((documentChar) => ({ documentChar })),
    span.map((documentPage) => ({ documentPage })),
    span.map((documentChunk) => ({ documentChunk })),
    fc.constant({ searchResultLocation: { searchResultIndex: 1, start: 0, end: 1 } }),
    fc.constant({}),
  ),
})
const outputBlock: fc.Arbitrary<OutputBlock> = fc.oneof(
  outputText.map((value) => ({ text: value })),
  fc
    .tuple(fc.string(), outputText)
    .map(([thought, signature]) => ({ reasoningContent: { reasoningText: { text: thought, signature } } })),
  fc.base64String({ minLength: 4 }).map((redactedContent) => ({ reasoningContent: { redactedContent } })),
  fc
    .tuple(fc.array(outputText, { minLength: 1, maxLength: 2 }), fc.array(citation, { maxLength: 2 }))
    .map(([texts, citations]) => ({
      citationsContent: { content: texts.map((value) => ({ text: value })), citations },
    })),
  fc
    .tuple(fc.uuid(), fc.object({ maxDepth: 2 }))
    .map(([toolUseId, value]) => ({ toolUse: { toolUseId, name: 'Bash', input: JSON.parse(JSON.stringify(value)) } })),
)

/** Citations requested, not requested, and enabled for a PDF. */
const replies = [
  responseContext(),
  responseContext({ joinsTexts: true }),
  responseContext({
    keepsCitations: { documents: true, searchResults: true },
    documents: [{ index: 1, title: 'Mine', isCited: true }],
  }),
  responseContext({
    keepsCitations: { documents: true, searchResults: false },
    documents: [{ index: 0, title: 'x', isCited: false }],
  }),
]

describe('random answers', () => {
  test('3.2 indices, 2 citations, 2 text, 2 reasoning, 2 redacted, 2 tool use: are complete and equal, streamed or not, with any cuts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(outputBlock, { maxLength: 5 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 300 }),
        fc.boolean(),
        fc.constantFrom(...replies),
        async (content, size, chunkBytes, metadataFirst, reply) => {
          const usage = { inputTokens: 1, outputTokens: 2, totalTokens: 3 }
          const response = { output: { message: { content } }, stopReason: 'end_turn', usage }
          const whole = toMessage(response, reply, countingIds())
          const events = await streamResponse(response, reply, { size, chunkBytes, metadataFirst })
          expect(grammarFault(events)).toBeUndefined()
          expect(accumulate(events)).toEqual(whole.content as never)
          expect(messageDeltaOf(events)).toMatchObject({ stop_reason: whole.stop_reason, stop_sequence: null })
        },
      ),
      { numRuns: 300 },
    )
  })
})
