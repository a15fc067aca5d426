import { sha256Hex } from '../../runtime/hash.ts'
import type { ChatDialect } from '../capabilities/chat-dialect.ts'
import { type NameRule, Renamed, toValidName } from '../renamed.ts'

/** OpenAI's limit: `string too long. Expected a string with maximum length 40`. */
const upTo40: NameRule = { valid: /^[A-Za-z0-9_-]+$/, maximumLength: 40, invalidCharacters: /[^A-Za-z0-9_-]/g }

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const shortLength = 9
const shortId = /^[A-Za-z0-9]{9}$/
/** Hexadecimal digits of the hash, 64 bits: more than nine characters of the id can represent. */
const hashDigits = 16

/** Mistral's form: `must be a-z, A-Z, 0-9, with a length of 9`. */
const toShortId = (id: string): string => {
  if (shortId.test(id)) return id
  let rest = BigInt(`0x${sha256Hex(id).slice(0, hashDigits)}`)
  let short = ''
  const base = BigInt(alphabet.length)
  while (short.length < shortLength) {
    short += alphabet[Number(rest % base)]
    rest /= base
  }
  return short
}

const rules: Readonly<Record<ChatDialect['ids'], (id: string) => string>> = {
  upTo40: (id) => toValidName(id, upTo40),
  exactly9: toShortId,
}

/** Ids of tool calls in the provider's form: a pure function of the client's id, equal for call and result (OU-Q58). */
export const createToolCallIds = ({ ids }: ChatDialect): Renamed => new Renamed(rules[ids])
