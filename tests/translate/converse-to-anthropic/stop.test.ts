import { describe, expect, test } from 'bun:test'
import { toMessage } from '../../../src/translate/converse-to-anthropic/response.ts'
import type { OutputBlock } from '../../../src/wire/converse/response.ts'
import { countingIds, responseContext } from '../../support/response-context.ts'
import { messageDeltaOf, streamResponse } from '../../support/stream-response.ts'

/** Clients run tools depending on the stop reason: it must agree with the content, complete or streamed. */

const text: OutputBlock = { text: 'Nothing to run.' }
const blank: OutputBlock = { text: '' }
const thinking: OutputBlock = { reasoningContent: { reasoningText: { text: 'hm', signature: 's' } } }
const tool: OutputBlock = { toolUse: { toolUseId: 't1', name: 'T', input: {} } }
const serverTool: OutputBlock = { toolUse: { toolUseId: 's1', name: 'search', input: {}, type: 'server_tool_use' } }

const withoutTool: Record<string, OutputBlock[]> = {
  nothing: [],
  'an empty text': [blank],
  'a text': [text],
  'thinking alone': [thinking],
  'a tool that the upstream runs': [text, serverTool],
}
const withTool: Record<string, OutputBlock[]> = {
  'a tool': [tool],
  'thinking, a text and a tool': [thinking, text, tool],
  'a tool and a text': [tool, text],
  'a tool next to one that the upstream runs': [serverTool, tool],
}

const ends = async (content: OutputBlock[], stopReason: string | undefined, members = {}): Promise<unknown[]> => {
  const response = { output: { message: { content } }, ...(stopReason !== undefined && { stopReason }) }
  const reply = responseContext(members)
  const { stop_reason, stop_sequence } = toMessage(response, reply, countingIds())
  return [{ stop_reason, stop_sequence }, messageDeltaOf(await streamResponse(response, reply))]
}

const wholeAndStreamed = (stop_reason: string, stop_sequence: string | null = null): unknown[] => {
  const stop = { stop_reason, stop_sequence }
  return [stop, expect.objectContaining(stop)]
}

describe('F4 a stop for tools needs a tool', () => {
  for (const [name, content] of Object.entries(withoutTool)) {
    test.each([
      ['tool_use', 'end_turn'],
      ['end_turn', 'end_turn'],
      [undefined, 'end_turn'],
      ['a_later_one', 'end_turn'],
      ['max_tokens', 'max_tokens'],
      ['model_context_window_exceeded', 'model_context_window_exceeded'],
      ['content_filtered', 'refusal'],
      ['guardrail_intervened', 'refusal'],
    ])(`F4 2 stop reasons: ${name}, stopped by %p, is %p`, async (stopReason, expected) => {
      expect(await ends(content, stopReason)).toEqual(wholeAndStreamed(expected))
    })
  }
})

describe('F4 a tool that may be run has a stop for tools', () => {
  for (const [name, content] of Object.entries(withTool)) {
    test.each([
      ['tool_use', 'tool_use'],
      ['end_turn', 'tool_use'],
      [undefined, 'tool_use'],
      ['a_later_one', 'tool_use'],
      // The response was cut, perhaps within the input of its last tool: the client must know.
      ['max_tokens', 'max_tokens'],
      ['model_context_window_exceeded', 'model_context_window_exceeded'],
      ['content_filtered', 'refusal'],
      ['guardrail_intervened', 'refusal'],
    ])(`F4 2 tool use by end_turn: ${name}, stopped by %p, is %p`, async (stopReason, expected) => {
      expect(await ends(content, stopReason)).toEqual(wholeAndStreamed(expected))
    })
  }

  test('F4 2 stop sequence: is also named in a response with a tool', async () => {
    expect(await ends([text, tool], 'stop_sequence', { stopSequences: ['END'] })).toEqual(
      wholeAndStreamed('stop_sequence', 'END'),
    )
  })

  test('F4 1.1 max_tokens: a response to max_tokens 0 stays cut', async () => {
    expect(await ends([tool], 'tool_use', { isPrewarm: true })).toEqual(wholeAndStreamed('max_tokens'))
  })
})

describe('F4 a tool whose input was cut', () => {
  const half: OutputBlock = { toolUse: { toolUseId: 't2', name: 'T', input: '{"a":' } }
  const whole = (content: OutputBlock[], stopReason: string) =>
    toMessage({ output: { message: { content } }, stopReason }, responseContext(), countingIds())

  test.each([
    'max_tokens',
    'stop_sequence',
    'model_context_window_exceeded',
    'content_filtered',
    'guardrail_intervened',
  ])('F4 2 tool use: by %s is left out of a whole answer, which keeps the rest', (stopReason) => {
    const { content, stop_reason } = whole([text, tool, half], stopReason)
    expect(content.map(({ type }) => type)).toEqual(['text', 'tool_use'])
    expect(stop_reason).not.toBe('tool_use')
  })

  test.each(['malformed_tool_use', 'malformed_model_output'])(
    'F4 2 malformed: by %s leaves the text, and a stop without tools',
    (stopReason) => {
      const { content, stop_reason } = whole([text, tool, half], stopReason)
      expect([content.map(({ type }) => type), stop_reason]).toEqual([['text'], 'end_turn'])
    },
  )

  test.each(['tool_use', 'end_turn'])(
    'F4 2 malformed: without a reason for it (%s) is malformed output',
    (stopReason) => {
      expect(() => whole([text, half], stopReason)).toThrow('malformed output')
    },
  )
})
