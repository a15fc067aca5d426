import { isDeepStrictEqual } from 'node:util'
import { createScanner, getNodeValue, type Node, parseTree } from 'jsonc-parser'
import { isObject } from '../../base/json.ts'
import { printableName } from '../../base/printable-name.ts'
import { UsageError } from '../../base/usage-error.ts'
import { afterMark, options, parseJsonc, positionOf, withoutMark } from '../../config/jsonc.ts'
import { addMember, layoutOf, removeMember, replaceAt } from '../../config/jsonc-members.ts'
import type { EntryOf, KeyPath } from './client-plan.ts'
import { namedEntry, wrapped } from './key-values.ts'
import { secretsInComment } from './plain-secrets.ts'
import { isSecretFlag } from './secret-names.ts'
import type { IsSecret, TextFormat } from './text-format.ts'

/** JSON with comments, trailing commas and a byte order mark, which stay. */

type Step = string | EntryOf

const isName = (step: Step | undefined): step is string => typeof step === 'string'

const place = (path: string, text: string, offset: number): string => {
  const { line, column } = positionOf(text, offset)
  return `${path}:${line}:${column}`
}

const treeOf = (text: string): Node | undefined => parseTree(text, [], options)

/** A plain value: the parser's objects have no prototype, and would differ from those of the journal. */
const plainValue = (node: Node): unknown => structuredClone(getNodeValue(node))

const membersNamed = (object: Node, name: string): Node[] =>
  object.children?.filter(({ children }) => children?.[0]?.value === name) ?? []

const isEntry = (step: EntryOf, node: Node): boolean => {
  const value: unknown = getNodeValue(node)
  return 'equals' in step ? value === step.equals : isObject(value) && value[step.by] === step.is
}

/** A member or an entry, and its value. A client uses the last of two members. */
interface Found {
  readonly container: Node
  readonly member: Node
  readonly value: Node
}

const find = (container: Node, step: Step): Found | undefined => {
  if (isName(step)) {
    const member = container.type === 'object' ? membersNamed(container, step).at(-1) : undefined
    const value = member?.children?.[1]
    return member && value && { container, member, value }
  }
  const entry = container.type === 'array' ? container.children?.find((node) => isEntry(step, node)) : undefined
  return entry && { container, member: entry, value: entry }
}

/** As far as the text has the key: the last found part is the key itself, if there are as many parts as steps. */
const follow = (root: Node | undefined, key: KeyPath): readonly Found[] => {
  const found: Found[] = []
  for (const step of key) {
    const next: Found | undefined = root && find(found.at(-1)?.value ?? root, step)
    if (next === undefined) break
    found.push(next)
  }
  return found
}

/** `env.NO_PROXY`, without entries of lists: they have no name. */
const nameOf = (key: KeyPath): string => key.filter(isName).join('.')

/** Throws UsageError if a part of the key has another type, or is there twice. */
const checkKey = (path: string, text: string, root: Node, key: KeyPath): void => {
  let node = root
  for (const [index, step] of key.entries()) {
    const wanted = isName(step) ? 'object' : 'array'
    if (node.type !== wanted) {
      const what = wanted === 'object' ? 'an object' : 'a list'
      throw new UsageError(
        `${place(path, text, node.offset)}: ${nameOf(key.slice(0, index))} must be ${what}. Correct it first.`,
      )
    }
    if (isName(step) && membersNamed(node, step).length > 1)
      throw new UsageError(
        `${place(path, text, membersNamed(node, step)[1]?.offset ?? 0)}: the member${printableName(step)} is there twice. Remove one of them.`,
      )
    const next = find(node, step)
    if (next === undefined) return
    node = next.value
  }
}

const spacing = (text: string): { readonly eol: string; readonly unit: string } => {
  const { insertSpaces, tabSize, eol } = layoutOf(text).formattingOptions
  return { eol, unit: insertSpaces ? ' '.repeat(tabSize) : '\t' }
}

const written = (value: unknown, { eol, unit }: { readonly eol: string; readonly unit: string }): string =>
  JSON.stringify(value, undefined, unit).replaceAll('\n', eol)

/** An object for a text without a value: an empty one, or one of comments only. */
const withObject = (text: string): string => {
  if (treeOf(text) !== undefined) return text
  const { eol } = spacing(text)
  return `${text.trim() === '' ? '' : `${text.trimEnd()}${eol}`}{}${eol}`
}

const indentOf = (text: string, offset: number): string => {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset)
  return /^[ \t]*/.exec(line)?.[0] ?? ''
}

const setIn = (path: string, given: string, key: KeyPath, value: unknown): string => {
  const text = withObject(given)
  const root = treeOf(text)
  if (root === undefined) return given
  checkKey(path, text, root, key)
  const found = follow(root, key)
  const last = found.at(-1)
  const layout = spacing(text)
  if (last !== undefined && found.length === key.length) {
    const { offset, length } = last.value
    if (isDeepStrictEqual(plainValue(last.value), value)) return given
    const lines = written(value, layout).replaceAll(layout.eol, layout.eol + indentOf(text, offset))
    return replaceAt(text, offset, length, lines)
  }
  const [step, ...inner] = key.slice(found.length)
  const added = wrapped(inner, value)
  const member =
    step === undefined || isName(step)
      ? `${JSON.stringify(step)}: ${written(added, layout)}`
      : written(namedEntry(step, added), layout)
  return addMember(text, { container: last?.value ?? root, member, ...layout })
}

interface NamedValue {
  readonly names: readonly string[]
  readonly node: Node
}

const valuesIn = (node: Node | undefined, names: readonly string[]): readonly NamedValue[] => {
  if (node === undefined) return []
  const { type, children = [] } = node
  if (type === 'array')
    return children.flatMap((entry, index) => {
      // `["--token", "..."]`: the argument before names this one.
      const flag: unknown = children[index - 1]?.value
      return valuesIn(entry, isSecretFlag(flag) ? [...names, String(flag)] : names)
    })
  if (type !== 'object') return [{ names, node }]
  const ownName: unknown = membersNamed(node, 'name').at(-1)?.children?.[1]?.value
  return children.flatMap(({ children: [key, value] = [] }) => {
    // `{ "name": "TOKEN", "value": "..." }` is a member, too.
    const isPair = key?.value === 'value' && typeof ownName === 'string'
    return valuesIn(value, [...names, isPair ? ownName : String(key?.value)])
  })
}

/** `SyntaxKind` of the parser: its enumeration exists only at compile time. */
const commentTokens: readonly number[] = [12, 13]
const endToken = 17

const secretsInComments = (text: string, isSecret: IsSecret): (readonly [number, number])[] => {
  const scanner = createScanner(text, false)
  const found: (readonly [number, number])[] = []
  for (let token: number = scanner.scan(); token !== endToken; token = scanner.scan())
    if (commentTokens.includes(token)) {
      const start = scanner.getTokenOffset()
      found.push(...secretsInComment(text.slice(start, start + scanner.getTokenLength()), start, isSecret))
    }
  return found
}

export const jsonFormat: TextFormat = {
  check(path, text) {
    if (!isObject(parseJsonc(path, text))) throw new UsageError(`${path}:1:1 is not a JSON object. Correct it first.`)
  },
  read(text, key) {
    const found = follow(treeOf(withoutMark(text)), key)
    const last = found.at(-1)
    return found.length === key.length && last !== undefined ? { value: plainValue(last.value) } : undefined
  },
  set: (path, text, key, value) => afterMark(text, (bare) => setIn(path, bare, key, value)),
  remove(text, key) {
    return afterMark(text, (bare) => {
      const found = follow(treeOf(bare), key)
      const last = found.at(-1)
      return last !== undefined && found.length === key.length ? removeMember(bare, last.container, last.member) : bare
    })
  },
  secrets(text, isSecret) {
    const bare = withoutMark(text)
    const shift = text.length - bare.length
    const values = valuesIn(treeOf(bare), [])
      .filter(({ names, node: { value } }) => typeof value === 'string' && isSecret(names, value))
      .map(({ node: { offset, length } }) => [offset, length] as const)
    return [...values, ...secretsInComments(bare, isSecret)].map(
      ([offset, length]) => [offset + shift, length] as const,
    )
  },
}
