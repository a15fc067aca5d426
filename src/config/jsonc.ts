import { findNodeAtLocation, type Node, type ParseError, parse, parseTree, printParseErrorCode } from 'jsonc-parser'
import { UsageError } from '../base/usage-error.ts'

/** Configuration files are JSON that may contain comments and a trailing comma. */

export const options = { allowTrailingComma: true, allowEmptyContent: true } as const

/** Removes the byte order mark that editors on Windows write. */
export const withoutMark = (text: string): string => text.replace(/^\uFEFF/, '')

/** Changes the text behind the mark, which stays. */
export const afterMark = (text: string, change: (bare: string) => string): string => {
  const bare = withoutMark(text)
  return text.slice(0, text.length - bare.length) + change(bare)
}

/** Line and column, both from 1. */
export const positionOf = (text: string, offset: number) => {
  const lines = text.slice(0, offset).split('\n')
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 }
}

/** `CloseBraceExpected` as words. The parser's names are fixed, so they never quote the file. */
const wordsFor = ({ error }: ParseError): string =>
  printParseErrorCode(error)
    .replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .toLowerCase()

/** An empty file, or a file of comments only, has no settings. Throws UsageError with line and column. */
export const parseJsonc = (path: string, text: string): unknown => {
  const bare = withoutMark(text)
  try {
    return JSON.parse(bare)
  } catch {
    // The message may quote a key.
  }
  const errors: ParseError[] = []
  const value: unknown = parse(bare, errors, options)
  const [first] = errors
  if (first === undefined) return value ?? {}
  const { line, column } = positionOf(bare, first.offset)
  throw new UsageError(
    `${path}:${line}:${column} is not valid JSON (${wordsFor(first)}). Correct it, or move the file away.`,
  )
}

/** Returns the function that finds the line of a member, from 1. Undefined for a member that the text does not have. */
export const createLineOf = (text: string): ((member: readonly string[]) => number | undefined) => {
  let root: Node | undefined
  return (member) => {
    root ??= parseTree(withoutMark(text), [], options)
    const node = root && findNodeAtLocation(root, [...member])
    return node && withoutMark(text).slice(0, node.offset).split('\n').length
  }
}
