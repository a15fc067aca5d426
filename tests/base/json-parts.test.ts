import { expect, test } from 'bun:test'
import { createRandom } from '../../scripts/support/random.ts'
import { parseInParts, writeInParts } from '../../src/base/json-parts.ts'
import { toUnicodeJson } from '../../src/base/unicode-json.ts'

const random = createRandom(20_261_130)

const texts = ['', 'a "b" \\', ']}', '{"messages":[{', 'ä → 🎈', '\ud800 half', '\u0000', ',"x":[', 'long '.repeat(40)]

const randomValue = (depth: number): unknown => {
  const kind = random.below(depth <= 0 ? 3 : 7)
  if (kind === 0) return random.pick(texts)
  if (kind === 1) return random.pick([0, -1.5, 12_345, true, false])
  if (kind === 2) return null
  if (kind <= 4) return Array.from({ length: random.below(5) }, () => randomValue(depth - 1))
  return randomObject(depth)
}

const names = ['messages', 'tools', 'system', 'model', 'role', 'a b', 'ä', 'max_tokens']

const randomObject = (depth: number): Record<string, unknown> =>
  Object.fromEntries(Array.from({ length: random.below(6) }, () => [random.pick(names), randomValue(depth - 1)]))

const decode = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true }).decode(bytes)
const parse = (bytes: Uint8Array): unknown => JSON.parse(decode(bytes))

const createPauses = () => {
  let count = 0
  return {
    count: () => count,
    pause: async () => {
      count += 1
    },
  }
}

const conversations = 3000

test('an object that is parsed in parts is the same as one that is parsed at once', async () => {
  for (let times = 0; times < conversations; times += 1) {
    const bytes = new TextEncoder().encode(JSON.stringify(randomObject(4)))
    const { pause } = createPauses()
    const value = await parseInParts(bytes, parse, pause, 1 + random.below(60))
    expect(JSON.stringify(value)).toBe(JSON.stringify(parse(bytes)))
  }
})

test('an object that is written in parts has the same bytes as one that is written at once', async () => {
  for (let times = 0; times < conversations; times += 1) {
    const value = { ...randomObject(4), left: undefined, list: [undefined, randomValue(2)] }
    const { pause } = createPauses()
    const written = await writeInParts(value, {
      pause,
      expectedBytes: random.below(100),
      leastBytes: 1 + random.below(60),
    })
    expect(decode(written)).toBe(toUnicodeJson(value))
  }
})

test('a text that is longer than the expected size of all is written completely', async () => {
  const value = { messages: ['→'.repeat(100_000), 'short', 'ä'.repeat(70_000)] }
  const written = await writeInParts(value, { pause: createPauses().pause, expectedBytes: 10 })
  expect(decode(written)).toBe(JSON.stringify(value))
})

test('invalid JSON has the same error as at once, also in the last part', async () => {
  const long = `{"a":[${'"text",'.repeat(100)}"end"`
  for (const end of [']', '', ',]}', ']} x', ']}}', '],"b":[1,]}', ',{"c":tru}]}']) {
    const bytes = new TextEncoder().encode(long + end)
    const message = (() => {
      try {
        parse(bytes)
        return 'valid'
      } catch (error) {
        return String(error)
      }
    })()
    const inParts = await parseInParts(bytes, parse, createPauses().pause, 50).catch(String)
    expect(inParts).toBe(message)
  }
})

test('white space in place of an element is as invalid as at once', async () => {
  const space = ' '.repeat(60)
  const long = `"${'x'.repeat(60)}"`
  for (const list of [`${space},${long}`, `${long},${space},2`, `${long},2,${space}`]) {
    const bytes = new TextEncoder().encode(`{"a":[${list}]}`)
    expect(() => parse(bytes)).toThrow()
    await expect(parseInParts(bytes, parse, createPauses().pause, 50)).rejects.toThrow()
  }
  const empty = new TextEncoder().encode(`{"a":[${space}]}`)
  expect(await parseInParts(empty, parse, createPauses().pause, 50)).toEqual({ a: [] })
})

test('other work gets its turn between the parts', async () => {
  const value = { messages: Array.from({ length: 100 }, (_, index) => ({ role: 'user', content: `text ${index}` })) }
  const bytes = new TextEncoder().encode(JSON.stringify(value))
  const parsing = createPauses()
  expect(await parseInParts(bytes, parse, parsing.pause, 300)).toEqual(value)
  expect(parsing.count()).toBeGreaterThan(bytes.byteLength / 400)
  const writing = createPauses()
  await writeInParts(value, { pause: writing.pause, expectedBytes: bytes.byteLength, leastBytes: 300 })
  expect(writing.count()).toBeGreaterThan(bytes.byteLength / 400)
})
