/** What a manual page is written in. */

/** Characters that roff would take for a command, or typeset as another: a copied `-` has to be a `-`. */
const spellings: Readonly<Record<string, string>> = {
  '\\': String.raw`\e`,
  '-': String.raw`\-`,
  '^': String.raw`\(ha`,
  '~': String.raw`\(ti`,
  '`': String.raw`\(ga`,
  "'": String.raw`\(aq`,
  '"': String.raw`\(dq`,
}

const spell = (character: string): string => {
  const code = character.codePointAt(0) ?? 0
  const hex = code.toString(16).toUpperCase().padStart(4, '0')
  return spellings[character] ?? (code > 0x7e ? String.raw`\[u${hex}]` : character)
}

/** A text as it is, in one line. */
export const plain = (text: string): string => {
  const escaped = [...text.replace(/\s+/g, ' ')].map(spell).join('')
  // At a line's beginning they are commands.
  return /^[.]/.test(escaped) ? String.raw`\&${escaped}` : escaped
}

export const bold = (text: string): string => String.raw`\fB${plain(text)}\fR`
export const italic = (text: string): string => String.raw`\fI${plain(text)}\fR`

/** Code in backticks is bold, as names of commands are. */
export const prose = (text: string): string =>
  text
    .split(/(`[^`]+`)/)
    .map((part) => (/^`[^`]+`$/.test(part) ? bold(part.slice(1, -1)) : part === '' ? '' : plain(part)))
    .join('')

export const section = (title: string): string => `.SH ${plain(title.toUpperCase())}`
export const subsection = (title: string): string => `.SS ${plain(title)}`
export const paragraph = (text: string): string => `.PP\n${text}`
/** A term, already escaped, and what it means. */
export const item = (term: string, text: string): string => `.TP\n${term}\n${text}`
/** Lines as they are. */
export const verbatim = (lines: readonly string[]): string =>
  ['.PP', '.RS 4', '.nf', ...lines.map((line) => plain(line)), '.fi', '.RE'].join('\n')
