import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser'
import { UsageError } from '../base/usage-error.ts'

/** Configuration files as people write them: JSON that may hold comments and a comma behind the last member. */

export const options = { allowTrailingComma: true, allowEmptyContent: true } as const

/** Editors of Windows put one at the beginning. */
export const withoutMark = (text: string): string => text.replace(/^\uFEFF/, '')

/** Line and column, both from 1. */
const positionOf = (text: string, offset: number): string => {
  const lines = text.slice(0, offset).split('\n')
  return `${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}`
}

/** `CloseBraceExpected` as words. The parser's names are fixed: they quote nothing of the file. */
const wordsFor = ({ error }: ParseError): string =>
  printParseErrorCode(error)
    .replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .toLowerCase()

/** A file without a value, empty or all comments, is one without settings. Throws UsageError with line and column. */
export const parseJsonc = (path: string, text: string): unknown => {
  const bare = withoutMark(text)
  try {
    return JSON.parse(bare)
  } catch {
    // Its words may quote a key.
  }
  const errors: ParseError[] = []
  const value: unknown = parse(bare, errors, options)
  const [first] = errors
  if (first === undefined) return value ?? {}
  throw new UsageError(
    `${path}:${positionOf(bare, first.offset)} is not valid JSON (${wordsFor(first)}). Correct it there, or move the file away.`,
  )
}
