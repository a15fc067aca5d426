import { didYouMean } from '../base/did-you-mean.ts'
import { isObject, type Json } from '../base/json.ts'
import { printableName } from '../base/printable-name.ts'
import { UsageError } from '../base/usage-error.ts'
import { parseJsonc } from './jsonc.ts'
import { camelCase, settingGroups, settingKeys } from './settings/setting-names.ts'

export interface ConfigFile {
  readonly path: string
  readonly text: string
}

/** A file's settings by key (`logging.format`), and warnings about the file. */
export interface ParsedFile {
  readonly path: string
  readonly values: ReadonlyMap<string, unknown>
  readonly warnings: readonly string[]
}

/** Throws UsageError. */
export const parseConfigObject = ({ path, text }: ConfigFile): Json => {
  const value = parseJsonc(path, text)
  if (!isObject(value)) throw new UsageError(`${path} must contain a JSON object.`)
  return value
}

/** Throws UsageError that names the file and, if possible, the key. */
export const parseConfigFile = (file: ConfigFile): ParsedFile => {
  const values = new Map<string, unknown>()
  const warnings: string[] = []

  const read = (object: Json, prefix: string): void => {
    for (const [name, value] of Object.entries(object)) {
      const key = prefix + camelCase(name)
      if (settingGroups.has(key)) {
        if (!isObject(value)) throw new UsageError(`${key} in ${file.path} must be an object.`)
        read(value, `${key}.`)
      } else if (!settingKeys.includes(key)) {
        warnings.push(`${file.path}: unknown key${printableName(prefix + name)}.${didYouMean(key, settingKeys)}`)
      } else if (values.has(key)) {
        warnings.push(`${file.path}: ${key} is set twice. The first one is used.`)
      } else if (value !== null) values.set(key, value)
    }
  }
  read(parseConfigObject(file), '')
  return { path: file.path, values, warnings }
}
