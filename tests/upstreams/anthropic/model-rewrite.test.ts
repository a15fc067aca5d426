import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { rewriteModel } from '../../../src/upstreams/anthropic/model-rewrite.ts'

const modelMap = new Map([
  ['opus', 'claude-opus-4-6'],
  ['a"b\\', 'quoted "x"'],
  ['ü', 'umlaut'],
])

const rewritten = (text: string, map: ReadonlyMap<string, string> = modelMap): string =>
  Buffer.from(rewriteModel(Buffer.from(text), map)).toString()

describe('the name of the model', () => {
  test.each([
    ['{"model":"opus"}', '{"model":"claude-opus-4-6"}'],
    [
      ' \n{ "a" : 1 ,\t"model"\r\n: "opus" , "b":[] } \n',
      ' \n{ "a" : 1 ,\t"model"\r\n: "claude-opus-4-6" , "b":[] } \n',
    ],
    ['{"model":"opus","x":1,"model":"opus"}', '{"model":"opus","x":1,"model":"claude-opus-4-6"}'],
    ['{"model":"other","model":"opus"}', '{"model":"other","model":"claude-opus-4-6"}'],
    ['{"mod\\u0065l":"op\\u0075s"}', '{"mod\\u0065l":"claude-opus-4-6"}'],
    ['{"model":"a\\"b\\\\"}', '{"model":"quoted \\"x\\""}'],
    ['{"model":"ü","after":"ü"}', '{"model":"umlaut","after":"ü"}'],
    ['{"x":"\\\\","model":"opus"}', '{"x":"\\\\","model":"claude-opus-4-6"}'],
    ['{"x":"\\"}","model":"opus"}', '{"x":"\\"}","model":"claude-opus-4-6"}'],
  ])('is replaced in place: %s (AU-N7)', (text, expected) => {
    expect(rewritten(text)).toBe(expected)
  })

  test.each([
    '{"model":"Opus"}',
    '{"model":"opus","model":"other"}',
    '{"model":"opus","model":1}',
    '{"mod\\u0065l\\u0065":"opus"}',
    '{"model":"opus "}',
    '{"model":"opus-4"}',
    '{"model":["opus"]}',
    '{"model":{"model":"opus"}}',
    '{"messages":[{"role":"user","content":"\\"model\\":\\"opus\\""}]}',
    '{"tools":[{"input_schema":{"properties":{"model":"opus"}}}]}',
    '{"metadata":{"model":"opus"},"x":[{"model":"opus"}]}',
    '["model","opus"]',
    '"model"',
    'model: opus',
    '',
    '{"model"',
    '{"model":"opus',
    '{"a":"\\',
    '{model:"opus"}',
  ])('stays, with every other byte: %s (AU-N7)', (text) => {
    expect(rewritten(text)).toBe(text)
  })

  test('is not looked for without a map (AU-N7)', () => {
    const body = Buffer.from('{"model":"opus"}')
    expect(rewriteModel(body, new Map())).toBe(body)
  })

  test('is the only change to any JSON (AU-N7)', () => {
    const name = fc.constantFrom('opus', 'ü', 'a"b\\', 'other')
    const members = fc.tuple(
      fc.dictionary(fc.string(), fc.jsonValue()),
      name,
      fc.dictionary(fc.string(), fc.jsonValue()),
    )
    fc.assert(
      fc.property(members, fc.constantFrom(0, 2), ([before, model, after], indent) => {
        const request = { ...before, model, ...after, nested: { model: 'opus' } }
        const text = JSON.stringify(request, null, indent)
        const expected =
          typeof request.model === 'string' ? (modelMap.get(request.model) ?? request.model) : request.model
        expect(rewritten(text)).toBe(JSON.stringify({ ...request, model: expected }, null, indent))
      }),
      { numRuns: 1000 },
    )
  })

  test('any bytes are kept or rewritten without an error (AU-N7)', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(Buffer.compare(rewriteModel(bytes, new Map([['\0', 'x']])), bytes)).toBe(0)
      }),
    )
  })
})
