import { isObject, type Json } from '../../base/json.ts'
import { isRawNumber } from '../../base/raw-number.ts'
import type { Tally } from './tally.ts'

/**
 * What no schema of ours has checked: the results of Anthropic's own tools, the settings of its tools.
 * Nothing of it may be taken for what it says it is.
 */

/** What stands around a block that is not text. */
export const blockOverhead = 10

/** Marks, and what only Anthropic can read: no words of the model's. */
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

/** Of all that is called `data`, only a text document's is words. */
const isRead = (name: string, { type }: Json): boolean => !unread.has(name) || (name === 'data' && type === 'text')

/** The base64 of a picture or of a document's pages. */
const bytesOf = ({ type, source }: Json): string | undefined => {
  if ((type !== 'image' && type !== 'document') || !isObject(source) || source['type'] !== 'base64') return undefined
  return typeof source['data'] === 'string' ? source['data'] : undefined
}

const addBytes = (type: unknown, base64: string, tally: Tally): void => {
  tally.addText(blockOverhead)
  if (type === 'image') tally.addImage(base64)
  else tally.addPdf(base64)
}

/** Adds an object's names, and a picture's or a document's price; what is to be read of it is left to do. */
const addObject = (value: Json, pending: unknown[], tally: Tally): void => {
  const bytes = bytesOf(value)
  if (bytes !== undefined) addBytes(value['type'], bytes, tally)
  for (const [name, member] of Object.entries(value)) {
    if (!isRead(name, value) || (bytes !== undefined && name === 'source')) continue
    tally.addWords(name)
    pending.push(member)
  }
}

/** Whatever the model reads of a value that we know no better: its members' names and words. */
export const addMembers = (value: object, tally: Tally): void => {
  // A list, and no call within a call: it may be deeper than the stack.
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
