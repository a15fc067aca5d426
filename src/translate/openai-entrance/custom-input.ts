import type { Json } from '../../base/json.ts'
import { toInputObject } from '../tool-input.ts'

/** The one property of a custom tool's canonical schema: the tool's whole text (OE-C51). */
export const customInputName = 'input'

/** The text of a custom tool's call: `input`, or the only other string, or the JSON text of the input (OE-C94). */
export const toCustomText = (input: Json): string => {
  const text = input[customInputName]
  if (typeof text === 'string') return text
  const strings = Object.values(input).filter((value) => typeof value === 'string')
  const [only] = strings
  return only !== undefined && strings.length === 1 ? only : JSON.stringify(input)
}

const textOf = (json: string): string => {
  const input = toInputObject(json)
  return input === undefined ? json : toCustomText(input)
}

/** Finds the start of the string that is the object's member `input`, in JSON that arrives in pieces. */
class InputFinder {
  /** Everything that has arrived. */
  json = ''
  #at = 0
  #depth = 0
  /** Index of the open string's quote; -1 outside of strings. */
  #quote = -1
  #string = ''
  #name: string | undefined

  /** Returns the text behind the string's opening quote, once that has arrived. */
  add(piece: string): string | undefined {
    this.json += piece
    for (; this.#at < this.json.length; this.#at += 1) {
      const character = this.json[this.#at]
      if (this.#quote !== -1) this.#inString(character)
      else if (character === '"' && this.#depth === 1 && this.#name === customInputName) {
        return this.json.slice(this.#at + 1)
      } else this.#outside(character)
    }
    return undefined
  }

  #inString(character: string | undefined): void {
    if (character === '\\') this.#at += 1
    else if (character === '"') {
      this.#string = this.json.slice(this.#quote + 1, this.#at)
      this.#quote = -1
    }
  }

  #outside(character: string | undefined): void {
    if (character === '"') this.#quote = this.#at
    else if (character === '{' || character === '[') this.#depth += 1
    else if (character === '}' || character === ']') this.#depth -= 1
    else if (this.#depth === 1 && character === ':') this.#name = unescaped(this.#string)
    else if (this.#depth === 1 && character === ',') this.#name = undefined
  }
}

const controls: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }

const escapes = /\\(?:u([0-9a-fA-F]{4})|(.))/gs

/** The text of a JSON string. Unknown escapes lose their backslash: `JSON.parse` would refuse them. */
const unescaped = (raw: string): string =>
  raw.includes('\\')
    ? raw.replace(escapes, (_, hex: string | undefined, character: string) =>
        hex === undefined ? (controls[character] ?? character) : String.fromCharCode(Number.parseInt(hex, 16)),
      )
    : raw

const escapeLength = 2
const unicodeEscapeLength = 6

const isFirstHalf = (text: string): boolean => {
  const unit = text.charCodeAt(text.length - 1)
  return unit >= 0xd800 && unit <= 0xdbff
}

/** Decodes a JSON string that arrives in pieces, without its opening quote. */
class StringDecoder {
  readonly #stops = /["\\]/g
  /** The start of an escape. */
  #cut = ''
  /** The first half of a surrogate pair: some clients refuse a text that ends with one. */
  #half = ''
  #isOver = false

  add(piece: string): string {
    if (this.#isOver) return ''
    const raw = this.#cut + piece
    const end = this.#endOf(raw)
    this.#cut = this.#isOver ? '' : raw.slice(end)
    const text = this.#half + unescaped(raw.slice(0, end))
    this.#half = isFirstHalf(text) ? text.slice(-1) : ''
    return this.#half === '' ? text : text.slice(0, -1)
  }

  /** Returns the rest. An escape that was cut is no character. */
  end(): string {
    const half = this.#half
    this.#half = ''
    return half
  }

  /** The length of the part that can be decoded. */
  #endOf(raw: string): number {
    const stops = this.#stops
    stops.lastIndex = 0
    for (let stop = stops.exec(raw); stop !== null; stop = stops.exec(raw)) {
      if (stop[0] === '"') {
        this.#isOver = true
        return stop.index
      }
      const length = raw[stop.index + 1] === 'u' ? unicodeEscapeLength : escapeLength
      if (stop.index + length > raw.length) return stop.index
      stops.lastIndex = stop.index + length
    }
    return raw.length
  }
}

/**
 * Decodes the text of a custom tool's call from the pieces of its JSON input (OE-C94). The concatenated results equal
 * `toCustomText` of the whole input.
 */
export class CustomInput {
  readonly #finder = new InputFinder()
  #decoder: StringDecoder | undefined

  /** Returns the text that is certain after this piece; often empty. */
  add(partialJson: string): string {
    if (this.#decoder !== undefined) return this.#decoder.add(partialJson)
    const rest = this.#finder.add(partialJson)
    if (rest === undefined) return ''
    this.#decoder = new StringDecoder()
    return this.#decoder.add(rest)
  }

  /** Returns the text that is still missing, after the last piece. */
  end(): string {
    return this.#decoder === undefined ? textOf(this.#finder.json) : this.#decoder.end()
  }
}
