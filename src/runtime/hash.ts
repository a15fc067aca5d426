/** Bun's own hashes: to load `node:crypto` takes 2 ms at each start. */

const digest = (text: string): Buffer => new Bun.CryptoHasher('sha256').update(text).digest()

export const sha256Hex = (text: string): string => digest(text).toString('hex')

/** Compares in constant time, for any lengths. */
export const equalInConstantTime = (left: string, right: string): boolean =>
  crypto.timingSafeEqual(digest(left), digest(right))

/** A key for a cache in this process: fast, not cryptographic. */
export const cacheHash = (text: string): string => String(Bun.hash(text))
