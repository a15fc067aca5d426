import type { ChatDialect, ChatDialectChange, Effort } from '../../translate/capabilities/chat-dialect.ts'

/** Values that a refusal names, for the table of refusals. */

export interface Refused {
  /** Codes, the named member and the message, joined: patterns match against all three. */
  readonly text: string
  readonly dialect: ChatDialect
}

const effortWords: readonly Effort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

/** `Supported values are: 'low', 'medium' and 'high'.` */
const listedEfforts = (text: string): readonly Effort[] => {
  const list = /(?:supported values|must be one of|expected one of|available values|allowed values)[^a-z]*(.*)/is.exec(
    text,
  )
  const words = list?.[1] ?? ''
  return effortWords.filter((effort) => new RegExp(`['"\`]${effort}['"\`]`).test(words))
}

/** The levels of effort that the refusal lists. */
export const withListedEfforts = ({ text, dialect }: Refused): ChatDialectChange | undefined => {
  const efforts = listedEfforts(text)
  const isNews = efforts.length > 0 && efforts.join() !== dialect.efforts.join()
  return isNews ? { efforts } : undefined
}

/** The largest number of tokens that the refusal allows. */
export const outputLimit = ({ text, dialect }: Refused): ChatDialectChange | undefined => {
  const found =
    /can only afford ([\d,]+)/i.exec(text) ??
    /max_(?:completion_)?tokens.{0,80}?(?:less than or equal to|at most|between 1 and|\[1, ?)[ `'"]*([\d,]+)/i.exec(
      text,
    ) ??
    /max_(?:completion_)?tokens is too large: [\d,]+\.? .*?at most ([\d,]+)/is.exec(text) ??
    /supports at most ([\d,]+) completion tokens/i.exec(text)
  const limit = Number(found?.[1]?.replaceAll(',', '') ?? Number.NaN)
  const known = dialect.maximumOutputTokens ?? Number.POSITIVE_INFINITY
  return Number.isInteger(limit) && limit > 0 && limit < known ? { maximumOutputTokens: limit } : undefined
}
