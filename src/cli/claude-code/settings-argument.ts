import { type Json, parseObject } from '../../base/json.ts'
import { UsageError } from '../../base/usage-error.ts'
import { absolutePath, type Machine } from '../../config/paths.ts'
import { readJsonFile, type SettingsFile } from './settings-files.ts'

/** The user's own `--settings` among Claude Code's arguments. They win over all settings files except managed ones. */
export interface SettingsArgument extends SettingsFile {
  readonly settings: Json
  /** Other users of this machine can see JSON on the command line; a file may contain secrets. */
  readonly isFile: boolean
  /** The arguments without it. */
  readonly others: readonly string[]
}

const flag = '--settings'

/** Returns -1 without the flag. Claude Code uses the last of several. */
const indexOfFlag = (args: readonly string[]): number => {
  const terminator = args.indexOf('--')
  const options = terminator === -1 ? args : args.slice(0, terminator)
  return options.findLastIndex((arg) => arg === flag || arg.startsWith(`${flag}=`))
}

/** Distinguishes JSON from a path as Claude Code does. */
const isInline = (text: string): boolean => /^\s*\{.*\}\s*$/s.test(text)

/** Throws UsageError if the value is not a JSON object. */
const readGiven = (value: string, machine: Machine): Pick<SettingsArgument, 'settings' | 'path' | 'isFile'> => {
  if (isInline(value)) {
    const settings = parseObject(value)
    if (settings === undefined) throw new UsageError(`The value of ${flag} is not valid JSON. Correct it.`)
    return { settings, path: flag, isFile: false }
  }
  const path = absolutePath(machine, value)
  const settings = readJsonFile(path)
  if (settings === undefined) throw new UsageError(`${flag} names ${path}, which does not exist.`)
  if (settings === null) throw new UsageError(`${flag} names ${path}, which cannot be read as a JSON object.`)
  return { settings, path, isFile: true }
}

/** Undefined without the flag. Throws UsageError if its value cannot be read. */
export const readSettingsArgument = (args: readonly string[], machine: Machine): SettingsArgument | undefined => {
  const index = indexOfFlag(args)
  const argument = args[index]
  if (argument === undefined) return undefined
  const isJoined = argument !== flag
  const value = isJoined ? argument.slice(flag.length + 1) : args[index + 1]
  // Claude Code itself reports the missing value.
  if (value === undefined) return undefined
  const others = args.toSpliced(index, isJoined ? 1 : 2)
  return { ...readGiven(value, machine), isManaged: false, others }
}
