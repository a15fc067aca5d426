import { isObject } from './json.ts'
import { type FoundList, findLists } from './json-lists.ts'
import { toUnicodeJson } from './unicode-json.ts'

/** Parses and writes large JSON objects in parts, so that the streams of other requests go on in between. */

/** Resolves after the other work that waits. */
export type Pause = () => Promise<void>

/** A session of more than 600,000 tokens. A smaller body is parsed and written at once: parts cost some copies. */
export const largeBytes = 2.5 * 1024 * 1024
/** Bytes of a part, at least. To parse or write one takes 5 to 10 ms. */
const usualPart = 512 * 1024

const utf8 = new TextEncoder()

type Parse = (bytes: Uint8Array) => unknown
type Lists = Record<string, readonly unknown[]>

/** Where the parts of a list end: after elements, and not close to each other. */
const partsOf = ({ start, ends }: FoundList, leastBytes: number): number[] => {
  const parts: number[] = []
  let from = start
  for (const end of ends) {
    if (end - from < leastBytes) continue
    parts.push(end)
    from = end
  }
  return parts
}

interface Parsing {
  readonly parse: Parse
  readonly pause: Pause
  readonly leastBytes: number
}

/** The first elements of a list, without those after the last part. */
const parseList = async (
  bytes: Uint8Array,
  [name, list]: readonly [string, FoundList],
  { parse, pause, leastBytes }: Parsing,
): Promise<unknown[]> => {
  const elements: unknown[] = []
  let from = list.start + 1
  for (const end of partsOf(list, leastBytes)) {
    const part = [utf8.encode(`{"${name}":[`), bytes.subarray(from, end), utf8.encode(']}')]
    const found = (parse(Buffer.concat(part)) as Lists)[name] ?? []
    // White space in place of an element is an empty list here, but invalid where it came from.
    if (found.length === 0) throw new SyntaxError('An element is empty')
    for (const element of found) elements.push(element)
    // Behind the comma.
    from = end + 1
    await pause()
  }
  return elements
}

const zero = utf8.encode('0')

const parseParts = async (
  bytes: Uint8Array,
  lists: ReadonlyMap<string, FoundList>,
  parsing: Parsing,
): Promise<unknown> => {
  const parsed = new Map<string, unknown[]>()
  const rest: Uint8Array[] = []
  let copied = 0
  for (const list of lists) {
    const [name, { start, ends }] = list
    const elements = await parseList(bytes, list, parsing)
    if (elements.length === 0) continue
    parsed.set(name, elements)
    rest.push(bytes.subarray(copied, start + 1), zero)
    copied = ends[elements.length - 1] ?? start
  }
  const value = parsing.parse(Buffer.concat([...rest, bytes.subarray(copied)])) as Lists
  for (const [name, elements] of parsed) value[name] = elements.concat((value[name] ?? []).slice(1))
  return value
}

/**
 * `parse` gets objects with one list each, whose elements are some of that list, and at the end the whole object with a 0
 * in their place: that is valid JSON exactly if the whole is. It gets all bytes if they are invalid or have an unusual
 * form. Rejects with what it throws for all bytes.
 */
export const parseInParts = async (
  bytes: Uint8Array,
  parse: Parse,
  pause: Pause,
  leastBytes = usualPart,
): Promise<unknown> => {
  const lists = findLists(bytes)
  await pause()
  const value = lists && (await parseParts(bytes, lists, { parse, pause, leastBytes }).catch(() => undefined))
  await pause()
  return value ?? parse(bytes)
}

/** A longer text is encoded alone, because room for it would have to be three times as long. */
const shortText = 64 * 1024

/** Collects text as UTF-8 in one buffer: to join pieces would copy them once more. */
class TextBuffer {
  #buffer: Uint8Array
  #length = 0

  constructor(expectedBytes: number) {
    this.#buffer = new Uint8Array(expectedBytes)
  }

  get length(): number {
    return this.#length
  }

  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length)
  }

  add(text: string): void {
    if (text.length > shortText) {
      const encoded = utf8.encode(text)
      this.#makeRoom(encoded.byteLength)
      this.#buffer.set(encoded, this.#length)
      this.#length += encoded.byteLength
      return
    }
    // UTF-8 has at most three bytes for a character of JavaScript.
    this.#makeRoom(3 * text.length)
    this.#length += utf8.encodeInto(text, this.#buffer.subarray(this.#length)).written
  }

  #makeRoom(bytes: number): void {
    const needed = this.#length + bytes
    if (needed <= this.#buffer.byteLength) return
    const larger = new Uint8Array(Math.max(needed, 2 * this.#buffer.byteLength))
    larger.set(this.bytes)
    this.#buffer = larger
  }
}

interface WriteOptions {
  readonly pause: Pause
  /** How long the text will be, about. */
  readonly expectedBytes: number
  /** Of a part. */
  readonly leastBytes?: number
}

/** The bytes of `toUnicodeJson(value)`, with a pause before each part. Lists are split: the value's, and its members'. */
export const writeInParts = async (
  value: object,
  { pause, expectedBytes, leastBytes = usualPart }: WriteOptions,
): Promise<Uint8Array> => {
  const text = new TextBuffer(expectedBytes + shortText)
  const writeList = async (elements: readonly unknown[]): Promise<void> => {
    let partStart = text.length
    text.add('[')
    for (const [index, element] of elements.entries()) {
      // A list has null in place of an undefined element.
      text.add(`${index === 0 ? '' : ','}${toUnicodeJson(element ?? null)}`)
      if (text.length - partStart < leastBytes) continue
      partStart = text.length
      await pause()
    }
    text.add(']')
  }
  const writeObject = async (object: object, isMember: boolean): Promise<void> => {
    const members = Object.entries(object).filter(([, member]) => member !== undefined)
    text.add('{')
    for (const [index, [name, member]] of members.entries()) {
      text.add(`${index === 0 ? '' : ','}${toUnicodeJson(name)}:`)
      if (Array.isArray(member)) await writeList(member)
      else if (!isMember && isObject(member)) await writeObject(member, true)
      else text.add(toUnicodeJson(member))
    }
    text.add('}')
  }
  await pause()
  await writeObject(value, false)
  return text.bytes
}
