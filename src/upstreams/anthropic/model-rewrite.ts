/** Replaces the name of the model in the bytes of a request, and no other byte (AU-N7). */

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const colon = 0x3a
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d
const spaces: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d])

/** A place in the bytes; `end` is behind the last byte. */
interface Span {
  readonly start: number
  readonly end: number
}

/** The body is not an object of JSON. */
class NotJson extends Error {}

const skipSpaces = (bytes: Uint8Array, from: number): number => {
  let at = from
  while (spaces.has(bytes[at] ?? -1)) at += 1
  return at
}

const requireByte = (bytes: Uint8Array, at: number, byte: number): number => {
  if (bytes[at] !== byte) throw new NotJson()
  return at + 1
}

/** Returns the place behind the string that begins at `start`. */
const endOfString = (bytes: Uint8Array, start: number): number => {
  let from = requireByte(bytes, start, quote)
  for (;;) {
    const end = bytes.indexOf(quote, from)
    if (end === -1) throw new NotJson()
    let escapes = 0
    while (bytes[end - 1 - escapes] === backslash) escapes += 1
    // An even number of backslashes are escaped themselves.
    if (escapes % 2 === 0) return end + 1
    from = end + 1
  }
}

/** Returns the place of the comma or the brace behind the value that begins at `start`. */
const endOfValue = (bytes: Uint8Array, start: number): number => {
  let depth = 0
  let at = start
  while (at < bytes.length) {
    const byte = bytes[at]
    if (depth === 0 && (byte === comma || byte === closeBrace)) return at
    if (byte === quote) {
      at = endOfString(bytes, at)
      continue
    }
    if (byte === openBrace || byte === openBracket) depth += 1
    if (byte === closeBrace || byte === closeBracket) depth -= 1
    at += 1
  }
  throw new NotJson()
}

const parseString = (bytes: Uint8Array, { start, end }: Span): string =>
  JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString())

const modelKey = Buffer.from('"model"')
/** With an escape of six characters for each letter. */
const longestModelKey = '""'.length + 'model'.length * 6

const isPlainModelKey = (bytes: Uint8Array, start: number): boolean => {
  for (let index = 0; index < modelKey.length; index += 1) if (bytes[start + index] !== modelKey[index]) return false
  return true
}

/** Parses only what may be an escaped spelling: a body may have millions of members. */
const isModelKey = (bytes: Uint8Array, key: Span): boolean => {
  const length = key.end - key.start
  if (length === modelKey.length) return isPlainModelKey(bytes, key.start)
  return length > modelKey.length && length <= longestModelKey && parseString(bytes, key) === 'model'
}

/** The value of the object's own member `model`, if it is a string. A JSON parser takes the last one. Throws NotJson. */
const findModel = (bytes: Uint8Array): Span | undefined => {
  let found: Span | undefined
  let at = skipSpaces(bytes, requireByte(bytes, skipSpaces(bytes, 0), openBrace))
  while (bytes[at] !== closeBrace) {
    const key = { start: at, end: endOfString(bytes, at) }
    const value = skipSpaces(bytes, requireByte(bytes, skipSpaces(bytes, key.end), colon))
    const end = endOfValue(bytes, value)
    if (isModelKey(bytes, key)) {
      found = bytes[value] === quote ? { start: value, end: endOfString(bytes, value) } : undefined
    }
    if (bytes[end] === closeBrace) break
    at = skipSpaces(bytes, end + 1)
  }
  return found
}

const mapped = (body: Uint8Array, modelMap: ReadonlyMap<string, string>): Uint8Array => {
  const span = findModel(body)
  if (span === undefined) return body
  const model = modelMap.get(parseString(body, span))
  if (model === undefined) return body
  return Buffer.concat([body.subarray(0, span.start), Buffer.from(JSON.stringify(model)), body.subarray(span.end)])
}

/** Returns the same bytes if they name no model of the map, or are not JSON: the upstream judges them. */
export const rewriteModel = (body: Uint8Array, modelMap: ReadonlyMap<string, string>): Uint8Array => {
  if (modelMap.size === 0) return body
  try {
    return mapped(body, modelMap)
  } catch {
    return body
  }
}
