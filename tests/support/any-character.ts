import fc from 'fast-check'

const surrogates = { first: 0xd800, count: 0x800 }
const characterCount = 0x110000 - surrogates.count

const toCharacter = (index: number): string =>
  String.fromCodePoint(index < surrogates.first ? index : index + surrogates.count)

/** Throws for a value that is not one character: that tells fast-check that it cannot shrink the value. */
const toIndex = (value: unknown): number => {
  const code = typeof value === 'string' ? value.codePointAt(0) : undefined
  if (code === undefined || String.fromCodePoint(code) !== value || !value.isWellFormed())
    throw new Error('not one character')
  return code < surrogates.first ? code : code - surrogates.count
}

/**
 * The values of fast-check's unit `binary`, for `fc.string({ unit })`. The unit itself builds a table of all 1.1 million
 * characters in each process that uses it, which takes most of a second.
 */
export const anyCharacter: fc.Arbitrary<string> = fc.nat(characterCount - 1).map(toCharacter, toIndex)
