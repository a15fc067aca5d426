import { isObject } from '../../src/base/json.ts'
import type { Random } from '../support/random.ts'

/** Makes a change in a JSON value, also changes that only JSON text can express. */

/** Raw JSON text: `"@raw<text>@"` becomes the text. */
const raw = (text: string): string => `@raw${Buffer.from(text).toString('hex')}@`
/** A duplicate of a key in the same object. */
const twin = (key: string): string => `@twin@${key}`

/** The value as JSON text, with raw text and duplicate keys. */
export const render = (value: unknown): string =>
  (JSON.stringify(value) ?? 'null')
    .replace(/"@raw([0-9a-f]*)@"/g, (_, hex: string) => Buffer.from(hex, 'hex').toString())
    .replaceAll('"@twin@', '"')

const depths = [100, 499, 501, 5000, 200_000]
const lengths = [70, 70, 300, 300, 5000, 5000, 100_000, 3_000_000]
const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'then', 'toJSON', '']
const numbers = ['0', '-0', '-1', '1.5', '1e308', '1e400', '-1e400', '9007199254740993', '2147483648', '1e-400']
const words = [
  '',
  ' ',
  '\u0000',
  '\ud800',
  '\udc00\ud800',
  '\u2028',
  '\ufeff',
  '💥',
  '../..',
  '%00',
  '{',
  '\\',
  '\u202e',
]
/** URLs that the server refuses without a request or a name lookup. */
const urls = [
  'http://127.0.0.1/',
  'https://127.0.0.1/',
  'https://[::1]/',
  'file:///etc/passwd',
  'data:,x',
  '//',
  'https:',
]
const types = [
  ...['text', 'image', 'document', 'tool_use', 'tool_result', 'thinking', 'redacted_thinking', 'search_result'],
  ...['server_tool_use', 'web_search_tool_result', 'tool_reference', 'compaction', 'container_upload', 'fallback'],
  ...['base64', 'url', 'file', 'content', 'ephemeral', 'enabled', 'adaptive', 'disabled', 'auto', 'any', 'tool'],
  ...['json_schema', 'user', 'assistant', 'system', 'custom', 'bash_20250124', 'web_search_20250305'],
]

const nested = (random: Random): string => {
  const depth = random.pick(depths)
  const [open, close] = random.pick([
    ['[', ']'],
    ['{"type":', '}'],
    ['{"properties":', '}'],
    ['[{"type":"text","text":"x","content":', '}]'],
  ] as const)
  return raw(open.repeat(depth) + (random.chance(0.5) ? '1' : '{}') + close.repeat(depth))
}

const longText = (random: Random): string =>
  random.pick(['a', '\n', ' ', '"', 'é', '💥', 'ab1 ', '<', '/*']).repeat(random.pick(lengths) / 4)

/** A random value, probably invalid at its position. */
const randomValue = (random: Random): unknown =>
  random.pick<() => unknown>([
    () => null,
    () => random.chance(0.5),
    () => raw(random.pick(numbers)),
    () => random.pick(words),
    () => random.pick(types),
    () => random.pick(urls),
    () => random.pick(names),
    () => [],
    () => ({}),
    () => [null],
    () => ({ type: random.pick(types) }),
    () => ({ type: 'url', url: random.pick(urls) }),
    () => Object.fromEntries([[random.pick(names), random.pick(words)]]),
    () => longText(random),
    () => nested(random),
  ])()

type Node = unknown[] | Record<string, unknown>
const isNode = (value: unknown): value is Node => Array.isArray(value) || isObject(value)

/** Every object and list in a value, itself first. */
const nodesIn = (value: unknown, found: Node[] = []): Node[] => {
  if (!isNode(value)) return found
  found.push(value)
  for (const inner of Object.values(value)) nodesIn(inner, found)
  return found
}

/** Sets an own member, also with a name like `__proto__`. */
const set = (node: Node, key: string, value: unknown): void => {
  Object.defineProperty(node, key, { value, enumerable: true, configurable: true, writable: true })
}

/** A deep copy without shared objects, which `structuredClone` would keep. */
const unshared = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(unshared)
  if (!isObject(value)) return value
  const copy: Record<string, unknown> = {}
  for (const [key, inner] of Object.entries(value)) set(copy, key, unshared(inner))
  return copy
}

/** In characters: larger parts are duplicated once, not hundreds of times. */
const large = 20_000

const copiesOf = (part: unknown, random: Random): number =>
  (JSON.stringify(part)?.length ?? 0) > large ? 1 : random.pick([2, 25, 300])

const mutateList = (list: unknown[], random: Random): void => {
  const at = random.below(list.length)
  random.pick<() => unknown>([
    () => list.splice(at, 1),
    () => list.splice(at, 0, structuredClone(list[at])),
    () => list.splice(at, 0, randomValue(random)),
    () => list.splice(at, 1, randomValue(random)),
    () => list.reverse(),
    () => list.push(...Array.from({ length: copiesOf(list[at], random) }, () => list[at])),
    () => list.splice(random.below(list.length), 0, ...list.splice(at, 1)),
  ])()
}

const mutateObject = (object: Record<string, unknown>, random: Random, elsewhere: unknown): void => {
  const key = random.pick(Object.keys(object))
  const value = object[key]
  random.pick<() => unknown>([
    () => delete object[key],
    () => set(object, key, randomValue(random)),
    () => set(object, key, randomValue(random)),
    () => set(object, key, [value]),
    () => set(object, key, { [key]: value }),
    () => set(object, key, structuredClone(elsewhere)),
    () => set(object, key, typeof value === 'string' ? value + random.pick(words) : JSON.stringify(value)),
    () => set(object, key, typeof value === 'number' ? raw(random.pick(numbers)) : randomValue(random)),
    () => set(object, twin(key), randomValue(random)),
    () => set(object, random.pick(names), randomValue(random)),
    () => set(object, 'type', random.pick(types)),
    () => set(object, 'cache_control', random.pick<unknown>([null, {}, { type: 'ephemeral', ttl: '1h' }, []])),
  ])()
}

/** In characters: larger values are not changed further, because copies double them. */
const enough = 1_000_000

/** A copy with this number of changes. */
export const mutateJson = (given: unknown, random: Random, changes: number): unknown => {
  const box = { value: unshared(given) }
  for (let change = 0; change < changes; change += 1) {
    const nodes = nodesIn(box.value)
    const node = random.pick(nodes)
    if (node === undefined) {
      box.value = randomValue(random)
    } else if (Object.keys(node).length === 0) {
      if (Array.isArray(node)) node.push(randomValue(random))
      else set(node, random.pick([...names, 'type', 'text']), randomValue(random))
    } else if (Array.isArray(node)) mutateList(node, random)
    else mutateObject(node, random, random.pick(nodes))
    if (changes > 1 && JSON.stringify(box.value).length > enough) break
    box.value = unshared(box.value)
  }
  return box.value
}

/** Smaller variants, the smallest first: each lacks one part, or has one text cut in half. */
export function* smallerJson(value: unknown): Generator<unknown> {
  const places = nodesIn(value)
  for (const index of places.keys()) {
    const size = Object.keys(places[index] ?? {}).length
    for (let at = 0; at < size; at += 1) {
      const copy = structuredClone(value)
      const node = nodesIn(copy)[index]
      const key = Object.keys(node ?? {})[at] ?? ''
      if (Array.isArray(node)) node.splice(at, 1)
      else if (node !== undefined) delete node[key]
      yield copy
    }
  }
  for (const index of places.keys()) {
    for (const [key, inner] of Object.entries(places[index] ?? {})) {
      if (typeof inner !== 'string' || inner.length < 16 || inner.startsWith('@raw')) continue
      const copy = structuredClone(value)
      set(nodesIn(copy)[index] as Node, key, inner.slice(0, inner.length >> 1))
      yield copy
    }
  }
}
