/** Numbered notes below a table. Equal texts share a number. */

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹'

/** ¹² for 12. */
const superscript = (number: number): string =>
  Array.from(String(number), (digit) => superscripts[Number(digit)]).join('')

export interface Footnotes {
  /** Returns the mark of a note. */
  mark(text: string): string
  /** The notes in the order of their marks. */
  readonly texts: readonly string[]
}

export const createFootnotes = (): Footnotes => {
  const texts: string[] = []
  return {
    mark(text) {
      if (!texts.includes(text)) texts.push(text)
      return superscript(texts.indexOf(text) + 1)
    },
    texts,
  }
}
