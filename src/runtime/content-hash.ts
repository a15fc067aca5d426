/** Bun's hash of contents, for the audit of the prompt cache: other runtimes have no audit. */

/** 64 bits, fast, not cryptographic: the hash of a short text can be guessed, so it never leaves this process (CA-F4). */
export interface ContentHash {
  /** Continues the hash `before`, if there is one. */
  text(text: string, before?: bigint): bigint
  bytes(bytes: Uint8Array, before?: bigint): bigint
}

/** Hashes of another start differ. */
export const createContentHash = (): ContentHash => {
  const [seed] = crypto.getRandomValues(new BigUint64Array(1))
  return {
    text: (text, before = seed) => Bun.hash.xxHash3(text, before),
    bytes: (bytes, before = seed) => Bun.hash.xxHash3(bytes, before),
  }
}
