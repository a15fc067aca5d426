import { expect, test } from 'bun:test'
import { parseExactAt } from '../../../src/base/exact-json.ts'
import type { Json } from '../../../src/base/json.ts'
import { carriedInCompletion } from '../../../src/wire/openai-chat/carried.ts'

const parse = (text: string): Json => parseExactAt(text, carriedInCompletion) as Json

/** Numbers that a double does not hold, or that are written in another way. */
const schema = '{"type":"object","properties":{"a":{"maximum":12345678901234567890,"default":1.0}}}'

test.each([
  `{"tools":[{"type":"function","function":{"name":"a","parameters":${schema}}}]}`,
  `{"tools":[{"type":"function","name":"a","parameters":${schema}},{"name":"b","input_schema":${schema}}]}`,
  `{"functions":[{"name":"a","parameters":${schema}}]}`,
  `{"response_format":{"type":"json_schema","json_schema":{"name":"a","schema":${schema}}}}`,
  `{"messages":[{"role":"assistant","tool_calls":[{"id":"1","function":{"name":"a","arguments":${schema}}}]}]}`,
  `{"messages":[{"role":"assistant","function_call":{"name":"a","arguments":${schema}}}]}`,
  `{"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"1","name":"a","input":${schema}}]}]}`,
])('keeps the digits of numbers that are passed on unread: %s (OE-C50, OE-C34)', (text) => {
  expect(JSON.stringify(parse(text))).toBe(text)
})

test('reads all other numbers as numbers', () => {
  expect(parse('{"max_tokens":1000.0,"temperature":0.10}')).toEqual({ max_tokens: 1000, temperature: 0.1 })
  for (const body of ['[1.0]', '{"tools":[1.0],"messages":1.0,"response_format":1.0}']) {
    expect(() => parse(body)).not.toThrow()
  }
})
