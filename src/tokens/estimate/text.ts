import type { Tokenizer } from './tokenizer.ts'

/**
 * Estimates a text's tokens without a tokenizer: each run of letters, digits, signs or blanks costs its average. The
 * figures of both tokenizers are in `tokenizer.ts`.
 */

const lettersWithoutSurcharge = 6

/** Kinds of UTF-16 code units. */
const kind = {
  letter: 0,
  digit: 1,
  lineBreak: 2,
  blank: 3,
  sign: 4,
  accented: 5,
  otherScript: 6,
  ideograph: 7,
  surrogate: 8,
  markedScript: 9,
} as const
type CharacterClass = (typeof kind)[keyof typeof kind]

const lineFeed = 10
const carriageReturn = 13
const space = 32

/** Uses comparisons: with regular expressions, the table of 128 took 0.3 ms at each start. */
const asciiKind = (unit: number): CharacterClass => {
  const lower = unit | space
  if (lower >= 97 && lower <= 122) return kind.letter
  if (unit >= 48 && unit <= 57) return kind.digit
  if (unit === lineFeed || unit === carriageReturn) return kind.lineBreak
  return unit === space || (unit >= 9 && unit <= 12) ? kind.blank : kind.sign
}

const asciiKinds: readonly CharacterClass[] = Array.from({ length: 128 }, (_, unit) => asciiKind(unit))

const isIdeograph = (unit: number): boolean =>
  (unit >= 0x2e80 && unit <= 0x9fff) || (unit >= 0xac00 && unit <= 0xd7af) || (unit >= 0xff00 && unit <= 0xffef)

/** Hebrew, the scripts of India, Thai: marks and letters are separate tokens. */
const isMarked = (unit: number): boolean =>
  (unit >= 0x300 && unit <= 0x36f) || (unit >= 0x590 && unit <= 0x5ff) || (unit >= 0x900 && unit <= 0xe7f)

const kindOf = (unit: number): CharacterClass => {
  if (unit < 128) return asciiKinds[unit] ?? kind.sign
  if (unit < 0x250) return kind.accented
  if (unit >= 0xd800 && unit <= 0xdfff) return kind.surrogate
  if (isIdeograph(unit)) return kind.ideograph
  return isMarked(unit) ? kind.markedScript : kind.otherScript
}

const isCapital = (unit: number): boolean => unit >= 65 && unit <= 90

/** A run of letters from `start` to `end`. */
const wordTokens = (text: string, start: number, end: number, weight: Tokenizer): number => {
  let humps = 0
  for (let position = start + 1; position < end; position += 1) {
    if (isCapital(text.charCodeAt(position)) && !isCapital(text.charCodeAt(position - 1))) humps += 1
  }
  const further = Math.max(0, end - start - lettersWithoutSurcharge * (humps + 1))
  return weight.word + humps * weight.hump + further * weight.longLetter
}

const runTokens = (text: string, runKind: CharacterClass, start: number, end: number, weight: Tokenizer): number => {
  const length = end - start
  switch (runKind) {
    case kind.letter:
      return wordTokens(text, start, end, weight)
    case kind.digit:
      return Math.ceil(length / 3) * weight.digits
    case kind.lineBreak:
      return weight.lineBreak
    case kind.blank:
      return length > 1 ? weight.indent : 0
    case kind.sign:
      return weight.sign + (length - 1) * weight.furtherSign
    case kind.accented:
      return length * weight.accented
    case kind.otherScript:
      return length * weight.otherScript
    case kind.ideograph:
      return length * weight.ideograph
    case kind.surrogate:
      return length * weight.surrogate
    case kind.markedScript:
      return length * weight.markedScript
  }
}

/** Tokens, not rounded. One pass, no allocation. */
export const textTokens = (text: string, tokenizer: Tokenizer): number => {
  let tokens = 0
  let start = 0
  while (start < text.length) {
    const runKind = kindOf(text.charCodeAt(start))
    let end = start + 1
    while (end < text.length && kindOf(text.charCodeAt(end)) === runKind) end += 1
    tokens += runTokens(text, runKind, start, end, tokenizer)
    start = end
  }
  return tokens
}
