import { applyEdits, createScanner, modify, type Node, parseTree } from 'jsonc-parser'
import { UsageError } from '../base/usage-error.ts'
import { type ConfigFile, parseConfigFile, parseConfigObject } from './files.ts'
import { options, withoutMark } from './jsonc.ts'
import { camelCase, isSecretKey } from './settings/setting-names.ts'
import type { SettingKey } from './settings/settings.ts'

/** Changes a configuration file's text, and nothing else in it: comments, layout and other members stay. */

/** The members of that name in an object; a `snake_case` twin is the same member. */
const membersNamed = (object: Node | undefined, name: string): Node[] =>
  object?.children?.filter(({ children }) => camelCase(String(children?.[0]?.value)) === name) ?? []

const heldBy = (member: Node | undefined): Node | undefined => member?.children?.[1]

const replaceAt = (text: string, offset: number, length: number, content: string): string =>
  text.slice(0, offset) + content + text.slice(offset + length)

/** `SyntaxKind.CommaToken` of the parser, whose enumeration is there for the compiler alone. */
const commaToken = 5

/** Where the comma stands that follows an offset, whatever comments are in between. */
const commaAfter = (text: string, offset: number): number | undefined => {
  const scanner = createScanner(text, true)
  scanner.setPosition(offset)
  return scanner.scan() === commaToken ? scanner.getTokenOffset() : undefined
}

/** The whole line where nothing else is left on it. */
const withoutBlankLine = (text: string, offset: number): string => {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  const end = text.indexOf('\n', offset)
  if (start === 0 || end === -1 || text.slice(start, end).trim() !== '') return text
  return text.slice(0, start) + text.slice(end + 1)
}

/** Takes a member out of its object, with one comma and its line, but with no comment. */
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

/** As the file is laid out already. */
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

/** The object that a group's members are in, by its name in this file; the whole file without a group. */
const objectAt = (text: string, group: string | undefined): Node | undefined => {
  const root = parseTree(text, [], options)
  return group === undefined ? root : heldBy(membersNamed(root, group)[0])
}

/** Takes out every member of that name but the first `kept`. */
const removeTwins = (text: string, group: string | undefined, name: string, kept: number): string => {
  const object = objectAt(text, group)
  const surplus = membersNamed(object, name)[kept]
  if (object === undefined || surplus === undefined) return text
  return removeTwins(removeMember(text, object, surplus), group, name, kept)
}

/** A file of nothing, or of comments alone, gets an object at its end. */
const withObject = (text: string): string =>
  parseTree(text, [], options) === undefined ? `${text.trim() === '' ? '' : `${text.trimEnd()}\n`}{}` : text

const setMember = (text: string, group: string | undefined, name: string, value: unknown): string => {
  const single = removeTwins(withObject(text), group, name, 1)
  const held = heldBy(membersNamed(objectAt(single, group), name)[0])
  if (held !== undefined) return replaceAt(single, held.offset, held.length, JSON.stringify(value))
  const root = parseTree(single, [], options)
  const groupName = group === undefined ? undefined : membersNamed(root, group)[0]?.children?.[0]?.value
  const path = group === undefined ? [name] : [String(groupName ?? group), name]
  return applyEdits(single, modify(single, path, value, layoutOf(single)))
}

/** A group goes with its last member. */
const unsetMember = (text: string, group: string | undefined, name: string): string => {
  const bare = removeTwins(text, group, name, 0)
  if (group === undefined || bare === text) return bare
  return objectAt(bare, group)?.children?.length === 0 ? removeTwins(bare, undefined, group, 0) : bare
}

/** What stands in a text for bytes that are not UTF-8. */
const replacement = '\uFFFD'

/**
 * The text with one setting at another value, or without it (undefined). Throws UsageError for a text that is not a JSON
 * object, and for one that was not UTF-8: what we cannot read we do not write over.
 */
export const editConfigFile = (file: ConfigFile, key: SettingKey, value: unknown): string => {
  // Refuses what is no object, before anything is changed.
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

/** What the file itself says, unchecked. Throws UsageError. */
export const valueInFile = (file: ConfigFile, key: SettingKey): unknown => parseConfigFile(file).values.get(key)

/** Whether whoever can read the file has a secret in hand: one that does not count, beside its twin, is as real. */
export const holdsSecret = (file: ConfigFile): boolean =>
  Object.entries(parseConfigObject(file)).some(
    ([member, value]) => isSecretKey(camelCase(member) as SettingKey) && typeof value === 'string',
  )
