import { applyEdits, modify, type Node, parseTree } from 'jsonc-parser'
import { isObject, type Json } from '../base/json.ts'
import { UsageError } from '../base/usage-error.ts'
import { type ConfigFile, parseConfigFile, parseConfigObject } from './files.ts'
import { isImportedFile } from './imported-file.ts'
import { options, withoutMark } from './jsonc.ts'
import { layoutOf, removeMember, replaceAt } from './jsonc-members.ts'
import { camelCase, isSecretText, settingGroups } from './settings/setting-names.ts'
import { type SettingKey, settings } from './settings/settings.ts'

/** Changes one setting in the text of a configuration file: comments, layout and other members stay. */

/** The members with this name in an object; its `snake_case` spelling counts, too. */
const membersNamed = (object: Node | undefined, name: string): Node[] =>
  object?.children?.filter(({ children }) => camelCase(String(children?.[0]?.value)) === name) ?? []

const valueNode = (member: Node | undefined): Node | undefined => member?.children?.[1]

/** The members of nested groups, outermost first; undefined where the file has none. */
const groupMembers = (text: string, groups: readonly string[]): (Node | undefined)[] => {
  let object = parseTree(text, [], options)
  return groups.map((group) => {
    const [member] = membersNamed(object, group)
    object = valueNode(member)
    return member
  })
}

/** The object of a group; without a group, the whole file. */
const objectAt = (text: string, groups: readonly string[]): Node | undefined =>
  groups.length === 0 ? parseTree(text, [], options) : valueNode(groupMembers(text, groups).at(-1))

/** Removes all members with this name except the first `kept`. */
const removeTwins = (text: string, groups: readonly string[], name: string, kept: number): string => {
  const object = objectAt(text, groups)
  const surplus = membersNamed(object, name)[kept]
  if (object === undefined || surplus === undefined) return text
  return removeTwins(removeMember(text, object, surplus), groups, name, kept)
}

/** Appends an empty object to a file that is empty or contains only comments. */
const withObject = (text: string): string =>
  parseTree(text, [], options) === undefined ? `${text.trim() === '' ? '' : `${text.trimEnd()}\n`}{}` : text

const setMember = (text: string, groups: readonly string[], name: string, value: unknown): string => {
  const single = removeTwins(withObject(text), groups, name, 1)
  const held = valueNode(membersNamed(objectAt(single, groups), name)[0])
  if (held !== undefined) return replaceAt(single, held.offset, held.length, JSON.stringify(value))
  const spelled = groupMembers(single, groups).map((member, index) => member?.children?.[0]?.value ?? groups[index])
  return applyEdits(single, modify(single, [...spelled.map(String), name], value, layoutOf(single)))
}

/** Also removes groups that have no members left. */
const unsetMember = (text: string, groups: readonly string[], name: string): string => {
  const bare = removeTwins(text, groups, name, 0)
  const group = groups.at(-1)
  if (group === undefined || bare === text) return bare
  return objectAt(bare, groups)?.children?.length === 0 ? unsetMember(bare, groups.slice(0, -1), group) : bare
}

/** The decoder puts this character in place of bytes that are not UTF-8. */
const replacement = '\uFFFD'

/**
 * Sets a setting in the file's text, or removes it (undefined). Throws UsageError for a text that is not a JSON object
 * or was not UTF-8: the program overwrites only what it can read.
 */
export const editConfigFile = (file: ConfigFile, key: SettingKey, value: unknown): string => {
  // Refuses a text that is not an object, before any change.
  if (isImportedFile(parseConfigObject(file)))
    throw new UsageError(
      `${file.path} is a file of claude-code-proxy-api, which is read but not changed. Set ${key} in another file: --config.`,
    )
  const groups = key.split('.')
  const name = groups.pop() ?? ''
  if (file.text.includes(replacement)) throw new UsageError(`${file.path} is not valid UTF-8. Save it as UTF-8 first.`)
  const text = withoutMark(file.text)
  const wrong = groupMembers(text, groups).findIndex((member) => (valueNode(member)?.type ?? 'object') !== 'object')
  if (wrong !== -1)
    throw new UsageError(`${groups.slice(0, wrong + 1).join('.')} in ${file.path} must be an object. Correct it first.`)
  const isSame = JSON.stringify(valueInFile(file, key)) === JSON.stringify(value)
  const edited = value === undefined ? unsetMember(text, groups, name) : setMember(text, groups, name, value)
  if (edited === text || (isSame && membersNamed(objectAt(text, groups), name).length < 2)) return file.text
  return edited.endsWith('\n') ? edited : `${edited}\n`
}

/** The unchecked value in the file. Throws UsageError. */
export const valueInFile = (file: ConfigFile, key: SettingKey): unknown => parseConfigFile(file).values.get(key)

/** Also true for a secret that the program does not use, because another spelling of its key comes first. */
export const holdsSecret = (file: ConfigFile): boolean => holdsSecretWithin(parseConfigObject(file), '')

const headerKeys: ReadonlySet<string> = new Set(
  settings.filter(({ type }) => type.kind === 'headers').map(({ key }) => key),
)

/** A value in the form that the type of a secret setting has in a file: a string, or an object of headers. */
const isSecretValue = (key: string, value: unknown): boolean => {
  if (typeof value === 'string') return isSecretText(key as SettingKey, value)
  return isObject(value) && Object.keys(value).length > 0 && headerKeys.has(key)
}

const holdsSecretWithin = (object: Json, prefix: string): boolean =>
  Object.entries(object).some(([member, value]) => {
    const key = prefix + camelCase(member)
    return (
      isSecretValue(key, value) || (isObject(value) && settingGroups.has(key) && holdsSecretWithin(value, `${key}.`))
    )
  })
