/** CRC-32 (IEEE), native: a table in JavaScript takes a third longer. */
export const crc32 = (bytes: Uint8Array): number => Bun.hash.crc32(bytes)
