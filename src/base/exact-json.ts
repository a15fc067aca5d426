import { isObject, type Json } from './json.ts'
import { endOfString, startOfString } from './json-size.ts'
import { rawNumber } from './raw-number.ts'

/**
 * Parses JSON so that values which are only passed on keep the digits of their numbers: integers beyond 2^53, more
 * decimals than a double has, `1.0`, `-0`, `1e999`. Texts without such numbers, nearly all, cost one native search.
 */

/** Whether `JSON.parse` and `JSON.stringify` give the number back unchanged. */
const isExact = (token: string): boolean => String(Number(token)) === token

/** A member of an object, or an element of a list. */
export type Member = readonly [holder: Json, name: string]

/** Finds members of a value. Must find the same ones in values of the same structure. */
export type FindMembers = (value: unknown) => Iterable<Member>

/** Matches numbers that may be inexact, in strings as well. All others are integers of at most 15 digits. */
const candidates = /[:,[]\s*(-?\d+[.eE][\d.eE+-]*|-?\d{16,}|-0(?![\d.eE]))/g

/** Matches any JSON text between two strings. A string may begin like this, too. */
const betweenStrings = /^[\s\d:,[\]{}.eE+\-truefalsn]*$/

/** Whether the text may have an inexact number outside of strings. Never false where it has one. */
const mayBeInexact = (text: string): boolean => {
  const search = new RegExp(candidates)
  for (let found = search.exec(text); found !== null; found = search.exec(text)) {
    const [, token = ''] = found
    if (isExact(token)) continue
    const quote = startOfString(text, found.index)
    if (quote === -1 || betweenStrings.test(text.slice(quote + 1, found.index))) return true
    search.lastIndex = endOfString(text, quote)
  }
  return false
}

const code = { quote: 34, plus: 43, minus: 45, dot: 46, zero: 48, nine: 57, capitalE: 69, smallE: 101 }

const isDigit = (unit: number): boolean => unit >= code.zero && unit <= code.nine

const isInNumber = (unit: number): boolean =>
  isDigit(unit) ||
  unit === code.dot ||
  unit === code.plus ||
  unit === code.minus ||
  unit === code.smallE ||
  unit === code.capitalE

/** The text with each inexact number in quotes; undefined where there is none. `text` is valid JSON. */
const withQuotedNumbers = (text: string): string | undefined => {
  const parts: string[] = []
  let copied = 0
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if (unit === code.quote) at = endOfString(text, at)
    else if (isDigit(unit) || unit === code.minus) {
      let end = at + 1
      while (isInNumber(text.charCodeAt(end))) end += 1
      const token = text.slice(at, end)
      if (!isExact(token)) {
        parts.push(text.slice(copied, at), `"${token}"`)
        copied = end
      }
      at = end - 1
    }
  }
  return parts.length === 0 ? undefined : parts.join('') + text.slice(copied)
}

/** Makes raw numbers of all numbers in `value` that are strings in `quoted`. Both have the same structure. */
const withRawNumbers = (value: unknown, quoted: unknown): unknown => {
  if (typeof value === 'number') return typeof quoted === 'string' ? rawNumber(quoted) : value
  if (Array.isArray(value)) return value.map((item, index) => withRawNumbers(item, (quoted as unknown[])[index]))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, withRawNumbers(inner, (quoted as Json)[name])]),
  )
}

/** The value with inexact numbers as strings; undefined where there are none. `text` is valid JSON. */
const parseQuoted = (text: string): { readonly value: unknown } | undefined => {
  const quoted = mayBeInexact(text) ? withQuotedNumbers(text) : undefined
  return quoted === undefined ? undefined : { value: JSON.parse(quoted) }
}

/** `JSON.parse`, with raw numbers for those in objects and lists that it would change. Throws what it throws. */
export const parseExact = (text: string): unknown => {
  const value: unknown = JSON.parse(text)
  const quoted = parseQuoted(text)
  return quoted === undefined ? value : withRawNumbers(value, quoted.value)
}

/** `parseExact` for some members; all other numbers are numbers. */
export const parseExactAt = (text: string, findMembers: FindMembers): unknown => {
  const value: unknown = JSON.parse(text)
  const quoted = parseQuoted(text)
  if (quoted === undefined) return value
  const sources = [...findMembers(quoted.value)]
  for (const [index, [holder, name]] of [...findMembers(value)].entries()) {
    if (holder[name] === undefined) continue
    const [source, sourceName] = sources[index] as Member
    // The value is new: no other code has a reference to it.
    const mutable = holder as Record<string, unknown>
    mutable[name] = withRawNumbers(holder[name], source[sourceName])
  }
  return value
}
