import { existsSync, readFileSync } from 'node:fs'
import { applyEdits, type JSONPath, modify, type Node, parseTree } from 'jsonc-parser'
import { replaceFile } from '../../base/files/replace-file.ts'
import { printableName } from '../../base/printable-name.ts'
import { UsageError } from '../../base/usage-error.ts'
import { options, positionOf, withoutMark } from '../../config/jsonc.ts'
import { layoutOf } from '../../config/jsonc-members.ts'
import type { ClientEntry } from '../../wire/clients-file.ts'
import { changeExclusively } from '../config/config-file.ts'
import { parseClientsFile } from './parse-clients-file.ts'

/** Changes a file of clients: atomically, and under a lock. Comments and other clients stay as they are. */

/** A new value at a place in the file; undefined removes it. */
export interface Change {
  readonly path: JSONPath
  readonly value: unknown
  /** Adds an entry to a list. */
  readonly isInsertion?: boolean
}

const ownerAlone = 0o600

const emptyFile = '{\n  "clients": []\n}\n'

const textOf = (path: string): string => {
  const text = existsSync(path) ? withoutMark(readFileSync(path, 'utf8')) : ''
  return text.trim() === '' ? emptyFile : text
}

const changed = (text: string, { path, value, isInsertion = false }: Change): string =>
  applyEdits(text, modify(text, path, value, { ...layoutOf(text), isArrayInsertion: isInsertion }))

/** The first member whose name its object has already. */
const repeatedMember = (node: Node): Node | undefined => {
  const names = new Set<unknown>()
  for (const child of node.children ?? []) {
    const name: unknown = child.children?.[0]?.value
    if (node.type === 'object' && names.has(name)) return child
    names.add(name)
    const inner = repeatedMember(child)
    if (inner !== undefined) return inner
  }
  return undefined
}

/** The server reads the last one of two members, and a change would be made in the first. Throws UsageError. */
const refuseRepeated = (path: string, text: string): void => {
  const tree = parseTree(text, [], options)
  const member = tree && repeatedMember(tree)
  if (member === undefined) return
  const name = printableName(String(member.children?.[0]?.value))
  throw new UsageError(
    `${path}:${positionOf(text, member.offset).line}: the member${name} is there twice. Remove one of them.`,
  )
}

/**
 * `changesFor` gets the clients of the file and returns what to change. Only the owner can read the file. Rejects with
 * UsageError, also for a file that is not valid before or after the change.
 */
export const changeClientsFile = (
  path: string,
  changesFor: (clients: readonly ClientEntry[]) => readonly Change[],
): Promise<void> =>
  changeExclusively(path, '--clients', async (target) => {
    const before = textOf(target)
    refuseRepeated(path, before)
    const text = changesFor(parseClientsFile({ path, text: before })).reduce(changed, before)
    if (text === before) return
    parseClientsFile({ path, text })
    await replaceFile(target, text, { modeFor: () => ownerAlone })
  })
