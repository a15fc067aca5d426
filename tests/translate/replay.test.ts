import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { GatewayError } from '../../src/base/errors.ts'
import { redact, sign } from '../../src/simulator/signature.ts'
import { toMessage } from '../../src/translate/converse-to-anthropic/response.ts'
import type { ResponseContext } from '../../src/translate/converse-to-anthropic/response-context.ts'
import type { Message } from '../../src/wire/anthropic/response.ts'
import type { ConverseResponse, OutputBlock } from '../../src/wire/converse/response.ts'
import { anyCharacter } from '../support/any-character.ts'
import { countingIds } from '../support/response-context.ts'
import { grammarFault } from '../support/sse.ts'
import { accumulate, messageDeltaOf, streamResponse } from '../support/stream-response.ts'
import { assistant, tool, toolResult, translate, user, validBody } from '../support/translate.ts'

/** Clients send each response back as history, with the results of its tools: that must be accepted. */

fc.configureGlobal({ seed: 20261129 })

const any = fc.string({ unit: anyCharacter, maxLength: 80 })
const text = fc.oneof({ weight: 3, arbitrary: any }, fc.constantFrom('', ' ', '\n\t', 'Found.'))
const id = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('lookup', 'lookup-2', '', 'functions.T:0', 'functions-T-0', 'tooluse') },
  fc.uuid().map((random) => `tooluse_${random}`),
  any,
)
const name = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('Bash', 'Read', '', 'functions.Bash', `mcp__${'server'.repeat(20)}`) },
  any,
)
const input = fc.oneof(
  fc.object({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value))),
  fc.constantFrom(null, '', '{"a":1}'),
)
const citation = fc.record({
  title: any,
  sourceContent: fc.array(fc.record({ text: any }), { maxLength: 2 }),
  location: fc.constantFrom(
    { documentChar: { documentIndex: 0, start: 0, end: 3 } },
    { documentPage: { documentIndex: 0, start: 1, end: 2 } },
    { searchResultLocation: { searchResultIndex: 0, start: 0, end: 1 } },
    { web: { url: 'https://w.example' } },
    {},
  ),
})

const block: fc.Arbitrary<OutputBlock> = fc.oneof(
  { weight: 2, arbitrary: text.map((words) => ({ text: words })) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(id, name, input, fc.constantFrom('tool_use', 'tool_use', 'server_tool_use'))
      .map(([toolUseId, called, given, type]) => ({ toolUse: { toolUseId, name: called, input: given, type } })),
  },
  any.map((thought) => ({ reasoningContent: { reasoningText: { text: thought, signature: sign(thought) } } })),
  fc
    .string({ minLength: 1 })
    .map((thought) => ({ reasoningContent: { reasoningText: { text: thought, signature: '' } } })),
  fc.oneof(any.map(redact), fc.constant('')).map((redactedContent) => ({ reasoningContent: { redactedContent } })),
  fc.tuple(fc.array(text, { maxLength: 2 }), fc.array(citation, { maxLength: 2 })).map(([texts, citations]) => ({
    citationsContent: { content: texts.map((words) => ({ text: words })), citations },
  })),
)

const stopReason = fc.constantFrom(
  'end_turn',
  'tool_use',
  'max_tokens',
  'stop_sequence',
  'model_context_window_exceeded',
  'content_filtered',
  'guardrail_intervened',
  'malformed_tool_use',
  'malformed_model_output',
  'a_later_one',
)

const answer: fc.Arbitrary<ConverseResponse> = fc
  .tuple(fc.array(block, { maxLength: 5 }), stopReason)
  .map(([content, reason]) => ({ output: { message: { content } }, stopReason: reason }))

const document = (more: object): object => ({
  type: 'document',
  source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0xLjQKJSVFT0YK' },
  ...more,
})
/** Without citations, with those that a PDF needs, with those that the client requests. */
const questions = [
  user('Look.'),
  user('Look.', document({})),
  user('Look.', document({ citations: { enabled: true } })),
]

const tools = [tool('Bash'), tool('Read')]

/** What a client sends after a response. */
const turnsAfter = ({ content }: Message): object[] => {
  const results = content.flatMap((said) => (said.type === 'tool_use' ? [toolResult(said.id)] : []))
  return [assistant(...content), user(...results, 'Go on.')].map((turn) => JSON.parse(JSON.stringify(turn)))
}

/** Undefined for a response of only malformed output, which the client requests again. */
const whole = (response: ConverseResponse, reply: ResponseContext): Message | undefined => {
  try {
    return toMessage(response, reply, countingIds())
  } catch (error) {
    expect(error).toBeInstanceOf(GatewayError)
    expect(response.stopReason).toStartWith('malformed')
    return undefined
  }
}

describe('F5 responses sent back as history', () => {
  test('F5 2 tool use, 3.3 shapes: are accepted with their results, and are the same complete and streamed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...questions),
        fc.array(answer, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 40 }),
        async (question, answers, size) => {
          const messages = [question]
          for (const response of answers) {
            const { responseContext: reply } = translate({ messages, tools })
            const message = whole(response, reply)
            if (message === undefined) continue
            // A tool that was sent cannot be withdrawn: such a stream ends in an error.
            if (!response.stopReason?.startsWith('malformed')) {
              const events = await streamResponse(response, reply, { size })
              expect(grammarFault(events)).toBeUndefined()
              expect(accumulate(events)).toEqual(message.content as never)
              expect(messageDeltaOf(events)).toMatchObject({ stop_reason: message.stop_reason })
            }
            messages.push(...turnsAfter(message))
          }
          validBody({ messages, tools })
        },
      ),
      { numRuns: 250 },
    )
  })

  test('F5 2 tool use: have ids that Anthropic accepts, too', () => {
    fc.assert(
      fc.property(fc.array(answer, { minLength: 1, maxLength: 4 }), (answers) => {
        const messages = [user('Look.')]
        const ids: string[] = []
        for (const response of answers) {
          const message = whole(response, translate({ messages, tools }).responseContext)
          if (message === undefined) continue
          for (const said of message.content) if (said.type === 'tool_use') ids.push(said.id)
          messages.push(...turnsAfter(message))
        }
        for (const made of ids) expect(made).toMatch(/^[a-zA-Z0-9_-]{1,64}$/)
        expect(new Set(ids).size).toBe(ids.length)
      }),
      { numRuns: 150 },
    )
  })

  test('F5 K12: do not change the bytes of earlier turns', () => {
    fc.assert(
      fc.property(fc.array(answer, { minLength: 1, maxLength: 3 }), (answers) => {
        const messages = [user('Look.')]
        let before = JSON.stringify(translate({ messages, tools }).body.messages).slice(0, -1)
        for (const response of answers) {
          const message = whole(response, translate({ messages, tools }).responseContext)
          if (message === undefined) continue
          messages.push(...turnsAfter(message))
          const sent = JSON.stringify(translate({ messages, tools }).body.messages)
          // Two user turns become one if nothing is left of the response between them.
          expect(sent.startsWith(before.slice(0, -2))).toBe(true)
          before = sent.slice(0, -1)
        }
      }),
      { numRuns: 100 },
    )
  })
})
