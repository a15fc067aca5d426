/** Bun's own hashes: `node:crypto` takes 2 ms of each start. */

const digest = (text: string): Buffer => new Bun.CryptoHasher('sha256').update(text).digest()

export const sha256Hex = (text: string): string => digest(text).toString('hex')

/** Compares in constant time, whatever the lengths. */
export const equalInConstantTime = (left: string, right: string): boolean =>
  crypto.timingSafeEqual(digest(left), digest(right))

/** A key for a cache in this process: fast, and no proof against an attacker. */
export const cacheHash = (text: string): string => String(Bun.hash(text))
