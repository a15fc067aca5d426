import { createSseDecoder, type SseEvent } from './decode.ts'

export interface EventScannerOptions {
  /** Beginnings of the names of the wanted events. */
  readonly names: readonly string[]
  /** Of one event, in bytes. */
  readonly maximumEventBytes: number
  readonly onEvent: (event: SseEvent) => void
  /** An event above the limit is left out. Gets the member of `names` that it matches. */
  readonly onTooLarge: (name: string) => void
}

const lineFeed = 10
const carriageReturn = 13

/** Buffer's search for bytes, which also works on plain bytes. A search for a string takes four times as long. */
const positionOf = (bytes: Uint8Array, wanted: Buffer, from: number): number =>
  Buffer.prototype.indexOf.call(bytes, wanted, from)

/** Compares `length` bytes. */
const isAt = (bytes: Uint8Array, position: number, wanted: Uint8Array, length: number): boolean => {
  for (let index = 0; index < length; index += 1) if (bytes[position + index] !== wanted[index]) return false
  return true
}

/** Servers write one of these in front of each name: the space is optional. */
const fields = ['event: ', 'event:'] as const
type Field = (typeof fields)[number]

/** The first line of a wanted event, without its end. */
interface FirstLine {
  readonly field: Field
  readonly name: string
  readonly bytes: Buffer
  readonly afterLineFeed: Buffer
  /** In the current chunk; -1 before the search. */
  position: number
}

const toFirstLine = (field: Field, name: string): FirstLine => {
  const bytes = Buffer.from(`${field}${name}`)
  return { field, name, bytes, afterLineFeed: Buffer.concat([Buffer.of(lineFeed), bytes]), position: -1 }
}

/** Finds the ends of events, which may begin in an earlier chunk. */
const createEndSearch = () => {
  /** Bytes of the current line in earlier chunks, and the last of them. */
  let earlier = 0
  let last = 0
  /** Returns the position after the event's blank line; -1 if the event goes on. */
  return (bytes: Uint8Array, from: number): number => {
    let start = from
    for (let end = bytes.indexOf(lineFeed, start); end !== -1; end = bytes.indexOf(lineFeed, start)) {
      const length = earlier + end - start
      const beforeEnd = end > start ? bytes[end - 1] : last
      earlier = 0
      start = end + 1
      if (length === 0 || (length === 1 && beforeEnd === carriageReturn)) return start
    }
    earlier += bytes.length - start
    last = bytes.at(-1) ?? last
    return -1
  }
}

const nothing = Buffer.alloc(0)

/**
 * Finds a few kinds of events in a stream that is forwarded unchanged. Searches for their first lines, and decodes only
 * these events: any other event of a large chunk costs 10 ns. `createSseDecoder` reads every line of any stream; this
 * needs lines that end in LF or CRLF, and `event: NAME` or `event:NAME` as the first line of each event.
 */
export class EventScanner {
  readonly #options: EventScannerOptions
  /** Of both fields, until the first event shows which one this server writes. */
  #lines: readonly FirstLine[]
  readonly #longest: number
  readonly #endOf = createEndSearch()
  #decoder = createSseDecoder()
  /** The start of a line at the end of the last chunk, which may become a first line. */
  #begun: Uint8Array = nothing
  #isLineStart = true
  /** The wanted event whose end has not arrived, and its bytes so far. */
  #name: string | undefined
  #size = 0

  constructor(options: EventScannerOptions) {
    this.#options = options
    this.#lines = fields.flatMap((field) => options.names.map((name) => toFirstLine(field, name)))
    this.#longest = Math.max(...this.#lines.map(({ bytes }) => bytes.length))
  }

  /** Calls `onEvent` for each wanted event that these bytes complete. */
  push(chunk: Uint8Array): void {
    const bytes = this.#begun.length === 0 ? chunk : Buffer.concat([this.#begun, chunk])
    this.#begun = nothing
    for (const line of this.#lines) line.position = -1
    let position = 0
    if (this.#name === undefined) position = this.#find(bytes, position)
    while (this.#name !== undefined && position !== -1) {
      position = this.#read(bytes, position, this.#name)
      if (position !== -1) position = this.#find(bytes, position)
    }
  }

  /** Returns the position of the next wanted event; -1 if there is none. */
  #find(bytes: Uint8Array, from: number): number {
    const here = this.#isLineStart ? this.#lines.find((line) => isAt(bytes, from, line.bytes, line.bytes.length)) : null
    const found = here ?? this.#next(bytes, from)
    this.#name = found?.name
    if (found === undefined) {
      this.#keepLastLine(bytes, from)
      return -1
    }
    if (this.#lines.length > this.#options.names.length) {
      this.#lines = this.#lines.filter(({ field }) => field === found.field)
    }
    return found === here ? from : found.position + 1
  }

  /** The first wanted event after a line feed at `from` or later. */
  #next(bytes: Uint8Array, from: number): FirstLine | undefined {
    let next: FirstLine | undefined
    for (const line of this.#lines) {
      if (line.position < from) {
        const found = positionOf(bytes, line.afterLineFeed, from)
        line.position = found === -1 ? Number.POSITIVE_INFINITY : found
      }
      if (line.position < (next?.position ?? Number.POSITIVE_INFINITY)) next = line
    }
    return next
  }

  /** Reads the current event. Returns the position after it; -1 if it goes on. */
  #read(bytes: Uint8Array, from: number, name: string): number {
    const end = this.#endOf(bytes, from)
    const part = bytes.subarray(from, end === -1 ? undefined : end)
    const { maximumEventBytes, onEvent, onTooLarge } = this.#options
    const wasTooLarge = this.#size > maximumEventBytes
    this.#size += part.length
    if (this.#size <= maximumEventBytes) this.#decoder.push(part, onEvent)
    else if (!wasTooLarge) onTooLarge(name)
    if (end === -1) return -1
    // Without the beginning of an event that was too large.
    if (this.#size > maximumEventBytes) this.#decoder = createSseDecoder()
    this.#size = 0
    this.#isLineStart = true
    return end
  }

  /** Keeps the last line if it may become the first line of a wanted event. */
  #keepLastLine(bytes: Uint8Array, from: number): void {
    const { length } = bytes
    let start = length
    while (start > from && length - start < this.#longest && bytes[start - 1] !== lineFeed) start -= 1
    const size = length - start
    const isStart = start > from ? bytes[start - 1] === lineFeed : this.#isLineStart
    this.#isLineStart =
      isStart && this.#lines.some((line) => size < line.bytes.length && isAt(bytes, start, line.bytes, size))
    if (this.#isLineStart && size > 0) this.#begun = bytes.slice(start)
  }
}
