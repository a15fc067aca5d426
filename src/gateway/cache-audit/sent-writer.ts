import type { ContentHash } from '../../runtime/content-hash.ts'
import { HashWriter } from './hash-writer.ts'
import { isLong, type SharedHashes } from './shared-hashes.ts'

/** The member with the content of an image or a file. */
const contentMember = 'bytes'
/** An image or a page costs about as many tokens as this number of characters. */
const mediaCharacters = 6000

/** Hashes the blocks that are sent. */
export class SentWriter {
  readonly #hash: ContentHash
  readonly #writer: HashWriter
  #shared: SharedHashes | undefined
  #kind = ''

  constructor(hash: ContentHash) {
    this.#hash = hash
    this.#writer = new HashWriter(hash)
  }

  /** The first member of the last block, which names its kind. */
  get kind(): string {
    return this.#kind
  }

  /** Characters of the last block. */
  get size(): number {
    return this.#writer.size
  }

  /** The hash of a block that continues `before`; `place` differs between turns. */
  write(block: object, before: bigint | undefined, place: number, shared?: SharedHashes): bigint {
    this.#shared = shared
    this.#kind = ''
    this.#writer.start(before).number(place)
    this.#object(block)
    return this.#writer.finish()
  }

  #object(value: object): void {
    const members = value as Readonly<Record<string, unknown>>
    this.#writer.openObject()
    for (const name in members) {
      const member = members[name]
      if (member === undefined) continue
      if (this.#kind === '') this.#kind = name
      this.#writer.name(name)
      if (typeof member === 'string') this.#text(member, name === contentMember)
      else this.#value(member)
    }
    this.#writer.close()
  }

  #value(value: unknown): void {
    if (typeof value === 'string') this.#text(value, false)
    else if (typeof value !== 'object' || value === null) this.#writer.scalar(value)
    else if (Array.isArray(value)) {
      this.#writer.openArray()
      for (const item of value) this.#value(item)
      this.#writer.close()
    } else this.#object(value)
  }

  #text(text: string, isContent: boolean): void {
    if (!isLong(text)) {
      this.#writer.text(text)
      return
    }
    const size = isContent ? Math.min(text.length, mediaCharacters) : text.length
    this.#writer.hash(this.#shared?.hash(text, this.#hash) ?? this.#hash.text(text), size)
  }
}
