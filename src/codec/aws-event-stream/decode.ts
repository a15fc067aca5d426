import { crc32 } from '../../runtime/crc32.ts'
import {
  corruptStream,
  type Frame,
  maximumHeadersBytes,
  maximumPayloadBytes,
  minimumFrameBytes,
  preludeBytes,
  preludeCrc32,
  trailerBytes,
} from './frame.ts'
import { createHeadersReader, type Headers, type ReadHeaders } from './headers.ts'

const initialBufferBytes = 4 * 1024
const utf8 = new TextDecoder()
const nothing = new Uint8Array(0)

const hex = (value: number): string => `0x${value.toString(16).padStart(8, '0')}`

/** Without a DataView, which would have to be created for each chunk. */
const readU32 = (bytes: Uint8Array, at: number): number =>
  (((bytes[at] as number) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)) >>>
  0

/** Checks the prelude at `at`: first the checksum, then the lengths. Returns the frame's length. */
const readLength = (bytes: Uint8Array, at: number): number => {
  const expected = readU32(bytes, at + 8)
  const actual = preludeCrc32(bytes, at)
  if (expected !== actual) {
    throw corruptStream(`prelude checksum is ${hex(actual)}, the frame says ${hex(expected)}`)
  }
  const total = readU32(bytes, at)
  const headers = readU32(bytes, at + 4)
  if (total < minimumFrameBytes) {
    throw corruptStream(`frame length ${total} is below the minimum of ${minimumFrameBytes}`)
  }
  if (headers > total - minimumFrameBytes || headers > maximumHeadersBytes) {
    throw corruptStream(`headers length ${headers} does not fit a frame of ${total}`)
  }
  if (total - headers - minimumFrameBytes > maximumPayloadBytes) {
    throw corruptStream(`frame length ${total} is above the limit of ${maximumPayloadBytes} for a payload`)
  }
  return total
}

const checkFrame = (bytes: Uint8Array, at: number, bodyEnd: number): void => {
  const expected = readU32(bytes, bodyEnd)
  const actual = crc32(bytes.subarray(at, bodyEnd))
  if (expected !== actual) {
    throw corruptStream(`message checksum is ${hex(actual)}, the frame says ${hex(expected)}`)
  }
}

/** A view of a frame in its chunk: to copy a frame costs as much as to check it. */
class FrameInPlace implements Frame {
  readonly headers: Headers
  readonly #bytes: Uint8Array
  readonly #start: number
  readonly #end: number

  constructor(headers: Headers, bytes: Uint8Array, start: number, end: number) {
    this.headers = headers
    this.#bytes = bytes
    this.#start = start
    this.#end = end
  }

  get payload(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#end)
  }

  text(): string {
    return utf8.decode(this.payload)
  }
}

/**
 * A decoder for one stream, cut into any chunks. A frame within one chunk is read in place; bytes of other frames are
 * copied into a buffer, once or twice, for any number of chunks. Streams of the same service may share `readHeaders`.
 */
export const createEventStreamDecoder = (readHeaders: ReadHeaders = createHeadersReader()) => {
  let buffer = nothing
  let filled = 0

  const append = (chunk: Uint8Array): void => {
    const needed = filled + chunk.byteLength
    if (needed > buffer.byteLength) {
      const larger = new Uint8Array(Math.max(needed, buffer.byteLength * 2, initialBufferBytes))
      larger.set(buffer.subarray(0, filled))
      buffer = larger
    }
    buffer.set(chunk, filled)
    filled = needed
  }

  /** Reads the whole frames at the front of `bytes`, and returns how many bytes they take. */
  const readFrames = (bytes: Uint8Array, onFrame: (frame: Frame) => void): number => {
    let at = 0
    while (bytes.byteLength - at >= preludeBytes) {
      const total = readLength(bytes, at)
      if (bytes.byteLength - at < total) break
      const headersEnd = at + preludeBytes + readU32(bytes, at + 4)
      const bodyEnd = at + total - trailerBytes
      checkFrame(bytes, at, bodyEnd)
      onFrame(new FrameInPlace(readHeaders(bytes, at + preludeBytes, headersEnd), bytes, headersEnd, bodyEnd))
      at += total
    }
    return at
  }

  return {
    /** Takes the next bytes and passes completed frames on. Throws GatewayError after the last valid frame. */
    push(chunk: Uint8Array, onFrame: (frame: Frame) => void): void {
      if (filled > 0) append(chunk)
      const bytes = filled > 0 ? buffer.subarray(0, filled) : chunk
      const taken = readFrames(bytes, onFrame)
      if (filled > 0 && taken === 0) return
      // The frames passed on still refer to this buffer: the rest starts another one.
      buffer = nothing
      filled = 0
      if (taken < bytes.byteLength) append(bytes.subarray(taken))
    },
    /** Marks the end of the bytes. Throws GatewayError if a frame is incomplete. */
    end(): void {
      if (filled > 0) throw corruptStream(`stream ends ${filled} bytes into an unfinished frame`)
    },
  }
}
