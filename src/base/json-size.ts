/**
 * What a JSON text is made of, found out without building it: a few bytes for each value are enough to
 * stop everybody else's requests for half a minute.
 */

/** No honest request is nested this deeply; what is written for depth's sake exhausts the stack later. */
const maximumDepth = 500
/** Members and elements, at any depth. Windows hold a million tokens, and hardly a value is a single one. */
const maximumValues = 250_000

const code = { quote: 34, comma: 44, openArray: 91, backslash: 92, closeArray: 93, openObject: 123, closeObject: 125 }

const isEscaped = (text: string, quote: number): boolean => {
  let before = quote - 1
  while (text.charCodeAt(before) === code.backslash) before -= 1
  return (quote - before) % 2 === 0
}

/** The place of the last quote before `at` that begins or ends a string; -1 where there is none. */
export const startOfString = (text: string, at: number): number => {
  let quote = at === 0 ? -1 : text.lastIndexOf('"', at - 1)
  while (quote > 0 && isEscaped(text, quote)) quote = text.lastIndexOf('"', quote - 1)
  return quote
}

/** The place of the quote that ends a string, or the text's end where none does. */
export const endOfString = (text: string, start: number): number => {
  let quote = text.indexOf('"', start + 1)
  while (quote !== -1 && isEscaped(text, quote)) quote = text.indexOf('"', quote + 1)
  return quote === -1 ? text.length : quote
}

/** No honest request is deeper than this where it ends. One that is gets read to its end. */
const usualDepth = 20
/** From so many on it pays to look where the end begins. */
const manyValues = 250

/**
 * From there on a text has so few brackets that nothing in it is too deep, if it began no deeper than
 * `usualDepth`. Brackets in strings count, too: it may be found too late, never too early. These are native
 * searches, and what is behind need not be read: 26 us for a request of 149 KB instead of 69.
 */
const startOfShallowEnd = (text: string): number => {
  let object = text.lastIndexOf('{')
  let array = text.lastIndexOf('[')
  for (let opened = usualDepth; opened < maximumDepth; opened += 1) {
    if (object === array) return 0
    if (object > array) object = object === 0 ? -1 : text.lastIndexOf('{', object - 1)
    else array = array === 0 ? -1 : text.lastIndexOf('[', array - 1)
  }
  return Math.max(object, array) + 1
}

const excess = (depth: number): string =>
  depth > maximumDepth ? `is nested more than ${maximumDepth} levels deep` : `holds more than ${maximumValues} values`

/** Why a JSON text is not to be read: what it does, for a sentence about it. Says nothing of what is no JSON. */
export const findExcess = (text: string): string | undefined => {
  const end = text.length
  let shallowEnd = end
  let depth = 0
  let values = 1
  for (let at = 0; at < end; at += 1) {
    if (values > manyValues && shallowEnd === end) shallowEnd = startOfShallowEnd(text)
    // A character is one value at most.
    if (at >= shallowEnd && depth <= usualDepth && values + end - at <= maximumValues) return undefined
    const found = text.charCodeAt(at)
    if (found === code.quote) at = endOfString(text, at)
    else if (found === code.comma) values += 1
    else if (found === code.openArray || found === code.openObject) {
      depth += 1
      values += 1
    } else if (found === code.closeArray || found === code.closeObject) depth -= 1
    if (depth > maximumDepth || values > maximumValues) return excess(depth)
  }
  return undefined
}
