import { findNodeAtLocation, type Node, parseTree } from 'jsonc-parser'
import { clientNameRule, reservedNameRule, sharedClientName } from '../../base/client-name.ts'
import { didYouMean } from '../../base/did-you-mean.ts'
import { dotted } from '../../base/errors.ts'
import type { Path } from '../../base/path.ts'
import { printableName } from '../../base/printable-name.ts'
import { UsageError } from '../../base/usage-error.ts'
import type { ConfigFile } from '../../config/files.ts'
import { options, parseJsonc, positionOf, withoutMark } from '../../config/jsonc.ts'
import { expiryOf } from '../../gateway/policy/access.ts'
import { createCheck } from '../../wire/check.ts'
import { ClientEntry, ClientsFile } from '../../wire/clients-file.ts'
import { findIssue, type Issue } from '../../wire/issue.ts'

/** Reads the text of a file of clients. Messages contain no value of the file but names: a value may be a token. */

/** What is wrong, and where. */
interface Problem {
  readonly path: Path
  /** The place in the file, if it is not the path. */
  readonly at?: Path
  /** Follows the path in a sentence. */
  readonly words: string
}

const hashRule = 'must be "sha256:" and the 64 hexadecimal digits of the SHA-256 of a token, in lower case.'
export const timeRule = 'must be a date like 2026-12-31, or a time with its zone like 2026-12-31T18:00:00Z.'

/** Rules that a pattern stands for, by the member. */
const patternRules: Readonly<Record<string, string>> = {
  name: clientNameRule,
  tokenHash: hashRule,
  previousTokenHash: hashRule,
  expires: timeRule,
  previousTokenExpires: timeRule,
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text in quotes',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
}

const rangeWords = (minimum: number | undefined, maximum: number | undefined, value: unknown): string =>
  typeof value === 'number' && minimum !== undefined && value < minimum
    ? `must be at least ${minimum}.`
    : `must be at most ${maximum}.`

/** The name may be a token, so it is not part of the path. */
const unknownMember = (at: Path): Problem => {
  const path = at.slice(0, -1)
  const name = String(at.at(-1))
  const known = Object.keys((path.length === 0 ? ClientsFile : ClientEntry).properties)
  return { path, at, words: `has an unknown member${printableName(name)}.${didYouMean(name, known)}` }
}

const toProblem = (issue: Issue, valueAt: (path: Path) => unknown): Problem => {
  const { path } = issue
  const member = String(path.at(-1) ?? '')
  switch (issue.kind) {
    case 'required':
      return { path: path.slice(0, -1), words: `has no ${member}. Add it.` }
    case 'unknownMember':
      return unknownMember(path)
    case 'type':
      return { path, words: `must be ${typeNames[issue.expected] ?? issue.expected}.` }
    case 'range':
      return { path, words: rangeWords(issue.minimum, issue.maximum, valueAt(path)) }
    case 'length':
      return { path, words: 'must not be empty. Leave it out to allow all.' }
    case 'pattern':
      return { path, words: patternRules[member] ?? 'is not valid.' }
    case 'enum':
    case 'tag':
      return { path, words: 'is not valid.' }
  }
}

/** What no schema can say about one client. */
const entryProblem = (entry: ClientEntry, path: Path): Problem | undefined => {
  for (const name of ['expires', 'previousTokenExpires'] as const)
    if (entry[name] !== undefined && Number.isNaN(expiryOf(entry[name])))
      return { path: [...path, name], words: timeRule }
  if ((entry.previousTokenHash === undefined) === (entry.previousTokenExpires === undefined)) return undefined
  return { path, words: 'needs previousTokenHash and previousTokenExpires, or neither of them.' }
}

/** What is wrong between clients. `taken`: the names of the clients that the configuration itself has. */
const findProblem = ({ clients }: ClientsFile, taken: ReadonlySet<string>): Problem | undefined => {
  const names = new Set<string>()
  const hashes = new Map<string, string>()
  for (const [index, entry] of clients.entries()) {
    const path = ['clients', index]
    const { name, tokenHash, previousTokenHash } = entry
    if (name === sharedClientName) return { path: [...path, 'name'], words: reservedNameRule }
    if (taken.has(name)) return { path: [...path, 'name'], words: `is ${name}, which clientTokens has, too.` }
    if (names.has(name)) return { path: [...path, 'name'], words: `is ${name}, which another client has, too.` }
    names.add(name)
    for (const [member, hash] of Object.entries({ tokenHash, previousTokenHash })) {
      if (hash === undefined) continue
      const owner = hashes.get(hash)
      if (owner !== undefined) return { path: [...path, member], words: `is the hash of the token of ${owner}.` }
      hashes.set(hash, name)
    }
    const problem = entryProblem(entry, path)
    if (problem !== undefined) return problem
  }
  return undefined
}

const isClientsFile = createCheck(ClientsFile)

const noNames: ReadonlySet<string> = new Set()

/** Throws UsageError that names the file, the line, the member and what to change. */
export const parseClientsFile = ({ path: file, text }: ConfigFile, taken = noNames): readonly ClientEntry[] => {
  const value = parseJsonc(file, text)
  const bare = withoutMark(text)
  const nodeAt = (path: Path): Node | undefined => {
    const tree = parseTree(bare, [], options)
    return tree && findNodeAtLocation(tree, [...path])
  }
  const fail = ({ path, at = path, words }: Problem): never => {
    const { line } = positionOf(bare, nodeAt(at)?.offset ?? 0)
    throw new UsageError(`${file}:${line}: ${path.length === 0 ? 'the file' : dotted(path)} ${words}`)
  }
  if (!isClientsFile(value)) {
    const issue = findIssue(ClientsFile, value)
    return fail(
      issue === undefined ? { path: [], words: 'is not valid.' } : toProblem(issue, (path) => nodeAt(path)?.value),
    )
  }
  const problem = findProblem(value, taken)
  return problem === undefined ? value.clients : fail(problem)
}
