import type { Random } from '../support/random.ts'

/** Changes bytes of any format. */

const noise = (random: Random, length: number): Uint8Array =>
  Uint8Array.from({ length }, () => random.below(random.chance(0.5) ? 256 : 128))

const longestNoise = 24

/** A copy with one change: a flipped byte, or a part removed, duplicated, moved or inserted. Sometimes cuts the end. */
export const mutateBytes = (bytes: Uint8Array, random: Random): Uint8Array => {
  const at = random.below(bytes.length + 1)
  const until = Math.min(bytes.length, at + 1 + random.below(random.pick([4, 64, bytes.length + 1])))
  const part = bytes.subarray(at, until)
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(until)]
  return random.pick<() => Uint8Array>([
    () => {
      const copy = bytes.slice()
      if (at < copy.length) copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8))
      return copy
    },
    () => before.slice(),
    () => Buffer.concat([before, after]),
    () => Buffer.concat([before, part, part, after]),
    () => Buffer.concat([before, noise(random, 1 + random.below(longestNoise)), bytes.subarray(at)]),
    () => Buffer.concat([after, before, part]),
    () => Buffer.concat([before, noise(random, part.length), after]),
  ])()
}

/** Smaller variants, the smallest first. */
export function* smallerBytes(bytes: Uint8Array): Generator<Uint8Array> {
  for (let size = bytes.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at < bytes.length; at += size) {
      yield Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + size)])
    }
  }
}
