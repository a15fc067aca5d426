import { expect, test } from 'bun:test'
import { parseExactAt } from '../../../src/base/exact-json.ts'
import type { Json } from '../../../src/base/json.ts'
import { carriedInResponses } from '../../../src/wire/openai-responses/carried.ts'

const parse = (text: string): Json => parseExactAt(text, carriedInResponses) as Json

/** Numbers that a double does not hold, or that are written in another way. */
const schema = '{"type":"object","properties":{"a":{"maximum":12345678901234567890,"default":1.0}}}'
const tools = `[{"type":"function","name":"a","parameters":${schema}},{"type":"namespace","name":"n","tools":[{"type":"function","name":"b","parameters":${schema}}]}]`

test.each([
  `{"tools":${tools}}`,
  `{"input":[{"type":"additional_tools","tools":${tools}}]}`,
  `{"input":[{"type":"tool_search_output","tools":${tools}}]}`,
  `{"input":[{"type":"function_call","arguments":${schema}}]}`,
  `{"input":[{"type":"tool_search_call","arguments":${schema}}]}`,
  `{"input":[{"type":"shell_call","action":{"timeout_ms":1.0}}]}`,
  `{"input":[{"type":"apply_patch_call","operation":{"line":1.0}}]}`,
  `{"input":[{"role":"assistant","content":[{"type":"tool_use","id":"1","name":"a","input":${schema}}]}]}`,
  `{"text":{"format":{"type":"json_schema","name":"a","schema":${schema}}}}`,
])('keeps the digits of numbers that are passed on unread: %s (OE-R16, OE-R23)', (text) => {
  expect(JSON.stringify(parse(text))).toBe(text)
})

test('reads all other numbers as numbers', () => {
  expect(parse('{"max_output_tokens":1000.0,"temperature":0.10}')).toEqual({
    max_output_tokens: 1000,
    temperature: 0.1,
  })
  for (const body of ['[1.0]', '{"tools":[1.0],"input":1.0,"text":1.0}', '{"input":[1.0,{"tools":1.0}]}'])
    expect(() => parse(body)).not.toThrow()
})
