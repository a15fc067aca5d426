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
import { decodeHeaders } from './headers.ts'

const initialBufferBytes = 16 * 1024

const hex = (value: number): string => `0x${value.toString(16).padStart(8, '0')}`

/** The prelude's checks, in order: checksum first, then what the lengths say. Returns both lengths. */
const readPrelude = (prelude: Uint8Array): { total: number; headers: number } => {
  const view = new DataView(prelude.buffer, prelude.byteOffset, preludeBytes)
  const expected = view.getUint32(8)
  const actual = crc32(prelude.subarray(0, 8))
  if (expected !== actual) {
    throw corruptStream(`prelude checksum is ${hex(actual)}, the frame says ${hex(expected)}`)
  }
  const total = view.getUint32(0)
  const headers = view.getUint32(4)
  if (total < minimumFrameBytes) {
    throw corruptStream(`frame length ${total} is below the minimum of ${minimumFrameBytes}`)
  }
  if (headers > total - minimumFrameBytes || headers > maximumHeadersBytes) {
    throw corruptStream(`headers length ${headers} does not fit a frame of ${total}`)
  }
  if (total - headers - minimumFrameBytes > maximumPayloadBytes) {
    throw corruptStream(`frame length ${total} is above the limit of ${maximumPayloadBytes} for a payload`)
  }
  return { total, headers }
}

const readFrame = (bytes: Uint8Array, headersLength: number): Frame => {
  const bodyEnd = bytes.byteLength - trailerBytes
  const expected = new DataView(bytes.buffer, bytes.byteOffset + bodyEnd, trailerBytes).getUint32(0)
  const actual = crc32(bytes.subarray(0, bodyEnd))
  if (expected !== actual) {
    throw corruptStream(`message checksum is ${hex(actual)}, the frame says ${hex(expected)}`)
  }
  const headersEnd = preludeBytes + headersLength
  return {
    headers: decodeHeaders(bytes.subarray(preludeBytes, headersEnd)),
    payload: bytes.slice(headersEnd, bodyEnd),
  }
}

export interface EventStreamDecoder {
  /** Takes the next bytes and tells the frames they complete. Throws GatewayError, after the sound frames. */
  push(chunk: Uint8Array, onFrame: (frame: Frame) => void): void
  /** Tells that no more bytes come. Throws GatewayError where a frame is left unfinished. */
  end(): void
}

/**
 * A decoder for one stream, indifferent to how the bytes are cut. Each byte is copied at most twice
 * (into the buffer when a frame is split, out of it as payload), whatever the number of chunks.
 */
export const createEventStreamDecoder = (): EventStreamDecoder => {
  let buffer = new Uint8Array(initialBufferBytes)
  let filled = 0

  const append = (chunk: Uint8Array): void => {
    const needed = filled + chunk.byteLength
    if (needed > buffer.byteLength) {
      const larger = new Uint8Array(Math.max(needed, buffer.byteLength * 2))
      larger.set(buffer.subarray(0, filled))
      buffer = larger
    }
    buffer.set(chunk, filled)
    filled = needed
  }

  /** Cuts whole frames off the front of `bytes` and returns the rest. */
  const cutFrames = (bytes: Uint8Array, onFrame: (frame: Frame) => void): Uint8Array => {
    let rest = bytes
    while (rest.byteLength >= preludeBytes) {
      const { total, headers } = readPrelude(rest)
      if (rest.byteLength < total) break
      onFrame(readFrame(rest.subarray(0, total), headers))
      rest = rest.subarray(total)
    }
    return rest
  }

  return {
    push(chunk, onFrame) {
      if (filled === 0) {
        append(cutFrames(chunk, onFrame))
        return
      }
      append(chunk)
      const rest = cutFrames(buffer.subarray(0, filled), onFrame)
      if (rest.byteLength < filled) {
        buffer.copyWithin(0, filled - rest.byteLength, filled)
        filled = rest.byteLength
      }
    },
    end() {
      if (filled > 0) throw corruptStream(`stream ends ${filled} bytes into an unfinished frame`)
    },
  }
}
