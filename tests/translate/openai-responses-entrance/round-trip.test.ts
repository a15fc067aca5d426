import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { assertNever } from '../../../src/base/assert-never.ts'
import type { Json } from '../../../src/base/json.ts'
import { isBlank } from '../../../src/messages/blank.ts'
import { messageToResponse } from '../../../src/translate/openai-responses-entrance/response.ts'
import type { Message, ResponseBlock } from '../../../src/wire/anthropic/response.ts'
import { randomMessages } from '../../support/random-answers.ts'
import { clock, identity } from '../../support/responses-answer.ts'
import { translateResponses } from '../../support/responses-request.ts'

/** The answer of one request is the history of the next. */

const schema = { type: 'object', properties: {} }
const tools: readonly Json[] = [
  { type: 'function', name: 'exec', parameters: schema },
  { type: 'custom', name: 'apply' },
  { type: 'namespace', name: 'mcp__probe', tools: [{ type: 'function', name: 'add', parameters: schema }] },
  { type: 'namespace', name: 'functions', tools: [{ type: 'custom', name: 'exec' }] },
]
const functions = ['exec', 'mcp__probe__add']
const customs = ['apply', 'functions__exec']

const question: Json = { type: 'message', role: 'user', content: 'hello' }

const isCall = ({ type }: Json): boolean => type === 'function_call' || type === 'custom_tool_call'

/** The message as the next request has it. */
const returned = (message: Message): Json[] => {
  const options = { modelId: 'claude-sonnet-4.6' }
  const { plan } = translateResponses({ input: [question], tools }, options)
  const { output } = messageToResponse(message, plan, identity, clock)
  const items = JSON.parse(JSON.stringify(output)) as Json[]
  const outputs = items
    .filter(isCall)
    .map(({ type, call_id }) => ({ type: `${String(type).replace(/_call$/, '_call')}_output`, call_id, output: 'ok' }))
  const { request, notes } = translateResponses({ input: [question, ...items, ...outputs, question], tools }, options)
  expect(notes.filter((note) => !/thinking at the end|a web search without its results/.test(note))).toEqual([])
  return request.messages.flatMap(({ role, content }) => (role === 'assistant' ? (content as unknown as Json[]) : []))
}

const isThinking = ({ type }: Json): boolean => type === 'thinking' || type === 'redacted_thinking'

/**
 * The blocks that the model reads again: without blank texts, without searches that have no result, and without thinking
 * that nothing follows.
 */
const expected = (content: readonly ResponseBlock[]): Json[] => {
  const results = new Set(
    content.flatMap((block) => (block.type === 'web_search_tool_result' ? block.tool_use_id : [])),
  )
  const blocks = content.flatMap((block): Json[] => {
    switch (block.type) {
      case 'text':
        return isBlank(block.text) ? [] : [{ type: 'text', text: block.text }]
      case 'tool_use': {
        const { type, id, name, input } = block
        const text = customs.includes(name) ? (input as Json)['input'] : undefined
        return [{ type, id, name, input: text === undefined ? input : { input: text } }]
      }
      case 'thinking':
      case 'redacted_thinking':
      case 'web_search_tool_result':
        return [block as unknown as Json]
      case 'server_tool_use':
        return results.has(block.id) ? [block as unknown as Json] : []
      default:
        return assertNever(block)
    }
  })
  return blocks.slice(0, blocks.findLastIndex((block) => !isThinking(block)) + 1)
}

describe('an answer comes back in the next request', () => {
  const messages = randomMessages([...functions, ...customs])
    // Refusals are texts of ours.
    .map((message): Message => ({ ...message, stop_reason: 'end_turn', stop_details: null }))
    .filter(({ content }) =>
      content.every(
        (block) =>
          block.type !== 'tool_use' ||
          functions.includes(block.name) ||
          typeof (block.input as Json)['input'] === 'string',
      ),
    )

  test('with every block of thinking and every call byte for byte, in the same order (OE-R43, OE-P3)', () => {
    fc.assert(
      fc.property(messages, (message) => {
        const blocks = returned(message)
        expect(JSON.stringify(blocks, withoutMarkers)).toBe(JSON.stringify(expected(message.content)))
      }),
      { numRuns: 500 },
    )
  })
})

const withoutMarkers = (key: string, value: unknown): unknown => (key === 'cache_control' ? undefined : value)
