import type { ArgDef, ArgsDef } from 'citty'
import { didYouMean } from '../../base/did-you-mean.ts'
import { printableName } from '../../base/printable-name.ts'
import { UsageError } from '../../base/usage-error.ts'
import { secretSettings } from '../../config/settings/setting-names.ts'
import { productName } from '../../version.ts'
import { shellWord } from '../clients/shells.ts'
import type { Command } from './command.ts'

/** Splits a command's arguments into ours and those for the program that it runs. */

type Splitting = Pick<Command, 'name' | 'args' | 'rest'>

export interface SplitArguments {
  readonly own: readonly string[]
  readonly rest: readonly string[]
  /** Whether `--` separates the two. */
  readonly hasTerminator: boolean
}

/** `--model` of `--model=opus`. */
const nameOf = (argument: string): string => argument.split('=', 1)[0] ?? ''

const spellings = ([name, flag]: readonly [string, ArgDef]): string[] => {
  const aliases = 'alias' in flag ? [flag.alias ?? []].flat() : []
  return flag.type === 'positional' ? [] : [`--${name}`, ...aliases.map((alias) => `-${alias}`)]
}

/** The number of arguments that one of our flags occupies, with its value; 0 for any other argument. */
const widthOf = (args: ArgsDef, argument: string): 0 | 1 | 2 => {
  const name = nameOf(argument)
  const found = Object.entries(args).find((named) => spellings(named).includes(name))
  if (found === undefined) return 0
  return found[1].type === 'boolean' || argument !== name ? 1 : 2
}

/** Our flags come first. The first other argument ends them, and so does `--`. */
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

/** Removes the values of secrets. */
const withoutSecrets = (words: readonly string[]): string[] =>
  words.map((word, index) => {
    if (secretFlags.has(words[index - 1] ?? '')) return '...'
    return secretFlags.has(nameOf(word)) && word.includes('=') ? `${nameOf(word)}=...` : word
  })

/** A complete command line to copy, without secrets. */
export const commandLine = (name: string, words: readonly string[]): string =>
  [productName, name, ...withoutSecrets(words).map((word) => shellWord('sh', word))].join(' ')

/** Such a word may be a command of the other program, with flags of its own. */
const looksLikeCommand = (word: string): boolean => /^[a-z]+(?:-[a-z]+)*$/.test(word)

/** Index of the first flag that only we have among the other program's arguments; -1 if there is none. */
const misplaced = ({ args, rest }: Splitting, passed: readonly string[]): number => {
  if (looksLikeCommand(passed[0] ?? '')) return -1
  const end = passed.indexOf('--')
  const isShared = (flag: string): boolean => rest?.passThrough?.shared.includes(flag) === true
  return passed
    .slice(0, end === -1 ? undefined : end)
    .findIndex((word) => word.startsWith('--') && widthOf(args, word) > 0 && !isShared(nameOf(word)))
}

/** The error message for the first problem, most certain first; undefined without a problem. */
const faultOf = (command: Splitting, { own, rest }: SplitArguments, first: string): string | undefined => {
  const { name, args, rest: other } = command
  if (other?.passThrough === undefined) return undefined
  const { ambiguous, absent, shared } = other.passThrough
  const line = (...parts: readonly (readonly string[])[]): string => commandLine(name, parts.flat())
  const flag = nameOf(first)
  const ours = ambiguous[flag]
  if (ours !== undefined) {
    const after = splitArguments(command, rest.slice(1))
    return `${flag} may be for ${productName} or for ${other.owner}. Use one of these commands:\n  ${line(own, ours, after.own, after.rest)}\n  ${line(own, after.own, ['--', flag], after.rest)}`
  }
  const passedOn = `To pass it to ${other.owner}:\n  ${line(own, ['--'], rest)}`
  const isOther = flag.startsWith('--') && !shared.includes(flag)
  const reason = isOther ? absent[flag] : undefined
  if (reason !== undefined) return `${name} takes no ${flag}: ${reason}. ${passedOn}`
  const late = misplaced(command, rest)
  if (late !== -1) {
    const end = late + widthOf(args, rest[late] ?? '')
    const corrected = line(own, rest.slice(late, end), rest.slice(0, late), rest.slice(end))
    return `${nameOf(rest[late] ?? '')} is a flag of ${productName}. Put it before the arguments for ${other.owner}:\n  ${corrected}`
  }
  if (!isOther) return undefined
  const known = [...Object.entries(args).flatMap(spellings), ...Object.keys(absent)]
  const suggestion = didYouMean(
    flag,
    known.filter((spelling) => spelling.startsWith('--')),
  )
  return suggestion === '' ? undefined : `Unknown flag${printableName(flag)}.${suggestion} ${passedOn}`
}

/**
 * Refuses ambiguous arguments: a flag that both programs have with different meanings, one of our flags after the first
 * other argument, and a flag that resembles one of ours. Throws UsageError with the corrected command.
 */
export const checkPassed = (command: Splitting, split: SplitArguments): void => {
  const [first] = split.rest
  if (first === undefined || split.hasTerminator) return
  const fault = faultOf(command, split, first)
  if (fault !== undefined) throw new UsageError(fault)
}
