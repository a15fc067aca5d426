import { createHash, timingSafeEqual } from 'node:crypto'

/** The hashes of node:crypto, which other runtimes have, too. */

const digest = (text: string) => createHash('sha256').update(text).digest()

export const sha256Hex = (text: string): string => digest(text).toString('hex')

/** Compares in constant time, for any lengths. */
export const equalInConstantTime = (left: string, right: string): boolean =>
  timingSafeEqual(digest(left), digest(right))

/** A key for a cache in this process. */
export const cacheHash = (text: string): string => sha256Hex(text)
