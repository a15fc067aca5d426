import { isObject, type Json } from '../base/json.ts'
import { UsageError } from '../base/usage-error.ts'
import { type ConfigFile, parseConfigFile, parseConfigObject } from './files.ts'
import { camelCase, isSecretKey } from './setting-names.ts'
import type { SettingKey } from './settings.ts'

/** Changes a configuration file's text; everything that is not asked for stays, in its order. */

type Change = (held: unknown) => unknown

/** Undefined in the place of a member takes it out. A `snake_case` twin is the same member. */
const changeMember = (object: Json, name: string, change: Change): Json => {
  const isIt = (member: string): boolean => camelCase(member) === name
  const members = Object.entries(object)
  const first = members.find(([member]) => isIt(member))
  const changed = change(first?.[1])
  const all = first === undefined ? [...members, [name, undefined] as const] : members
  const place = first === undefined ? name : first[0]
  return Object.fromEntries(
    all.flatMap(([member, held]) => {
      if (!isIt(member)) return [[member, held]]
      return member === place && changed !== undefined ? [[member, changed]] : []
    }),
  )
}

const changeGroup =
  (name: string, change: Change, where: string): Change =>
  (held) => {
    if (held !== undefined && !isObject(held)) throw new UsageError(`${where} must be an object. Mend it first.`)
    const changed = changeMember(held ?? {}, name, change)
    return Object.keys(changed).length === 0 ? undefined : changed
  }

/**
 * The text with one setting at another value, or without it (undefined). Throws UsageError for a text
 * that is no JSON object: what we cannot read we do not write over.
 */
export const editConfigFile = (file: ConfigFile, key: SettingKey, value: unknown): string => {
  const object = parseConfigObject(file)
  const [name = '', member] = key.split('.')
  const put: Change = () => value
  const change = member === undefined ? put : changeGroup(member, put, `${name} in ${file.path}`)
  const edited = changeMember(object, name, change)
  // Who indents otherwise need not lose that over nothing.
  if (JSON.stringify(edited) === JSON.stringify(object)) return file.text
  return `${JSON.stringify(edited, null, 2)}\n`
}

/** What the file itself says, unchecked. Throws UsageError. */
export const valueInFile = (file: ConfigFile, key: SettingKey): unknown => parseConfigFile(file).values.get(key)

/** Whether whoever can read the file has a secret in hand: one that does not count, beside its twin, is as real. */
export const holdsSecret = (file: ConfigFile): boolean =>
  Object.entries(parseConfigObject(file)).some(
    ([member, value]) => isSecretKey(camelCase(member) as SettingKey) && typeof value === 'string',
  )
