import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Json } from '../../../src/base/json.ts'
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
import { openAiFixture, openAiFixtureNames } from '../../support/openai-fixtures.ts'
import {
  conversationModel,
  type ResponsesConversation,
  responsesConversations,
} from '../../support/responses-conversations.ts'
import { translateResponses } from '../../support/responses-request.ts'

// Random, and the same every time.
fc.configureGlobal({ seed: 20261129 })

const translated = (input: readonly Json[], tools: readonly Json[]) =>
  translateResponses(JSON.parse(JSON.stringify({ input, tools })) as Json, { modelId: conversationModel })

const blocksOf = ({ content }: InputMessage): readonly ContentBlock[] => content as ContentBlock[]

const usesIn = (message: InputMessage | undefined) =>
  message === undefined ? [] : blocksOf(message).flatMap((block) => (block.type === 'tool_use' ? [block] : []))

const resultsIn = (message: InputMessage): string[] =>
  blocksOf(message).flatMap((block) => (block.type === 'tool_result' ? [block.tool_use_id] : []))

const isThinking = ({ type }: ContentBlock): boolean => type === 'thinking' || type === 'redacted_thinking'

/** Every word of the conversation outside of thinking, also in the texts of tools. */
const wordsIn = (value: unknown): Set<string> => new Set(JSON.stringify(value).match(/w\d+·/g) ?? [])

const withoutMarkers = (value: unknown): string =>
  JSON.stringify(value, (key, inner: unknown) => (key === 'cache_control' ? undefined : inner))

/** What a longer conversation must leave unchanged. */
const prefixOf = ({ system, messages, tools }: MessagesRequest) => ({
  // The last turn may get more blocks.
  turns: withoutMarkers(messages).replace(/\]\}\]$/, ''),
  system: withoutMarkers(system ?? []),
  tools: withoutMarkers(tools ?? []),
})

/** Bedrock takes at most this many images in a request. */
const hasRoom = ({ input }: ResponsesConversation): boolean =>
  (JSON.stringify(input).match(/"type":"input_image"/g)?.length ?? 0) <= 15

describe('random conversations of Responses', () => {
  test('keep every word outside of thinking (OE-R15, OE-R16, OE-R17, OE-R18, OE-R20)', () => {
    fc.assert(
      fc.property(responsesConversations, ({ input, tools }) => {
        expect(wordsIn(translated(input, tools).request)).toEqual(
          new Set([...wordsIn(input.filter(({ type }) => type !== 'reasoning')), ...thoughtsIn(input, tools)]),
        )
      }),
      { numRuns: 300 },
    )
  })

  const thoughtsIn = (input: readonly Json[], tools: readonly Json[]): Set<string> =>
    wordsIn(translated(input, tools).request.messages.flatMap(blocksOf).filter(isThinking))

  test('have unique calls, each with its result directly after it, and one turn for an answer (OE-R16, OE-R17, OE-P3)', () => {
    fc.assert(
      fc.property(responsesConversations, ({ input, next, tools }) => {
        const { messages } = translated([...input, ...next], tools).request
        const ids = messages.flatMap(usesIn).map(({ id }) => id)
        expect(new Set(ids).size).toBe(ids.length)
        for (const id of ids) expect(id).toMatch(/^[a-zA-Z0-9_-]+$/)
        for (const [index, message] of messages.entries()) {
          expect(resultsIn(message)).toEqual(usesIn(messages[index - 1]).map(({ id }) => id))
          expect(message.role).not.toBe(messages[index - 1]?.role as never)
        }
      }),
      { numRuns: 300 },
    )
  })

  test('have one name for each tool, and the name gives back namespace and kind (OE-R22, OE-R24)', () => {
    fc.assert(
      fc.property(responsesConversations, ({ input, tools }) => {
        const { request, plan } = translated(input, tools)
        const calls = input.filter(
          ({ type }) => /^(?!tool_search_output)\w+_call$/.test(String(type)) && type !== 'web_search_call',
        )
        const uses = request.messages.flatMap(usesIn)
        expect(uses).toHaveLength(calls.length)
        for (const [index, { type, name, namespace }] of calls.entries()) {
          const identity = plan.tools.get(uses[index]?.name ?? '')
          const kind = String(type).replace(/_call$/, '')
          expect(identity).toMatchObject({ name: name ?? kind })
          expect(identity?.namespace).toBe(namespace as string | undefined)
          if (name === undefined) expect(identity?.kind).toBe(kind as 'shell')
        }
        const sent = (request.tools ?? []).map((tool) => tool.name)
        expect(new Set(sent).size).toBe(sent.length)
      }),
      { numRuns: 300 },
    )
  })

  test('grow only at their end, and the same body gives the same bytes (OE-C53, OE-C73)', () => {
    fc.assert(
      fc.property(responsesConversations, ({ input, next, tools }) => {
        const shorter = prefixOf(translated(input, tools).request)
        const longer = prefixOf(translated([...input, ...next], tools).request)
        expect(longer.turns.startsWith(shorter.turns)).toBe(true)
        expect(longer.system).toBe(shorter.system)
        // A search for tools adds some.
        if (!next.some(({ type }) => type === 'tool_search_output')) expect(longer.tools).toBe(shorter.tools)
        expect(prefixOf(translated(input, tools).request)).toEqual(shorter)
      }),
      { numRuns: 300 },
    )
  })
})

type Validate = (request: MessagesRequest) => void

const anthropicCatalog = { models: apiModels, isAnyModelServed: false }

const anthropicValidators = apiModels.map(({ id }): [string, Validate] => [
  `${id} of Anthropic`,
  (sent) => {
    const { request, betas } = toAcceptedRequest(sent, id, [], createNotes())
    const body: unknown = JSON.parse(toUnicodeJson({ ...request, model: id }))
    expect(validateBody(MessagesBody, body, anthropicCatalog, betas)).not.toHaveProperty('refusal')
  },
])

const bedrockValidators = simulatedModels.map((model): [string, Validate] => [
  `${model.id} of Bedrock`,
  (request) => {
    const { body } = toConverseRequest(request, { modelId: model.id, betas: [] })
    expect(validateRequest(JSON.parse(toUnicodeJson(body)), model)).toBeUndefined()
  },
])

const chatValidators = chatJudges.map(({ name, judge }): [string, Validate] => [
  `the OpenAI-compatible server ${name}`,
  (request) => expect(judge(request)).not.toHaveProperty('refusal'),
])

const recorded = openAiFixtureNames.filter((name) => Array.isArray(openAiFixture(name).body['input']))

describe('every upstream accepts what clients send', () => {
  test.each([...anthropicValidators, ...bedrockValidators, ...chatValidators])('%s (OE-P3, OE-P6)', (_, validate) => {
    fc.assert(
      fc.property(responsesConversations, (conversation) => {
        fc.pre(hasRoom(conversation))
        validate(translated(conversation.input, conversation.tools).request)
      }),
      { numRuns: 30 },
    )
    for (const name of recorded) validate(translateResponses(openAiFixture(name).body).request)
  })
})

describe('recorded requests', () => {
  test('there are recorded requests of Codex, opencode and Cursor (OE-P6)', () => {
    expect(recorded.length).toBeGreaterThan(10)
  })

  test.each(['codex', 'codex-catalog', 'codex-gpt-6', 'codex-tools', 'opencode-responses'])(
    'the second request of %s begins with the bytes of the first (OE-C73, OE-P6)',
    (client) => {
      const [first, second] = ['first', 'second'].map((which) =>
        prefixOf(
          translateResponses(openAiFixture(`${client}-${which}`).body, { modelId: 'claude-sonnet-4-6' }).request,
        ),
      )
      expect(second?.turns.startsWith(first?.turns ?? '-')).toBe(true)
      expect(second?.turns.length).toBeGreaterThan(first?.turns.length ?? 0)
      expect(second?.system).toBe(first?.system ?? '-')
      expect(second?.tools).toBe(first?.tools ?? '-')
    },
  )

  test.each(recorded)('%s: the metadata of the client does not reach the request (OE-R12)', (name) => {
    const { body } = openAiFixture(name)
    const { request } = translateResponses(body)
    const ids = JSON.stringify([body['client_metadata'], body['prompt_cache_key']]).match(/[0-9a-f-]{36}/g) ?? []
    for (const id of ids) expect(JSON.stringify(request).includes(id)).toBe(false)
    expect(JSON.stringify(request.messages).includes('"status"')).toBe(false)
  })
})
