import { parseArgs } from 'node:util'
import type { ArgsDef } from 'citty'
import { errorCode } from '../base/error-code.ts'
import { didYouMean } from '../base/nearest.ts'
import { typedName } from '../base/typed-name.ts'
import { UsageError } from '../base/usage-error.ts'

/** Flags as they were given: by name without dashes; a switch is `true`. */
export type Flags = Readonly<Record<string, string | true | undefined>>

type Options = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>

/** On every command. */
export const commonFlags: ArgsDef = {
  help: { type: 'boolean', alias: 'h', description: 'Show this help' },
  version: { type: 'boolean', alias: 'V', description: 'Show the version' },
}

const optionsOf = (definition: ArgsDef): Options => {
  const options: Options = {}
  for (const [name, flag] of Object.entries(definition)) {
    const aliases = 'alias' in flag ? (flag.alias ?? []) : []
    const short = [aliases].flat().find((alias) => alias.length === 1)
    options[name] = { type: flag.type === 'boolean' ? 'boolean' : 'string', ...(short && { short }) }
  }
  return options
}

/** The option that the parser could not place, as it was written; of grouped ones it names only the letter. */
const unknownOption = (message: string): string => {
  const name = /'([^']+)'/.exec(message)?.[1] ?? ''
  return name.startsWith('-') ? name : `-${name}`
}

const toUsageError = (error: unknown, command: string, options: Options): UsageError => {
  const help = `See nexus-claude-api ${command} --help.`
  const code = errorCode(error)
  if (!(error instanceof Error) || code === undefined) return new UsageError(`The flags could not be read. ${help}`)
  switch (code) {
    case 'ERR_PARSE_ARGS_UNKNOWN_OPTION': {
      const flag = unknownOption(error.message)
      const known = Object.keys(options).map((name) => `--${name}`)
      return new UsageError(`Unknown flag${typedName(flag)}.${didYouMean(flag, known)} ${help}`)
    }
    case 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL':
      return new UsageError(`${command} takes no argument without a flag. ${help}`)
    default:
      // A flag without its value, or a switch with one: the parser's own words are clear.
      return new UsageError(`${error.message.replace(/\s*\n\s*/g, ' ').replace(/\.?\s*$/, '.')} ${help}`)
  }
}

/**
 * Reads a command's flags strictly. Citty ignores flags that it does not know, and a server would
 * start on another port than the one that was mistyped. Throws UsageError with the nearest known flag.
 */
export const parseFlags = (command: string, definition: ArgsDef, rawArgs: readonly string[]): Flags => {
  const options = optionsOf(definition)
  try {
    return parseArgs({ args: [...rawArgs], options, strict: true, allowPositionals: false }).values as Flags
  } catch (error) {
    throw toUsageError(error, command, options)
  }
}

/** A flag's text; undefined where it was not given. Throws UsageError for an empty one. */
export const textFlag = (flags: Flags, name: string): string | undefined => {
  const value = flags[name]
  if (typeof value !== 'string') return undefined
  if (value.trim() === '') throw new UsageError(`--${name} is empty. Give it a value, or leave it out.`)
  return value
}
