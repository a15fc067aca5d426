import { productName } from '../../version.ts'

/** What texts are laid out for where no terminal says otherwise. */
export const usualColumns = 80

const indent = '  '
/** Between a label and its text, at least. */
const gap = 2

/** Lines of at most `width` characters, broken between words; a longer word has a line of its own. */
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

/** A label, and its text from a column on; a label that is too long has a line of its own. */
export const labelled = (label: string, text: string, column: number, columns = usualColumns): string => {
  const head = indent + label
  const lines = wrap(text, columns - column).map((line) => ' '.repeat(column) + line)
  const [first = '', ...more] = lines
  return head.length > column - gap
    ? [head, ...lines].join('\n')
    : [head.padEnd(column) + first.slice(column), ...more].join('\n')
}

const escapeCharacter = '\u001b'

/** A command on a line of its own is to be copied: where the terminal breaks it, it is still one line. */
const isCommand = (line: string): boolean =>
  [productName, `eval "$(${productName}`].some((beginning) => line.startsWith(`${indent}${beginning} `))

/**
 * A text whose long lines are broken between words, each under its own beginning, as a terminal would not. What
 * commands the terminal is left alone: whoever writes that has laid it out.
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
