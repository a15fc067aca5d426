/** Bun's hash of contents, for the audit of the prompt cache: other runtimes have no audit. */

/** 64 bits, fast, not cryptographic: the hash of a short text can be guessed, so it never leaves this process (CA-F4). */
export interface ContentHash {
  text(text: string): bigint
  bytes(bytes: Uint8Array): bigint
}

/** Hashes of another start differ. */
export const createContentHash = (): ContentHash => {
  const [seed] = crypto.getRandomValues(new BigUint64Array(1))
  return {
    text: (text) => Bun.hash.xxHash3(text, seed),
    bytes: (bytes) => Bun.hash.xxHash3(bytes, seed),
  }
}
