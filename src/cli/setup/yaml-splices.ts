import { isMap, isNode, isPair, isSeq, type Pair, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml'

/** Changes of a YAML text at the offsets of its parsed nodes. The package's own output would lay out the file again. */

export type Collection = YAMLMap | YAMLSeq

/** Replaces the text from `start` to `end`. */
export interface Splice {
  readonly start: number
  readonly end: number
  readonly text: string
}

type Range = readonly [start: number, end: number]

export const eolOf = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n')

/** The offset after the line on which a value ends. A block ends after its line break. */
const lineEnd = (text: string, offset: number): number => {
  if (text[offset - 1] === '\n') return offset
  const newline = text.indexOf('\n', offset)
  return newline === -1 ? text.length : newline + 1
}

/** The parser gives a range to each node. */
export const rangeOf = (node: unknown): Range => {
  const range = isNode(node) ? node.range : undefined
  return range ? [range[0], range[1]] : [0, 0]
}

/** From the key to the end of the value. */
const entryRange = (entry: unknown): Range => {
  if (!isPair(entry)) return rangeOf(entry)
  const [start, keyEnd] = rangeOf(entry.key)
  return [start, Math.max(keyEnd, rangeOf(entry.value)[1])]
}

/** Whether the collection is written in brackets, like JSON. */
export const isFlow = ({ srcToken }: Collection): boolean => srcToken?.type === 'flow-collection'

export const indentOf = ({ srcToken }: Collection): string =>
  ' '.repeat(srcToken !== undefined && 'indent' in srcToken ? srcToken.indent : 0)

/** Inserts whole lines after the line on which a value ends; `lines` has no line break at its end. */
export const insertLines = (text: string, end: number, lines: string): Splice => {
  const start = lineEnd(text, end)
  const isOpen = start > 0 && text[start - 1] !== '\n'
  return { start, end: start, text: isOpen ? `${eolOf(text)}${lines}` : `${lines}${eolOf(text)}` }
}

const insertInFlow = (text: string, collection: Collection, entry: string): Splice => {
  const last = collection.items.at(-1)
  if (last === undefined) {
    const start = rangeOf(collection)[0] + 1
    return { start, end: start, text: entry }
  }
  const [, end] = entryRange(last)
  const comma = /^\s*,/.exec(text.slice(end))?.[0].length ?? 0
  return { start: end + comma, end: end + comma, text: comma > 0 ? ` ${entry},` : `, ${entry}` }
}

/** Adds an entry at the end: `block` has its lines, `flow` is the same like JSON. */
export const insertEntry = (text: string, collection: Collection, block: string, flow: string): Splice =>
  isFlow(collection) ? insertInFlow(text, collection, flow) : insertLines(text, rangeOf(collection)[1], block)

const removeFromFlow = ({ items }: Collection, index: number): Splice => {
  const [start, end] = entryRange(items[index])
  const [before, after] = [items[index - 1], items[index + 1]]
  // A comma after the last entry stays.
  if (before !== undefined) return { start: entryRange(before)[1], end, text: '' }
  return { start, end: after === undefined ? end : entryRange(after)[0], text: '' }
}

/** The key of a pair, or the dash before an entry of a list. */
const entryStart = (collection: Collection, index: number): number => {
  const { srcToken } = collection
  const tokens = srcToken?.type === 'block-seq' ? srcToken.items[index]?.start : undefined
  const dash = tokens?.find(({ type }) => type === 'seq-item-ind')
  return dash?.offset ?? entryRange(collection.items[index])[0]
}

const removeLines = (text: string, collection: Collection, index: number): Splice => {
  const from = entryStart(collection, index)
  const end = lineEnd(text, entryRange(collection.items[index])[1])
  const start = from === 0 ? 0 : text.lastIndexOf('\n', from - 1) + 1
  // The first pair of a list's entry stands after the dash.
  if (text.slice(start, from).trim() !== '')
    return { start: from, end: index + 1 < collection.items.length ? entryStart(collection, index + 1) : end, text: '' }
  // The last line of a file without a line break at its end takes the one before.
  const isOpen = end === text.length && text[end - 1] !== '\n' && start > 0
  const before = isOpen ? (text[start - 2] === '\r' ? 2 : 1) : 0
  return { start: start - before, end, text: '' }
}

/** Blocks contain the line break at their end: it stays. */
export const replaceNode = (text: string, node: unknown, content: string): Splice => {
  const [start, end] = rangeOf(node)
  return { start, end, text: text.slice(start, end).endsWith('\n') ? content + eolOf(text) : content }
}

export const removeEntry = (text: string, collection: Collection, index: number, isRoot: boolean): Splice => {
  if (isFlow(collection)) return removeFromFlow(collection, index)
  if (collection.items.length > 1 || isRoot) return removeLines(text, collection, index)
  return replaceNode(text, collection, isMap(collection) ? '{}' : '[]')
}

/** A key without a value gets one directly after its colon, before a comment. */
export const fillPair = ({ value, srcToken }: Pair, content: string): Splice => {
  const [start, end] = rangeOf(value)
  if (start !== end) return { start, end, text: content }
  const colon = srcToken?.sep?.find(({ type }) => type === 'map-value-ind')
  const at = colon === undefined ? end : colon.offset + 1
  return { start: at, end: at, text: ` ${content}` }
}

export const isEmptyValue = (value: unknown): value is Scalar | null =>
  value === null || (isNode(value) && !isMap(value) && !isSeq(value) && 'value' in value && value.value === null)
