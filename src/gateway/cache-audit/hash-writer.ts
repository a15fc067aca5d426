import type { ContentHash } from '../../runtime/content-hash.ts'

/** Words of 64 bits that are hashed at once. */
const capacity = 1024
const bytesPerWord = 8

/** Kinds of values: no two different values give the same texts and numbers. */
const mark = {
  object: 1,
  array: 2,
  end: 3,
  true: 4,
  false: 5,
  null: 6,
  number: 7,
  other: 8,
  text: 9,
  hash: 10,
  name: 11,
} as const

/** Names that most blocks have: to look up a number is faster than to hash the name. */
const usualNames = [
  ...['text', 'toolUse', 'toolUseId', 'name', 'input', 'toolResult', 'content', 'status', 'type', 'image', 'document'],
  ...[
    'tool_use',
    'tool_result',
    'thinking',
    'reasoningContent',
    'reasoningText',
    'signature',
    'source',
    'bytes',
    'format',
  ],
]
const nameNumbers: ReadonlyMap<string, number> = new Map(
  usualNames.map((name, index) => [name, mark.name + index] as const),
)

/**
 * Makes one hash of the parts of a value. Texts are hashed as they are, each continuing the one before: to write a value
 * as JSON first takes ten times as long. Everything else is collected as numbers, and hashed at the end.
 */
export class HashWriter {
  /** Characters of the texts since the start. */
  size = 0
  readonly #hash: ContentHash
  readonly #words = new BigUint64Array(capacity)
  readonly #numbers = new Float64Array(this.#words.buffer)
  /** The first words as bytes, by their number: to create a view takes longer than to hash it. */
  readonly #views: Uint8Array[] = []
  #count = 0
  /** Of the texts so far. */
  #texts: bigint | undefined

  constructor(hash: ContentHash) {
    this.#hash = hash
  }

  /** Starts a hash, which continues `before`, if there is one. */
  start(before?: bigint): this {
    this.size = 0
    this.#texts = before
    this.#count = 0
    return this
  }

  text(text: string): this {
    this.size += text.length
    this.#texts = this.#hash.text(text, this.#texts)
    return this.number(mark.text)
  }

  /** A hash of this number of characters. */
  hash(hash: bigint, size: number): this {
    this.size += size
    this.number(mark.hash)
    if (this.#count === capacity) this.#fold()
    this.#words[this.#count] = hash
    this.#count += 1
    return this
  }

  number(number: number): this {
    if (this.#count === capacity) this.#fold()
    this.#numbers[this.#count] = number
    this.#count += 1
    return this
  }

  /** The name of a member or a type. */
  name(name: string): this {
    const number = nameNumbers.get(name)
    return number === undefined ? this.text(name) : this.number(number)
  }

  openObject(): this {
    return this.number(mark.object)
  }

  openArray(): this {
    return this.number(mark.array)
  }

  close(): this {
    return this.number(mark.end)
  }

  /** Anything but an object or an array. */
  scalar(value: unknown): this {
    if (typeof value === 'string') return this.text(value)
    if (typeof value === 'number') return this.number(mark.number).number(value)
    if (typeof value === 'boolean') return this.number(value ? mark.true : mark.false)
    return this.number(value === null ? mark.null : mark.other)
  }

  finish(): bigint {
    const count = this.#count
    this.#views[count] ??= new Uint8Array(this.#words.buffer, 0, count * bytesPerWord)
    return this.#hash.bytes(this.#views[count], this.#texts)
  }

  #fold(): void {
    this.#texts = this.finish()
    this.#count = 0
  }
}

/** Any JSON. The order of members counts; members without a value do not exist in JSON. */
export const writeValue = (writer: HashWriter, value: unknown, without?: string): HashWriter => {
  if (typeof value !== 'object' || value === null) return writer.scalar(value)
  if (Array.isArray(value)) {
    writer.openArray()
    for (const item of value) writeValue(writer, item)
    return writer.close()
  }
  writer.openObject()
  const members = value as Readonly<Record<string, unknown>>
  for (const name in members) {
    const member = members[name]
    if (member !== undefined && name !== without) writeValue(writer.name(name), member)
  }
  return writer.close()
}

/** A block or a tool of the client, without its cache marker. */
export const writeUnmarked = (writer: HashWriter, block: object): HashWriter =>
  writeValue(writer, block, 'cache_control')
