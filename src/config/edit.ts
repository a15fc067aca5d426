import { applyEdits, createScanner, modify, type Node, parseTree } from 'jsonc-parser'
import { UsageError } from '../base/usage-error.ts'
import { type ConfigFile, parseConfigFile, parseConfigObject } from './files.ts'
import { options, withoutMark } from './jsonc.ts'
import { camelCase, isSecretKey } from './settings/setting-names.ts'
import type { SettingKey } from './settings/settings.ts'

/** Changes one setting in the text of a configuration file: comments, layout and other members stay. */

/** The members with this name in an object; its `snake_case` spelling counts, too. */
const membersNamed = (object: Node | undefined, name: string): Node[] =>
  object?.children?.filter(({ children }) => camelCase(String(children?.[0]?.value)) === name) ?? []

const valueNode = (member: Node | undefined): Node | undefined => member?.children?.[1]

const replaceAt = (text: string, offset: number, length: number, content: string): string =>
  text.slice(0, offset) + content + text.slice(offset + length)

/** `SyntaxKind.CommaToken` of the parser: its enumeration exists only at compile time. */
const commaToken = 5

/** The offset of the comma that follows, also after comments. */
const commaAfter = (text: string, offset: number): number | undefined => {
  const scanner = createScanner(text, true)
  scanner.setPosition(offset)
  return scanner.scan() === commaToken ? scanner.getTokenOffset() : undefined
}

/** Removes the line at the offset if it is blank. */
const withoutBlankLine = (text: string, offset: number): string => {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  const end = text.indexOf('\n', offset)
  if (start === 0 || end === -1 || text.slice(start, end).trim() !== '') return text
  return text.slice(0, start) + text.slice(end + 1)
}

/** Removes a member with one comma and its line; comments stay. */
const removeMember = (text: string, object: Node, member: Node): string => {
  const { offset, length } = member
  const before = object.children?.[object.children.indexOf(member) - 1]
  const ownComma = commaAfter(text, offset + length)
  const comma = ownComma ?? (before && commaAfter(text, before.offset + before.length))
  if (comma === undefined) return withoutBlankLine(replaceAt(text, offset, length, ''), offset)
  if (comma < offset) {
    const rest = withoutBlankLine(replaceAt(text, offset, length, ''), offset)
    return replaceAt(rest, comma, 1, '')
  }
  const cut = replaceAt(replaceAt(text, comma, 1, ''), offset, length, '')
  return withoutBlankLine(cut, offset)
}

/** The indentation and the line breaks that the file uses. */
const layoutOf = (text: string) => {
  const indent = /^([ \t]+)"/m.exec(text)?.[1] ?? '  '
  return {
    formattingOptions: {
      insertSpaces: !indent.startsWith('\t'),
      tabSize: indent.startsWith('\t') ? 1 : indent.length,
      eol: text.includes('\r\n') ? '\r\n' : '\n',
    },
  }
}

/** The object of a group; without a group, the whole file. */
const objectAt = (text: string, group: string | undefined): Node | undefined => {
  const root = parseTree(text, [], options)
  return group === undefined ? root : valueNode(membersNamed(root, group)[0])
}

/** Removes all members with this name except the first `kept`. */
const removeTwins = (text: string, group: string | undefined, name: string, kept: number): string => {
  const object = objectAt(text, group)
  const surplus = membersNamed(object, name)[kept]
  if (object === undefined || surplus === undefined) return text
  return removeTwins(removeMember(text, object, surplus), group, name, kept)
}

/** Appends an empty object to a file that is empty or contains only comments. */
const withObject = (text: string): string =>
  parseTree(text, [], options) === undefined ? `${text.trim() === '' ? '' : `${text.trimEnd()}\n`}{}` : text

const setMember = (text: string, group: string | undefined, name: string, value: unknown): string => {
  const single = removeTwins(withObject(text), group, name, 1)
  const current = valueNode(membersNamed(objectAt(single, group), name)[0])
  if (current !== undefined) return replaceAt(single, current.offset, current.length, JSON.stringify(value))
  const root = parseTree(single, [], options)
  const groupName = group === undefined ? undefined : membersNamed(root, group)[0]?.children?.[0]?.value
  const path = group === undefined ? [name] : [String(groupName ?? group), name]
  return applyEdits(single, modify(single, path, value, layoutOf(single)))
}

/** Also removes a group that has no members left. */
const unsetMember = (text: string, group: string | undefined, name: string): string => {
  const bare = removeTwins(text, group, name, 0)
  if (group === undefined || bare === text) return bare
  return objectAt(bare, group)?.children?.length === 0 ? removeTwins(bare, undefined, group, 0) : bare
}

/** The decoder puts this character in place of bytes that are not UTF-8. */
const replacement = '\uFFFD'

/**
 * Sets a setting in the file's text, or removes it (undefined). Throws UsageError for a text that is not a JSON object
 * or was not UTF-8: the program overwrites only what it can read.
 */
export const editConfigFile = (file: ConfigFile, key: SettingKey, value: unknown): string => {
  // Refuses a text that is not an object, before any change.
  parseConfigObject(file)
  const [first = '', second] = key.split('.')
  const [group, name] = second === undefined ? [undefined, first] : [first, second]
  if (file.text.includes(replacement)) throw new UsageError(`${file.path} is not valid UTF-8. Save it as UTF-8 first.`)
  const text = withoutMark(file.text)
  const object = objectAt(text, group)
  if (group !== undefined && object !== undefined && object.type !== 'object')
    throw new UsageError(`${group} in ${file.path} must be an object. Correct it first.`)
  const isSame = JSON.stringify(valueInFile(file, key)) === JSON.stringify(value)
  const edited = value === undefined ? unsetMember(text, group, name) : setMember(text, group, name, value)
  if (edited === text || (isSame && membersNamed(object, name).length < 2)) return file.text
  return edited.endsWith('\n') ? edited : `${edited}\n`
}

/** The unchecked value in the file. Throws UsageError. */
export const valueInFile = (file: ConfigFile, key: SettingKey): unknown => parseConfigFile(file).values.get(key)

/** Also true for a secret that the program does not use, because another spelling of its key comes first. */
export const holdsSecret = (file: ConfigFile): boolean =>
  Object.entries(parseConfigObject(file)).some(
    ([member, value]) => isSecretKey(camelCase(member) as SettingKey) && typeof value === 'string',
  )
