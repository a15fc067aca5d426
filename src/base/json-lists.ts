import { maximumDepth, maximumValues } from './json-size.ts'

/** Finds the lists in the bytes of a JSON object. Does not check that it is JSON. */

/** A member of the object that is a list. */
export interface FoundList {
  /** Of its bracket. */
  readonly start: number
  /** Where each element ends. */
  readonly ends: readonly number[]
}

const code = { quote: 34, comma: 44, colon: 58, openList: 91, backslash: 92, closeList: 93, open: 123, close: 125 }

const isOpening = (byte: number | undefined): boolean => byte === code.open || byte === code.openList

const isDelimiter = (byte: number | undefined): boolean =>
  byte === code.comma || byte === code.close || byte === code.closeList

const isEscaped = (bytes: Uint8Array, quote: number): boolean => {
  let before = quote - 1
  while (bytes[before] === code.backslash) before -= 1
  return (quote - before) % 2 === 0
}

/** The index of the quote that ends the string, or the number of bytes. */
const endOfString = (bytes: Uint8Array, start: number): number => {
  let quote = bytes.indexOf(code.quote, start + 1)
  while (quote !== -1 && isEscaped(bytes, quote)) quote = bytes.indexOf(code.quote, quote + 1)
  return quote === -1 ? bytes.length : quote
}

/** Reads a value up to the delimiter at `end`. Undefined if the bytes end, or it is too deep. */
const readValue = (bytes: Uint8Array, start: number) => {
  const ends: number[] = []
  let values = 1
  let depth = 0
  // The body itself is a level, too.
  for (let at = start; at < bytes.length && depth < maximumDepth; at += 1) {
    const byte = bytes[at]
    if (byte === code.quote) at = endOfString(bytes, at)
    else if (isOpening(byte)) {
      depth += 1
      values += 1
    } else if (isDelimiter(byte)) {
      if (depth === 0) return { end: at, ends, values }
      if (depth === 1) ends.push(at)
      if (byte === code.comma) values += 1
      else depth -= 1
    }
  }
  return undefined
}

const utf8 = new TextDecoder()

/**
 * Returns the lists by their names. Undefined for an object in an unusual form: names with escapes, a name twice, white
 * space around members, and too many values.
 */
export const findLists = (bytes: Uint8Array): ReadonlyMap<string, FoundList> | undefined => {
  const lists = new Map<string, FoundList>()
  const names = new Set(['__proto__'])
  let values = 1
  for (let at = 0; bytes[at] === (at === 0 ? code.open : code.comma); ) {
    const nameEnd = endOfString(bytes, at + 1)
    const name = utf8.decode(bytes.subarray(at + 2, nameEnd))
    const isPlain = bytes[at + 1] === code.quote && bytes[nameEnd + 1] === code.colon && !name.includes('\\')
    if (!isPlain || names.has(name)) return undefined
    names.add(name)
    const start = nameEnd + 2
    const value = readValue(bytes, start)
    if (value === undefined) return undefined
    if (bytes[start] === code.openList) lists.set(name, { start, ends: value.ends })
    values += value.values
    at = value.end
    if (at === bytes.length - 1) return values <= maximumValues ? lists : undefined
  }
  return undefined
}
