import { GatewayError } from '../../base/errors.ts'

/**
 * `application/vnd.amazon.eventstream`, the framing of AWS's streamed responses.
 *
 * ```
 *  0  u32be total length (whole frame, both checksums included)
 *  4  u32be headers length
 *  8  u32be CRC-32 of bytes 0..7
 * 12  headers: u8 name length | name | u8 type | value
 *     payload
 * -4  u32be CRC-32 of everything before it
 * ```
 *
 * The content of frames belongs to `wire/` and `translate/`.
 */

/** A header's value: the ten types of the wire as JavaScript types. */
export type HeaderValue = string | number | bigint | boolean | Uint8Array | Date

export interface Frame {
  /** Names are case-sensitive. */
  readonly headers: ReadonlyMap<string, HeaderValue>
  /** Valid until its chunk is overwritten. */
  readonly payload: Uint8Array
  /** The payload as text; invalid UTF-8 becomes replacement characters. */
  text(): string
}

/** Bytes 0..11: both lengths and their checksum. */
export const preludeBytes = 12
/** The checksum at a frame's end. */
export const trailerBytes = 4
/** The smallest frame: no headers, no payload. */
export const minimumFrameBytes = preludeBytes + trailerBytes
/** aws-c-event-stream's limit for the headers of one frame. */
export const maximumHeadersBytes = 128 * 1024
/** aws-c-event-stream's limit for the payload of one frame. */
export const maximumPayloadBytes = 24 * 1024 * 1024

/** Type bytes of the wire. */
export const headerType = {
  true: 0,
  false: 1,
  byte: 2,
  short: 3,
  integer: 4,
  long: 5,
  bytes: 6,
  string: 7,
  timestamp: 8,
  uuid: 9,
} as const

const reversedPolynomial = 0xedb88320

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ reversedPolynomial : crc >>> 1
  return crc
})

/** The checksum of a prelude's eight bytes. For so few, a native call costs more than this loop. */
export const preludeCrc32 = (bytes: Uint8Array, at: number): number => {
  let crc = 0xffffffff
  for (let index = at; index < at + 8; index += 1) {
    crc = (crcTable[(crc ^ (bytes[index] as number)) & 0xff] as number) ^ (crc >>> 8)
  }
  return (crc ^ 0xffffffff) >>> 0
}

/** The bytes are not a valid event stream: truncated, corrupt, or another format. */
export const corruptStream = (detail: string): GatewayError =>
  new GatewayError('api_error', `Truncated or corrupt event stream: ${detail}`)
