import { isDeepStrictEqual } from 'node:util'
import {
  type Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  stringify,
  visit,
} from 'yaml'
import { UsageError } from '../../base/usage-error.ts'
import { afterMark, withoutMark } from '../../config/jsonc.ts'
import type { EntryOf, KeyPath } from './client-plan.ts'
import { keyName } from './key-changes.ts'
import { wrapped } from './key-values.ts'
import { secretsInComment } from './plain-secrets.ts'
import { isSecretFlag } from './secret-names.ts'
import type { TextFormat } from './text-format.ts'
import {
  type Collection,
  eolOf,
  fillPair,
  indentOf,
  insertEntry,
  insertLines,
  isEmptyValue,
  isFlow,
  rangeOf,
  removeEntry,
  replaceNode,
  type Splice,
} from './yaml-splices.ts'

const parse = (text: string): Document.Parsed =>
  parseDocument(text, { keepSourceTokens: true, prettyErrors: false }) as Document.Parsed

const spliced = (text: string, { start, end, text: inserted }: Splice): string =>
  text.slice(0, start) + inserted + text.slice(end)

const isCollection = (node: unknown): node is Collection => isMap(node) || isSeq(node)

const isEntry = (node: unknown, entry: EntryOf): boolean => {
  if ('equals' in entry) return isScalar(node) && node.value === entry.equals
  return isMap(node) && node.get(entry.by) === entry.is
}

const indexOf = (collection: Collection, key: KeyPath[number]): number => {
  if (isMap(collection))
    return collection.items.findIndex((pair) => isScalar(pair.key) && String(pair.key.value) === key)
  return typeof key === 'string' ? -1 : collection.items.findIndex((node) => isEntry(node, key))
}

const valueAt = (collection: Collection, index: number): unknown => {
  const item = collection.items[index]
  return isMap(collection) ? (item as Pair | undefined)?.value : item
}

/** How far a path leads. `holder`: the innermost collection on it. */
interface Reached {
  readonly holder: Collection
  /** The number of keys before the one in `holder`. */
  readonly depth: number
  /** -1 if the holder does not have the key. */
  readonly index: number
}

const reach = (root: Collection, keys: KeyPath): Reached => {
  let holder = root
  for (const [depth, key] of keys.entries()) {
    const index = indexOf(holder, key)
    const value = valueAt(holder, index)
    if (index === -1 || depth === keys.length - 1 || !isCollection(value)) return { holder, depth, index }
    holder = value
  }
  return { holder: root, depth: 0, index: -1 }
}

const rootOf = ({ contents }: Document.Parsed): Collection | undefined =>
  isCollection(contents) ? contents : undefined

const isComposed = (value: unknown): boolean => typeof value === 'object' && value !== null

/** Lines of a block, without a line break at the end. */
const blockOf = (value: unknown, indent: string, text: string): string =>
  stringify(value, { lineWidth: 0 })
    .trimEnd()
    .split('\n')
    .join(`${eolOf(text)}${indent}`)

/** One line, which is valid in each place. */
const flowOf = (value: unknown): string => JSON.stringify(value)

const scalarOf = (value: unknown, text: string): string => {
  const plain = stringify(value, { lineWidth: 0 }).trimEnd()
  return plain.includes('\n') ? flowOf(value) : blockOf(value, '', text)
}

const columnOf = (text: string, offset: number): number => offset - (text.lastIndexOf('\n', offset - 1) + 1)

const replacement = (text: string, holder: Collection, old: unknown, value: unknown): Splice => {
  if (isFlow(holder)) return replaceNode(text, old, flowOf(value))
  if (isCollection(old) && !isFlow(old) && isComposed(value)) {
    const indent = ' '.repeat(columnOf(text, rangeOf(old)[0]))
    return replaceNode(text, old, blockOf(value, indent, text))
  }
  return replaceNode(text, old, isComposed(value) ? flowOf(value) : scalarOf(value, text))
}

const insertion = (text: string, holder: Collection, key: KeyPath[number], value: unknown): Splice => {
  const entry = wrapped([key], value)
  const indent = indentOf(holder)
  return insertEntry(text, holder, indent + blockOf(entry, indent, text), flowOf(entry).slice(1, -1))
}

const refuse = (path: string, keys: KeyPath, kind: string): never => {
  throw new UsageError(`${keyName(keys)} in ${path} must be a ${kind}. Correct it first.`)
}

/** Throws UsageError for a value on the way that is neither a list nor a map, or the other one. */
const checkWay = (path: string, root: Collection, keys: KeyPath): Reached => {
  const reached = reach(root, keys)
  const { holder, depth, index } = reached
  const [key = '', next] = keys.slice(depth)
  if (isMap(holder) !== (typeof key === 'string')) refuse(path, keys.slice(0, depth), isMap(holder) ? 'list' : 'map')
  const isOther = next !== undefined && index !== -1 && !isEmptyValue(valueAt(holder, index))
  if (isOther) refuse(path, keys.slice(0, depth + 1), typeof next === 'string' ? 'map' : 'list')
  return reached
}

const read = (text: string, keys: KeyPath): { readonly value: unknown } | undefined => {
  const document = parse(withoutMark(text))
  const root = rootOf(document)
  if (keys.length === 0) return { value: root === undefined ? {} : root.toJS(document) }
  if (root === undefined) return undefined
  const { holder, depth, index } = reach(root, keys)
  if (index === -1 || depth < keys.length - 1) return undefined
  const value = valueAt(holder, index)
  return { value: isNode(value) ? value.toJS(document) : null }
}

const checked = (path: string, text: string, keys: KeyPath, value: unknown): string => {
  const { errors } = parse(text)
  if (errors.length === 0 && isDeepStrictEqual(read(text, keys)?.value, value)) return text
  throw new UsageError(`${keyName(keys)} in ${path} cannot be changed safely. Change it by hand.`)
}

const set = (path: string, text: string, keys: KeyPath, value: unknown): string => {
  const root = rootOf(parse(text))
  if (root === undefined) return spliced(text, insertLines(text, text.length, blockOf(wrapped(keys, value), '', text)))
  const { holder, depth, index } = checkWay(path, root, keys)
  const [key = '', ...rest] = keys.slice(depth)
  const whole = wrapped(rest, value)
  const pair = holder.items[index] as Pair
  if (index === -1) return spliced(text, insertion(text, holder, key, whole))
  const old = valueAt(holder, index)
  if (isMap(holder) && isEmptyValue(old)) return spliced(text, fillPair(pair, flowOf(whole)))
  return spliced(text, replacement(text, holder, old, whole))
}

/** `UNEXPECTED_TOKEN` as words. The parser's codes are fixed, so they never quote the file. */
const wordsFor = (code: string): string => code.replaceAll('_', ' ').toLowerCase()

const check = (path: string, text: string): void => {
  const lines = new LineCounter()
  const { errors, contents } = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const [first] = errors
  const { line, col } = lines.linePos(first?.pos[0] ?? (contents as Node | null)?.range?.[0] ?? 0)
  if (first !== undefined)
    throw new UsageError(
      `${path}:${line}:${col} is not valid YAML (${wordsFor(first.code)}). Correct it, or move the file away.`,
    )
  if (contents !== null && !isMap(contents) && !isEmptyValue(contents))
    throw new UsageError(`${path}:${line}:${col} must be a map. Correct it, or move the file away.`)
}

const remove = (text: string, keys: KeyPath): string => {
  const root = rootOf(parse(text))
  if (root === undefined) return text
  const { holder, depth, index } = reach(root, keys)
  if (index === -1 || depth < keys.length - 1) return text
  return spliced(text, removeEntry(text, holder, index, holder === root))
}

/** YAML: comments, order, layout, line ends and a byte order mark stay. */
export const yamlFormat: TextFormat = {
  check: (path, text) => check(path, withoutMark(text)),
  read,
  set: (path, text, keys, value) => afterMark(text, (bare) => checked(path, set(path, bare, keys, value), keys, value)),
  remove: (text, keys) => afterMark(text, (bare) => remove(bare, keys)),
  secrets(text, isSecret) {
    const bare = withoutMark(text)
    const shift = text.length - bare.length
    const found: (readonly [offset: number, length: number])[] = []
    visit(parse(bare), {
      Scalar(key, node, path) {
        const names = path.flatMap((outer) => (isPair(outer) && isScalar(outer.key) ? [String(outer.key.value)] : []))
        const holder = path.at(-1)
        // `["--token", "..."]`: the argument before names this one.
        const flag = isSeq(holder) && typeof key === 'number' ? holder.items[key - 1] : undefined
        if (isScalar(flag) && isSecretFlag(flag.value)) names.push(String(flag.value))
        if (key === 'key' || !isSecret(names, String(node.value))) return
        const [start, end] = rangeOf(node)
        found.push([start + shift, end - start])
      },
    })
    for (const { 0: comment, index } of bare.matchAll(/(?<=^|\s)#.*/gm))
      found.push(...secretsInComment(comment, index + shift, isSecret))
    return found
  },
}
