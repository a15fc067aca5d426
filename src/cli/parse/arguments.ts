import { parseArgs as parseStrictly } from 'node:util'
import { type ArgDef, type ArgsDef, type ParsedArgs, parseArgs } from 'citty'
import { didYouMean } from '../../base/did-you-mean.ts'
import { errorCode } from '../../base/error-code.ts'
import { printableName } from '../../base/printable-name.ts'
import { UsageError } from '../../base/usage-error.ts'
import { productName } from '../../version.ts'
import type { Command } from './command.ts'
import { joinNumbers, optionSentence } from './option-values.ts'
import type { Flags, ParsedArguments } from './parsed-arguments.ts'
import { checkPassed, splitArguments } from './pass-through.ts'

/** The parts of a command that the parser needs. */
type Parsed = Pick<Command, 'name' | 'args' | 'rest'>

type Options = NonNullable<NonNullable<Parameters<typeof parseStrictly>[0]>['options']>

/** Flags of every command. */
export const commonFlags: ArgsDef = {
  help: { type: 'boolean', alias: 'h', description: 'Show this help' },
  version: { type: 'boolean', alias: 'V', description: 'Show the version' },
}

export type NamedArgument = readonly [name: string, definition: ArgDef]

const isPositional = ([, { type }]: NamedArgument): boolean => type === 'positional'
export const flagsOf = (args: ArgsDef): NamedArgument[] => Object.entries(args).filter((arg) => !isPositional(arg))
export const positionalsOf = (args: ArgsDef): NamedArgument[] => Object.entries(args).filter(isPositional)

/** A flag's letter, if it has one. */
export const shortOf = (flag: ArgDef): string | undefined =>
  ('alias' in flag ? [flag.alias ?? []].flat() : []).find((alias) => alias.length === 1)

/** `<key>` or `[value]`, as in a usage line. */
export const positionalText = ([name, { required }]: NamedArgument): string =>
  required === false ? `[${name}]` : `<${name}>`

/** The parser's form of the flags. */
export const optionsOf = (args: ArgsDef): Options => {
  const options: Options = {}
  for (const [name, flag] of flagsOf(args)) {
    const short = shortOf(flag)
    options[name] = { type: flag.type === 'boolean' ? 'boolean' : 'string', ...(short && { short }) }
  }
  return options
}

/** The unknown option as it was typed; for grouped letters, only the letter. */
const unknownOption = (message: string): string => {
  const name = /'([^']+)'/.exec(message)?.[1] ?? ''
  return name.startsWith('-') ? name : `-${name}`
}

const helpHint = ({ name }: Parsed): string => `See ${productName} ${name} --help.`

/** A negative number looks like a flag. */
const negativeHint = (flag: string, { name, args }: Parsed): string => {
  const wanted = positionalsOf(args)
  const [last] = wanted.slice(-1)
  if (last === undefined || !/^-[\d.]/.test(flag)) return ''
  const others = wanted.slice(0, -1).map((arg) => ` ${positionalText(arg)}`)
  return ` A value that begins with - goes after --: ${productName} ${name}${others.join('')} -- <${last[0]}>.`
}

const toUsageError = (error: unknown, command: Parsed, options: Options): UsageError => {
  const help = helpHint(command)
  const code = errorCode(error)
  if (!(error instanceof Error) || code === undefined) return new UsageError(`Cannot parse the flags. ${help}`)
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const flag = unknownOption(error.message)
    const known = Object.keys(options).map((name) => `--${name}`)
    const hints = `${didYouMean(flag, known)}${negativeHint(flag, command)}`
    return new UsageError(`Unknown flag${printableName(flag)}.${hints} ${help}`)
  }
  return new UsageError(`${optionSentence(error.message, command.args)} ${help}`)
}

/** Throws UsageError for too many arguments and for a missing one. */
const checkPositionals = (command: Parsed, given: readonly string[]): void => {
  const wanted = positionalsOf(command.args)
  if (given.length > wanted.length) {
    const takes = wanted.length === 0 ? 'only flags' : `at most ${wanted.map(positionalText).join(' ')}`
    throw new UsageError(`${command.name} takes ${takes}. ${helpHint(command)}`)
  }
  const missing = wanted.find(([, { required }], index) => required !== false && given[index] === undefined)
  if (missing !== undefined) {
    const usage = [productName, command.name, ...wanted.map(positionalText)].join(' ')
    throw new UsageError(`${command.name} needs ${positionalText(missing)}: ${usage}. ${helpHint(command)}`)
  }
}

/** Arguments after the strict check. */
export interface CheckedArguments {
  /** Input for citty. */
  readonly words: readonly string[]
  /** Arguments for another program. */
  readonly rest: readonly string[]
  readonly question: 'help' | 'version' | undefined
}

/**
 * Checks a command's arguments strictly. Citty (0.2.2) ignores unknown flags, reads `--no-x` as x, and turns a missing
 * value into an empty string: a server could start on the wrong port after a typing error. Citty uses the parser of
 * `node:util` with `strict: false`; this check runs the same parser with `strict: true` first. Throws UsageError that
 * suggests the nearest flag.
 */
export const checkArguments = (command: Parsed, rawArgs: readonly string[]): CheckedArguments => {
  const options = optionsOf(command.args)
  const split = splitArguments(command, rawArgs)
  const words = joinNumbers(split.own, options)
  const parse = () => {
    try {
      return parseStrictly({ args: words, options, strict: true, allowPositionals: true })
    } catch (error) {
      throw toUsageError(error, command, options)
    }
  }
  const { values, positionals } = parse()
  const isPassedOn = command.rest !== undefined
  const rest = isPassedOn ? split.rest : []
  // A request for help may lack required arguments.
  if (values['help'] === true) return { words, rest, question: 'help' }
  if (values['version'] === true) return { words, rest, question: 'version' }
  checkPassed(command, split)
  checkPositionals(command, isPassedOn ? positionals : [...positionals, ...split.rest])
  const isOver = isPassedOn || split.rest.length === 0
  return { words: isOver ? words : [...words, '--', ...split.rest], rest, question: undefined }
}

/** Citty reads `--no-browser` as the flag `browser` with the value false. */
const flagValue = (parsed: ParsedArgs, name: string): unknown =>
  name.startsWith('no-') && parsed[name.slice(3)] === false ? true : parsed[name]

/** Citty's result without aliases and second spellings. */
export const toParsedArguments = (args: ArgsDef, parsed: ParsedArgs, rest: readonly string[]): ParsedArguments => {
  const flags = flagsOf(args).flatMap(([name]): [string, string | true][] => {
    const value = flagValue(parsed, name)
    return typeof value === 'string' || value === true ? [[name, value]] : []
  })
  const positionals = positionalsOf(args).map(([name]): [string, string | undefined] => {
    const value = parsed[name]
    return [name, typeof value === 'string' ? value : undefined]
  })
  return { flags: Object.fromEntries(flags), positionals: Object.fromEntries(positionals), rest }
}

/** Checks and parses a command's arguments. Throws UsageError. */
export const parseArguments = (command: Parsed, rawArgs: readonly string[]): ParsedArguments => {
  const { words, rest } = checkArguments(command, rawArgs)
  return toParsedArguments(command.args, parseArgs([...words], command.args), rest)
}

/** A flag's text; undefined if it was not given. Throws UsageError for an empty one. */
export const textFlag = (flags: Flags, name: string): string | undefined => {
  const value = flags[name]
  if (typeof value !== 'string') return undefined
  if (value.trim() === '') throw new UsageError(`--${name} is empty. Give it a value, or leave it out.`)
  return value
}

/** A flag's value, one of `words`; undefined if it was not given. Throws UsageError for another value. */
export const choiceFlag = <Word extends string>(
  flags: Flags,
  name: string,
  words: readonly Word[],
): Word | undefined => {
  const given = textFlag(flags, name)
  const word = words.find((known) => known === given)
  if (given === undefined || word !== undefined) return word
  throw new UsageError(`--${name} must be one of ${words.join(', ')}.`)
}
