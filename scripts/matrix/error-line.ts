/** The error of a cell, for a public page: one line, without paths, tokens and prompts. */

const maximumCharacters = 300
/** A longer quotation may be a part of a prompt. */
const maximumQuoted = 60

interface Replacement {
  readonly pattern: RegExp
  readonly by: string
}

/** In this order: a URL contains a path, and a path may contain an id. */
const replacements: readonly Replacement[] = [
  { pattern: /\b(?:Bearer|Basic)\s+\S+/gi, by: '<token>' },
  { pattern: /\b(?:sk|rk|ghp|gho|xox[a-z])[-_][\w-]{6,}/g, by: '<token>' },
  { pattern: /\beyJ[\w-]+\.[\w-]+(?:\.[\w-]+)?/g, by: '<token>' },
  { pattern: /\bhttps?:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?[^\s'"]*/g, by: '<local URL>' },
  { pattern: /\b[A-Za-z]:\\[^\s'"]+/g, by: '<path>' },
  // The rest of an absolute path; a fraction or a media type has a word in front of its slash.
  { pattern: /(?<![\w/:.<])(?:~|\.{1,2})?\/(?:[\w.@+-]+\/)*[\w.@+-]{2,}/g, by: '<path>' },
  { pattern: new RegExp(`(?<!\\w)(["'\`])(?:(?!\\1)[^\\n]){${maximumQuoted + 1},}\\1`, 'g'), by: '<text>' },
  { pattern: /\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/gi, by: '<id>' },
  { pattern: /(?<![\w<])[A-Za-z\d+/_=-]*\d[A-Za-z\d+/_=-]{31,}/g, by: '<token>' },
]

/** `assert.match` and `assert.deepEqual` quote what they compare in further lines: only the first line is kept. */
export const toErrorLine = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error)
  const [first = ''] = message.trim().split('\n')
  const line = replacements.reduce((text, { pattern, by }) => text.replace(pattern, by), first.trim())
  // A quotation that does not end, because its rest was in other lines.
  const closed = line.replace(new RegExp(`(?<!\\w)(["'\`])[^"'\`]{${maximumQuoted + 1},}$`), '<text>')
  const characters = [...closed]
  return characters.length <= maximumCharacters ? closed : `${characters.slice(0, maximumCharacters - 1).join('')}…`
}
