import { isObject, type Json } from '../../base/json.ts'
import { isRawNumber } from '../../base/raw-number.ts'
import type { Tally } from './tally.ts'

/**
 * Values that no schema has checked: results and settings of Anthropic's own tools. They may not have the type that
 * they claim.
 */

/** Tokens around a block that is not text. */
export const blockOverhead = 10

/** Markers, and members that only Anthropic can read: not text for the model. */
const unread: ReadonlySet<string> = new Set([
  'type',
  'id',
  'tool_use_id',
  'cache_control',
  'signature',
  'data',
  'encrypted_content',
  'encrypted_index',
  'encrypted_stdout',
])

/** `data` is text only in a text document. */
const isRead = (name: string, { type }: Json): boolean => !unread.has(name) || (name === 'data' && type === 'text')

/** Returns the base64 of an image or a document. */
const bytesOf = ({ type, source }: Json): string | undefined => {
  if ((type !== 'image' && type !== 'document') || !isObject(source) || source['type'] !== 'base64') return undefined
  return typeof source['data'] === 'string' ? source['data'] : undefined
}

const addBytes = (type: unknown, base64: string, tally: Tally): void => {
  tally.addText(blockOverhead)
  if (type === 'image') tally.addImage(base64)
  else tally.addPdf(base64)
}

/** Adds an object's member names, and an image's or a document's tokens; puts the values to read into `pending`. */
const addObject = (value: Json, pending: unknown[], tally: Tally): void => {
  const bytes = bytesOf(value)
  if (bytes !== undefined) addBytes(value['type'], bytes, tally)
  for (const [name, member] of Object.entries(value)) {
    if (!isRead(name, value) || (bytes !== undefined && name === 'source')) continue
    tally.addWords(name)
    pending.push(member)
  }
}

/** Adds what the model reads of an unknown value: member names and texts. */
export const addMembers = (value: object, tally: Tally): void => {
  // A list instead of recursion: the value may be deeper than the stack.
  const pending: unknown[] = []
  addObject(value as Json, pending, tally)
  while (pending.length > 0) {
    const next = pending.pop()
    if (typeof next === 'string') tally.addWords(next)
    else if (Array.isArray(next)) for (const item of next) pending.push(item)
    else if (isObject(next)) addObject(next, pending, tally)
    else if (isRawNumber(next)) tally.addWords(JSON.stringify(next))
    else if (next !== null && next !== undefined) tally.addWords(String(next))
  }
}
