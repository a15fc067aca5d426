import { productName } from '../../version.ts'

/** The width of text without a terminal. */
export const usualColumns = 80

const indent = '  '
/** Minimum number of spaces between a label and its text. */
const gap = 2

/** Breaks text between words into lines of at most `width` characters; a longer word gets a separate line. */
export const wrap = (text: string, width: number): string[] => {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/** A label, and its text from `column` on; a long label gets a separate line. */
export const labelled = (label: string, text: string, column: number, columns = usualColumns): string => {
  const head = indent + label
  const lines = wrap(text, columns - column).map((line) => ' '.repeat(column) + line)
  const [first = '', ...more] = lines
  return head.length > column - gap
    ? [head, ...lines].join('\n')
    : [head.padEnd(column) + first.slice(column), ...more].join('\n')
}

const escapeCharacter = '\u001b'

/** A line with only a command stays one line, so that the user can copy it. */
const isCommand = (line: string): boolean =>
  [productName, `eval "$(${productName}`].some((beginning) => line.startsWith(`${indent}${beginning} `))

/**
 * Breaks long lines between words, and keeps each line's indentation. Lines with terminal commands stay unchanged:
 * their author has laid them out.
 */
export const fold = (text: string, columns: number): string =>
  text
    .split('\n')
    .map((line) => {
      if (line.length <= columns || line.includes(escapeCharacter) || isCommand(line)) return line
      const indent = /^ */.exec(line)?.[0] ?? ''
      return wrap(line.slice(indent.length), columns - indent.length)
        .map((part) => indent + part)
        .join('\n')
    })
    .join('\n')
