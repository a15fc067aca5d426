import {
  corruptStream,
  crc32,
  type Frame,
  maximumHeadersBytes,
  maximumPayloadBytes,
  minimumFrameBytes,
  preludeBytes,
  trailerBytes,
} from './frame.ts'
import { createHeadersReader } from './headers.ts'

const initialBufferBytes = 16 * 1024

const hex = (value: number): string => `0x${value.toString(16).padStart(8, '0')}`

/** A DataView would do the same, and has to be made for each chunk. */
const readU32 = (bytes: Uint8Array, at: number): number =>
  (((bytes[at] as number) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)) >>>
  0

/** The checks of the prelude at `at`, in order: checksum first, then what the lengths say. Returns the frame's length. */
const readLength = (bytes: Uint8Array, at: number): number => {
  const expected = readU32(bytes, at + 8)
  const actual = crc32(bytes.subarray(at, at + 8))
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

export interface EventStreamDecoder {
  /** Takes the next bytes and tells the frames they complete. Throws GatewayError, after the sound frames. */
  push(chunk: Uint8Array, onFrame: (frame: Frame) => void): void
  /** Tells that no more bytes come. Throws GatewayError where a frame is left unfinished. */
  end(): void
}

/**
 * A decoder for one stream, indifferent to how the bytes are cut. Frames that lie whole in a chunk are read where they
 * lie; of the others each byte is copied at most twice (into the buffer, out of it as payload), whatever the number
 * of chunks.
 */
export const createEventStreamDecoder = (): EventStreamDecoder => {
  const headersOf = createHeadersReader()
  let buffer = new Uint8Array(0)
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
  const readFrames = (bytes: Uint8Array, isBuffer: boolean, onFrame: (frame: Frame) => void): number => {
    let at = 0
    while (bytes.byteLength - at >= preludeBytes) {
      const total = readLength(bytes, at)
      if (bytes.byteLength - at < total) break
      const headersEnd = at + preludeBytes + readU32(bytes, at + 4)
      const bodyEnd = at + total - trailerBytes
      checkFrame(bytes, at, bodyEnd)
      const headers = headersOf(bytes.subarray(at + preludeBytes, headersEnd))
      // What lies in the buffer is overwritten by the next chunk.
      const payload = isBuffer ? bytes.slice(headersEnd, bodyEnd) : bytes.subarray(headersEnd, bodyEnd)
      onFrame({ headers, payload })
      at += total
    }
    return at
  }

  return {
    push(chunk, onFrame) {
      if (filled === 0) {
        const taken = readFrames(chunk, false, onFrame)
        if (taken < chunk.byteLength) append(chunk.subarray(taken))
        return
      }
      append(chunk)
      const taken = readFrames(buffer.subarray(0, filled), true, onFrame)
      if (taken === 0) return
      buffer.copyWithin(0, taken, filled)
      filled -= taken
    },
    end() {
      if (filled > 0) throw corruptStream(`stream ends ${filled} bytes into an unfinished frame`)
    },
  }
}
