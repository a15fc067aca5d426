/** Bun's own hashes: to load `node:crypto` takes 2 ms at each start. */

/** The static function: to create a hasher for each text takes eight times as long. */
const digest = (text: string) => Bun.SHA256.hash(text)

export const sha256Hex = (text: string): string => Bun.SHA256.hash(text, 'hex')

/** Compares in constant time, for any lengths. */
export const equalInConstantTime = (left: string, right: string): boolean =>
  crypto.timingSafeEqual(digest(left), digest(right))

/** A key for a cache in this process: fast, not cryptographic. */
export const cacheHash = (text: string): string => String(Bun.hash(text))
