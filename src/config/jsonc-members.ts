import { createScanner, type Node } from 'jsonc-parser'

/** Changes members in a text of JSON with comments. */

export const replaceAt = (text: string, offset: number, length: number, content: string): string =>
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

/** Removes a member of an object, or an entry of a list, with one comma and its line; comments stay. */
export const removeMember = (text: string, object: Node, member: Node): string => {
  const { offset, length } = member
  const before = object.children?.[object.children.indexOf(member) - 1]
  const ownComma = commaAfter(text, offset + length)
  const comma = ownComma ?? (before && commaAfter(text, before.offset + before.length))
  if (comma === undefined) return withoutBlankLine(replaceAt(text, offset, length, ''), offset)
  if (comma < offset) {
    // The space that separates the two goes, too.
    if (/^[ \t]*$/.test(text.slice(comma + 1, offset))) return replaceAt(text, comma, offset + length - comma, '')
    const rest = withoutBlankLine(replaceAt(text, offset, length, ''), offset)
    return replaceAt(rest, comma, 1, '')
  }
  const cut = replaceAt(replaceAt(text, comma, 1, ''), offset, length, '')
  return withoutBlankLine(cut, offset)
}

/** The indentation and the line breaks that the file uses. */
export const layoutOf = (text: string) => {
  const indent = /^([ \t]+)"/m.exec(text)?.[1] ?? '  '
  return {
    formattingOptions: {
      insertSpaces: !indent.startsWith('\t'),
      tabSize: indent.startsWith('\t') ? 1 : indent.length,
      eol: text.includes('\r\n') ? '\r\n' : '\n',
    },
  }
}

interface Insertion {
  /** Of the object or the list, which is closed. */
  readonly container: Node
  /** `"name": value`, or an entry, with line breaks and indentation as at the beginning of a line. */
  readonly member: string
  readonly eol: string
  /** One level of indentation. */
  readonly unit: string
}

/** The white space at the beginning of the line of an offset. */
const indentAt = (text: string, offset: number): string => {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? ''
}

/** The end of the comments that follow on the same line. */
const commentsAfter = (text: string, offset: number): { readonly end: number; readonly isLine: boolean } => {
  const found = /^(?:[ \t]*(?:\/\*(?:(?!\*\/)[^\n])*\*\/))*(?:[ \t]*(\/\/[^\r\n]*))?/.exec(text.slice(offset))
  return { end: offset + (found?.[0].length ?? 0), isLine: found?.[1] !== undefined }
}

const shifted = (member: string, eol: string, indent: string): string => member.replaceAll(eol, eol + indent)

/** The first member of an empty object or list, behind the comments in it. */
const addFirst = (text: string, { container, member, eol, unit }: Insertion): string => {
  const end = container.offset + container.length - 1
  const base = indentAt(text, container.offset)
  const inner = text.slice(container.offset + 1, end).trimEnd()
  const line = `${eol}${base}${unit}${shifted(member, eol, base + unit)}${eol}${base}`
  return replaceAt(text, container.offset + 1, end - container.offset - 1, inner + line)
}

/** Adds a member as the last one, in the layout of the others. Only a comma and the member are new. */
export const addMember = (text: string, insertion: Insertion): string => {
  const { container, member, eol } = insertion
  const last = container.children?.at(-1)
  if (last === undefined) return addFirst(text, insertion)
  const end = last.offset + last.length
  const comma = commaAfter(text, end)
  const { end: place, isLine } = commentsAfter(text, comma === undefined ? end : comma + 1)
  const isInLines = isLine || text.slice(container.offset, last.offset).includes('\n')
  const indent = indentAt(text, last.offset)
  const added = isInLines ? `${eol}${indent}${shifted(member, eol, indent)}` : ` ${shifted(member, eol, indent)}`
  const rest = `${added}${comma === undefined ? '' : ','}`
  return `${text.slice(0, end)}${comma === undefined ? ',' : ''}${text.slice(end, place)}${rest}${text.slice(place)}`
}
