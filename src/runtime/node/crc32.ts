import { crc32 as nodeCrc32 } from 'node:zlib'

/** CRC-32 (IEEE). */
export const crc32 = (bytes: Uint8Array): number => nodeCrc32(bytes)
