import { constants, crc32, deflateRawSync } from 'node:zlib'

/** A body that is compressed although the client accepts none, frame by frame: each can be read when it arrives. */

/** Magic, deflate, no flags, no time, no extra flags, unknown system (RFC 1952). */
const header = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff)
/** An empty last block (RFC 1951). */
const lastBlock = Uint8Array.of(3, 0)

const trailer = (bytes: Uint8Array): Uint8Array => {
  const figures = Buffer.alloc(8)
  figures.writeUInt32LE(crc32(bytes), 0)
  figures.writeUInt32LE(bytes.length, 4)
  return figures
}

export const gzipFrames = (frames: readonly Uint8Array[]): Uint8Array[] => [
  header,
  ...frames.map((frame) => new Uint8Array(deflateRawSync(frame, { finishFlush: constants.Z_SYNC_FLUSH }))),
  Buffer.concat([lastBlock, trailer(Buffer.concat(frames))]),
]
