import { expect, test } from 'bun:test'
import { parseExactAt } from '../../../../src/base/exact-json.ts'
import { carriedInOpenAi } from '../../../../src/server/entrances/openai/carried.ts'

test('bodies of both protocols keep the digits of their schemas, also members that both have (OE-T8, OE-C50, OE-R23)', () => {
  const schema = '{"default":1.0,"nested":{"maximum":12345678901234567890}}'
  for (const text of [
    `{"messages":[],"tools":[{"type":"function","function":{"name":"a","parameters":${schema}}}]}`,
    `{"input":[],"tools":[{"type":"function","name":"a","parameters":${schema}}]}`,
    `{"tools":[{"type":"namespace","name":"n","tools":[{"name":"a","parameters":${schema}}]}]}`,
  ])
    expect(JSON.stringify(parseExactAt(text, carriedInOpenAi))).toBe(text)
})
