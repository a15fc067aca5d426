import { didYouMean } from '../base/did-you-mean.ts'
import { isObject, type Json } from '../base/json.ts'
import { printableName } from '../base/printable-name.ts'
import { UsageError } from '../base/usage-error.ts'
import { importedSetting, isImportedFile, isImportedGroup, isWithoutEffect, withoutSwitch } from './imported-file.ts'
import { createLineOf, parseJsonc } from './jsonc.ts'
import { camelCase, settingGroups, settingKeys } from './settings/setting-names.ts'

export interface ConfigFile {
  readonly path: string
  readonly text: string
}

/** Settings that a program gives, in the shape of a configuration file. `path` names them in messages. */
export interface GivenSettings {
  readonly path: string
  readonly settings: Json
}

/** A file's settings by key (`logging.format`), and warnings about the file. */
export interface ParsedFile {
  readonly path: string
  readonly values: ReadonlyMap<string, unknown>
  /** The key as the file has it, with the file and the line, for messages. */
  readonly placeOf: (key: string) => string
  readonly warnings: readonly string[]
}

/** Throws UsageError. */
export const parseConfigObject = ({ path, text }: ConfigFile): Json => {
  const value = parseJsonc(path, text)
  if (!isObject(value)) throw new UsageError(`${path} must contain a JSON object.`)
  return value
}

/** A member that is not a group of settings. */
interface Member {
  /** In camel case. */
  readonly key: string
  readonly names: readonly string[]
  readonly value: unknown
}

type PlaceOf = (key: string, names: readonly string[]) => string

/** `port in /home/me/config.json (line 3)`. */
const createPlaceOf = (file: ConfigFile | GivenSettings): PlaceOf => {
  const { path } = file
  const lineOf = 'text' in file ? createLineOf(file.text) : () => undefined
  return (key, names) => {
    const line = lineOf(names)
    return `${key} in ${path}${line === undefined ? '' : ` (line ${line})`}`
  }
}

/** All members of an object and of its groups. Throws UsageError for a group that is not an object. */
const membersOf = (object: Json, isGroup: (key: string) => boolean, placeOf: PlaceOf): readonly Member[] => {
  const read = (group: Json, prefix: string, outer: readonly string[]): readonly Member[] =>
    Object.entries(group).flatMap(([name, value]) => {
      const key = prefix + camelCase(name)
      const names = [...outer, name]
      if (!isGroup(key)) return [{ key, names, value }]
      // A program may give a group that is not set.
      if (value === undefined) return []
      if (!isObject(value)) throw new UsageError(`${placeOf(key, names)} must be an object.`)
      return read(value, `${key}.`, names)
    })
  return read(object, '', [])
}

/** Throws UsageError that names the file, the line and, if possible, the key. */
export const parseConfigFile = (file: ConfigFile | GivenSettings): ParsedFile => {
  const { path } = file
  const object = 'text' in file ? parseConfigObject(file) : file.settings
  const isImported = isImportedFile(object)
  const isGroup = (key: string): boolean => settingGroups.has(key) || (isImported && isImportedGroup(key))
  const placeOf = createPlaceOf(file)
  const values = new Map<string, unknown>()
  const written = new Map<string, Member>()
  const warnings: string[] = []
  for (const member of membersOf(isImported ? withoutSwitch(object) : object, isGroup, placeOf)) {
    const [key, value] = isImported ? importedSetting(member.key, member.value) : [member.key, member.value]
    if (!settingKeys.includes(key) && isImported && isWithoutEffect(key)) {
      warnings.push(`${path}: ${member.names.join('.')} has no effect.`)
    } else if (!settingKeys.includes(key)) {
      warnings.push(`${path}: unknown key${printableName(member.names.join('.'))}.${didYouMean(key, settingKeys)}`)
    } else if (values.has(key)) {
      warnings.push(`${path}: ${key} is set twice. The first one is used.`)
    } else if (value !== null && value !== undefined) {
      values.set(key, value)
      written.set(key, member)
    }
  }
  return {
    path,
    values,
    warnings,
    placeOf(key) {
      const member = written.get(key)
      return member === undefined ? `${key} in ${path}` : placeOf(member.key, member.names)
    },
  }
}
