import { attempt } from '../base/attempt.ts'
import { bracketed, unbracketed } from '../base/brackets.ts'
import { isObject, type Json } from '../base/json.ts'
import type { PriceTable } from '../base/price.ts'
import { Secret } from '../base/secret.ts'
import { UsageError } from '../base/usage-error.ts'
import { toPrices } from './prices.ts'
import type { Setting, SettingType } from './settings/setting.ts'

/** Converts the input of a flag, a variable or a file to a setting's value. All functions throw UsageError. */

/** The text of a flag or a variable; a number arrives as text, too. */
export class InputText {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toNumber(): number {
    return this.text.trim() === '' ? Number.NaN : Number(this.text)
  }
}

const fail = (where: string, sentence: string): never => {
  throw new UsageError(`${where} ${sentence}`)
}

/** Describes a valid value, for the middle of a sentence; undefined for types that need no description. */
export const expectationOf = (type: SettingType): string | undefined => {
  if (type.kind === 'choice') return `${type.options.length > 1 ? 'one of ' : ''}${type.options.join(', ')}`
  if (type.kind !== 'number') return undefined
  return `${type.integer ? 'a whole number' : 'a number'} from ${type.minimum} to ${type.maximum}`
}

const toNumber = (value: unknown, type: Extract<SettingType, { kind: 'number' }>, where: string): number => {
  const number = value instanceof InputText ? value.toNumber() : value
  const isValid =
    typeof number === 'number' &&
    Number.isFinite(number) &&
    (!type.integer || Number.isInteger(number)) &&
    number >= type.minimum &&
    number <= type.maximum
  return isValid ? number : fail(where, `must be ${expectationOf(type)}.`)
}

const toChoice = (value: unknown, type: Extract<SettingType, { kind: 'choice' }>, where: string): string => {
  // A file may have `true`, where a variable has the word.
  const text = value instanceof InputText ? value.text : typeof value === 'boolean' ? String(value) : value
  if (typeof text !== 'string') return fail(where, `must be ${expectationOf(type)}.`)
  const word = text.trim().split(/\s/)[0]?.toLowerCase() ?? ''
  const option = type.synonyms === undefined ? text : (type.synonyms[word] ?? word)
  if (type.options.includes(option)) return option
  return fail(where, `must be ${expectationOf(type)}.`)
}

/** Accepts the characters that are valid in a header. Trims, because a pasted key may end in a line break. */
const toSecretText = (text: string, where: string): string => {
  const bare = text.trim()
  if (/^[!-~]*$/.test(bare)) return bare
  return /^bearer\s/i.test(bare)
    ? fail(where, 'begins with "Bearer": give only the part after it.')
    : fail(where, 'contains a space or a character that is not valid in a header: a key or a token is one word.')
}

/** An empty list would open the server to all clients. */
const toSecretList = (text: string, where: string): string => {
  const items = text.split(/[\s,]+/).filter((item) => item !== '')
  return items.length === 0 ? fail(where, 'is an empty list.') : toSecretText(items.join(','), where)
}

const toUrl = (text: string, mayHaveQuery: boolean, where: string): string => {
  const url = URL.parse(text.trim())
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return fail(where, 'must be an http or https URL.')
  if (url.username !== '' || url.password !== '') return fail(where, 'must not contain a user name or a password.')
  if (mayHaveQuery ? url.hash !== '' : /[?#]/.test(url.href))
    return fail(where, 'must not contain a query or a fragment.')
  return url.href.replace(/\/+$/, '')
}

/** Normalizes `127.1`, `[::1]` and `*`, so that loopback addresses are recognized. */
const toHost = (text: string, where: string): string => {
  const bare = unbracketed(text.trim())
  if (bare === '*') return '0.0.0.0'
  const url = URL.parse(`http://${bracketed(bare)}`)
  const isHostAlone =
    url !== null &&
    url.port === '' &&
    url.pathname === '/' &&
    url.username === '' &&
    url.search === '' &&
    url.hash === ''
  return isHostAlone ? unbracketed(url.hostname) : fail(where, 'must be an address or a host name of this machine.')
}

const requireText = (value: unknown, where: string): string => {
  const text = value instanceof InputText ? value.text : value
  return typeof text === 'string' && text.trim() !== '' ? text : fail(where, 'must be a non-empty string.')
}

const toList = (value: unknown, where: string): string[] => {
  const items = value instanceof InputText ? value.text.split(',') : value
  if (!Array.isArray(items) || items.some((item) => typeof item !== 'string')) {
    return fail(where, 'must be a list of strings.')
  }
  return items.map((item: string) => item.trim()).filter((item) => item !== '')
}

const noCommand = 'must be a program with its arguments, as a list of strings.'

/** Refuses quotes: they would become part of an argument, and the program would fail for no visible reason. */
const splitCommand = (text: string, where: string): string[] => {
  if (/["']/.test(text)) fail(where, 'contains a quote, which has no meaning here. Write it as a JSON list of strings.')
  return text.split(/\s+/).filter((word) => word !== '')
}

const listIn = (text: string, where: string): unknown => attempt(() => JSON.parse(text)) ?? fail(where, noCommand)

/** Accepts a list, a JSON list, or text that is split at spaces. No shell is involved. */
const toCommand = (value: unknown, where: string): readonly string[] => {
  const text = value instanceof InputText ? value.text : value
  const isJson = typeof text === 'string' && text.trim().startsWith('[')
  const words = typeof text !== 'string' ? text : isJson ? listIn(text, where) : splitCommand(text, where)
  if (!Array.isArray(words) || words.some((word) => typeof word !== 'string')) return fail(where, noCommand)
  const [program = ''] = words
  return program.trim() === '' || words.some((word: string) => word.includes('\0')) ? fail(where, noCommand) : words
}

/** Accepted in variables. */
const switchWords: ReadonlyMap<string, boolean> = new Map([
  ...['1', 'true', 'yes', 'on'].map((word) => [word, true] as const),
  ...['0', 'false', 'no', 'off'].map((word) => [word, false] as const),
])

const toSwitch = (value: unknown, where: string): boolean => {
  const isOn = value instanceof InputText ? switchWords.get(value.text.trim().toLowerCase()) : value
  if (typeof isOn === 'boolean') return isOn
  return fail(where, value instanceof InputText ? 'must be 1 or 0, true or false.' : 'must be true or false.')
}

const toCurrency = (text: string, where: string): string => {
  const code = text.trim().toUpperCase()
  return /^[A-Z]{3}$/.test(code) ? code : fail(where, 'must be the code of a currency, such as USD.')
}

const trimmed = (text: string): string => text.trim()

/** The pairs of a string, or the members of an object. */
const pairsOf = (value: unknown, where: string): (readonly [string, string])[] => {
  if (value instanceof InputText) {
    const pairs = value.text.split(',').map(trimmed)
    return pairs
      .filter((pair) => pair !== '')
      .map((pair) => {
        const colon = pair.indexOf(':')
        const [from, to] = colon === -1 ? [pair, ''] : [pair.slice(0, colon), pair.slice(colon + 1)].map(trimmed)
        if (!from || !to) return fail(where, `contains "${pair}": write NAME:MODEL.`)
        return [from, to] as const
      })
  }
  if (!isObject(value)) return fail(where, 'must be an object whose values are strings.')
  return Object.entries(value).map(([from, to]) => {
    if (typeof to === 'string' && from.trim() !== '' && to.trim() !== '') return [from.trim(), to.trim()] as const
    return fail(where, `contains "${from}": its value must be a string that is not empty.`)
  })
}

/** They belong to the connection, and not to the request (OU-T3). */
const refusedHeaders: ReadonlySet<string> = new Set(['host', 'content-length', 'transfer-encoding', 'connection'])

const toHeaders = (value: unknown, where: string): ReadonlyMap<string, Secret> => {
  if (!isObject(value))
    return fail(where, 'must be an object of header names and values; set it in a configuration file.')
  return new Map(
    Object.entries(value).map(([name, text]) => {
      if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name))
        return fail(where, `contains "${name}", which is not a valid header name.`)
      if (refusedHeaders.has(name.toLowerCase()))
        return fail(where, `sets the header ${name}, which belongs to the connection. Remove it.`)
      if (typeof text !== 'string' || !/^[\t -~\x80-\xff]*$/.test(text))
        return fail(where, `contains a value for ${name} that is not valid in a header.`)
      return [name, new Secret(text.trim())] as const
    }),
  )
}

export type SettingValue =
  | string
  | number
  | boolean
  | readonly string[]
  | ReadonlyMap<string, string>
  | ReadonlyMap<string, Secret>
  | PriceTable
  | Json

/**
 * `value` is an InputText or a JSON value from a file. `where` names the source in messages: `--port`, `NEXUS_PORT`,
 * `port in /home/me/config.json`.
 */
export const toValue = ({ type }: Pick<Setting, 'type'>, value: unknown, where: string): SettingValue => {
  switch (type.kind) {
    case 'command':
      return toCommand(value, where)
    case 'list':
      return toList(value, where)
    case 'number':
      return toNumber(value, type, where)
    case 'switch':
      return toSwitch(value, where)
    case 'text':
      return requireText(value, where)
    case 'host':
      return toHost(requireText(value, where), where)
    case 'secret':
      return (type.isList ? toSecretList : toSecretText)(requireText(value, where), where)
    case 'url':
      return toUrl(requireText(value, where), type.mayHaveQuery === true, where)
    case 'map':
      return new Map(pairsOf(value, where))
    case 'prices':
      return toPrices(value instanceof InputText ? value.text : value, where)
    case 'object':
      // On a command line, it would be text: `config set`.
      return isObject(value) && !(value instanceof InputText)
        ? value
        : fail(where, 'must be an object; set it in a configuration file.')
    case 'currency':
      return toCurrency(requireText(value, where), where)
    case 'headers':
      return toHeaders(value, where)
    case 'choice':
      return toChoice(value, type, where)
  }
}
