import { expect, test } from 'bun:test'
import { findLists } from '../../src/base/json-lists.ts'

const found = (text: string): Record<string, string[]> | undefined => {
  const bytes = new TextEncoder().encode(text)
  const lists = findLists(bytes)
  if (lists === undefined) return undefined
  const textOf = (from: number, to: number): string => new TextDecoder().decode(bytes.subarray(from, to))
  return Object.fromEntries(
    [...lists].map(([name, { start, ends }]) => [
      name,
      ends.map((end, index) => textOf(index === 0 ? start + 1 : (ends[index - 1] ?? 0) + 1, end)),
    ]),
  )
}

test('the lists of an object are found with the ends of their elements', () => {
  const elements = ['{"a":[1,2],"b":"]\\"}"}', '"x, \\\\"', '-1.5e3', 'null', '[[],[{}]]', '"äöü →"']
  expect(found(`{"model":"m","messages":[${elements.join()}],"n":{"tools":[1]},"tools":[{}],"z":true}`)).toEqual({
    messages: elements,
    tools: ['{}'],
  })
  expect(found('{"empty":[]}')).toEqual({ empty: [''] })
})

test('an object in an unusual form has no lists', () => {
  const unusual = [
    '',
    '[]',
    '{"a":[1]',
    '{"a":[1]}x',
    '{ "a":[1]}',
    '{"a" :[1]}',
    '{"a":[1],"a":[2]}',
    '{"__proto__":[1]}',
    '{"\\u0061":[1]}',
    '{"a":"',
    `{"a":${'['.repeat(600)}${']'.repeat(600)}}`,
    `{"a":[${'1,'.repeat(260_000)}1]}`,
  ]
  for (const text of unusual) expect(found(text)).toBeUndefined()
})
