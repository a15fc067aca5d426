import type { ArgDef, ArgsDef } from 'citty'
import { didYouMean } from '../../base/did-you-mean.ts'
import { printableName } from '../../base/printable-name.ts'
import { UsageError } from '../../base/usage-error.ts'
import { secretSettings } from '../../config/settings/setting-names.ts'
import { productName } from '../../version.ts'
import { shellWord } from '../claude-code/launch/shells.ts'
import type { Command } from './command.ts'

/** Which arguments of a command are ours, and which are passed to the program that it runs. */

type Splitting = Pick<Command, 'name' | 'args' | 'rest'>

export interface SplitArguments {
  readonly own: readonly string[]
  readonly rest: readonly string[]
  /** Whether `--` stands between the two. */
  readonly hasTerminator: boolean
}

/** `--model` of `--model=opus`. */
const nameOf = (argument: string): string => argument.split('=', 1)[0] ?? ''

const spellings = ([name, flag]: readonly [string, ArgDef]): string[] => {
  const aliases = 'alias' in flag ? [flag.alias ?? []].flat() : []
  return flag.type === 'positional' ? [] : [`--${name}`, ...aliases.map((alias) => `-${alias}`)]
}

/** How many arguments a flag of ours takes up, itself included; 0 for what is no flag of ours. */
const widthOf = (args: ArgsDef, argument: string): 0 | 1 | 2 => {
  const name = nameOf(argument)
  const found = Object.entries(args).find((named) => spellings(named).includes(name))
  if (found === undefined) return 0
  return found[1].type === 'boolean' || argument !== name ? 1 : 2
}

/** Flags of ours come first, up to the first argument that is none of them. `--` ends them as well. */
export const splitArguments = ({ args, rest }: Splitting, rawArgs: readonly string[]): SplitArguments => {
  const terminator = rawArgs.indexOf('--')
  const hasTerminator = terminator !== -1
  const front = hasTerminator ? rawArgs.slice(0, terminator) : rawArgs
  let end = rest?.passThrough === undefined ? front.length : 0
  while (end < front.length) {
    const width = widthOf(args, front[end] ?? '')
    if (width === 0) return { own: front.slice(0, end), rest: rawArgs.slice(end), hasTerminator: false }
    end += width
  }
  return { own: front, rest: hasTerminator ? rawArgs.slice(terminator + 1) : [], hasTerminator }
}

const secretFlags: ReadonlySet<string> = new Set(secretSettings.map(({ flag }) => `--${flag}`))

/** Without the value of a secret. */
const withoutSecrets = (words: readonly string[]): string[] =>
  words.map((word, index) => {
    if (secretFlags.has(words[index - 1] ?? '')) return '...'
    return secretFlags.has(nameOf(word)) && word.includes('=') ? `${nameOf(word)}=...` : word
  })

/** A whole command line that can be copied. It holds no secret. */
export const commandLine = (name: string, words: readonly string[]): string =>
  [productName, name, ...withoutSecrets(words).map((word) => shellWord('sh', word))].join(' ')

/** One such word may be a command of the other program, which has flags of its own. */
const looksLikeCommand = (word: string): boolean => /^[a-z]+(?:-[a-z]+)*$/.test(word)

/** Where the first flag of ours is among the arguments of the other program, which does not know it; -1 for nowhere. */
const misplaced = ({ args, rest }: Splitting, passed: readonly string[]): number => {
  if (looksLikeCommand(passed[0] ?? '')) return -1
  const end = passed.indexOf('--')
  const isShared = (flag: string): boolean => rest?.passThrough?.shared.includes(flag) === true
  return passed
    .slice(0, end === -1 ? undefined : end)
    .findIndex((word) => word.startsWith('--') && widthOf(args, word) > 0 && !isShared(nameOf(word)))
}

/** The faults, most certain first, each as its sentence; undefined where there is none. */
const faultOf = (command: Splitting, { own, rest }: SplitArguments, first: string): string | undefined => {
  const { name, args, rest: other } = command
  if (other?.passThrough === undefined) return undefined
  const { ambiguous, absent, shared } = other.passThrough
  const line = (...parts: readonly (readonly string[])[]): string => commandLine(name, parts.flat())
  const flag = nameOf(first)
  const ours = ambiguous[flag]
  if (ours !== undefined) {
    const after = splitArguments(command, rest.slice(1))
    return `${flag} may be for ${productName} or for ${other.owner}. Use one of these:\n  ${line(own, ours, after.own, after.rest)}\n  ${line(own, after.own, ['--', flag], after.rest)}`
  }
  const late = misplaced(command, rest)
  if (late !== -1) {
    const end = late + widthOf(args, rest[late] ?? '')
    const corrected = line(own, rest.slice(late, end), rest.slice(0, late), rest.slice(end))
    return `${nameOf(rest[late] ?? '')} is a flag of ${productName}: it belongs in front of the arguments for ${other.owner}:\n  ${corrected}`
  }
  if (!flag.startsWith('--') || shared.includes(flag)) return undefined
  const passedOn = `To pass it to ${other.owner}:\n  ${line(own, ['--'], rest)}`
  const reason = absent[flag]
  if (reason !== undefined) return `${name} takes no ${flag}: ${reason}. ${passedOn}`
  const known = [...Object.entries(args).flatMap(spellings), ...Object.keys(absent)]
  const suggestion = didYouMean(
    flag,
    known.filter((spelling) => spelling.startsWith('--')),
  )
  return suggestion === '' ? undefined : `Unknown flag${printableName(flag)}.${suggestion} ${passedOn}`
}

/**
 * Refuses what would surprise a user: a flag that both programs have with different meanings, a flag of ours behind
 * the first argument that is not, and one that resembles ours. Throws UsageError with the corrected command.
 */
export const checkPassed = (command: Splitting, split: SplitArguments): void => {
  const [first] = split.rest
  if (first === undefined || split.hasTerminator) return
  const fault = faultOf(command, split, first)
  if (fault !== undefined) throw new UsageError(fault)
}
