import { expect, test } from 'bun:test'
import { modelHint } from '../../../../src/server/entrances/anthropic/model-hint.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

test('the model of a forwarded request is read at its beginning (OP-L14)', () => {
  expect(modelHint(bytes('{"model":"claude-opus-4-8","max_tokens":1}'))).toBe('claude-opus-4-8')
  expect(modelHint(bytes('{ "max_tokens": 1,\n "model" : "x" }'))).toBe('x')
  expect(modelHint(bytes('{"messages":[{"role":"user","content":"\\"model\\":\\"y\\""}],"model":"x"}'))).toBe('x')
  expect(modelHint(bytes(`{"messages":"${'a'.repeat(2000)}","model":"x"}`))).toBe('')
  expect(modelHint(bytes('{"model":"é'))).toBe('')
  expect(modelHint(new ReadableStream())).toBe('')
  expect(modelHint(undefined)).toBe('')
})
