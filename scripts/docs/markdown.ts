/** Writes Markdown in Biome's format, so that generated pages pass the check. */

export const code = (text: string): string => `\`${text}\``

const codeOrText = /(`[^`]*`)/

/** Plain text for a page: escapes tags and emphasis, and makes links of paths like `docs/x.md#y`. */
export const prose = (text: string): string =>
  text
    .split(codeOrText)
    .map((part) =>
      part.startsWith('`')
        ? part
        : part
            .replace(/[<>*]/g, String.raw`\$&`)
            .replace(
              /\bdocs\/([\w-]+\.md)(#[\w-]+)?/g,
              (_, page: string, place = '') => `[docs/${page}](${page}${place})`,
            ),
    )
    .join('')

/** Escapes bars, which would end a cell, also in code. */
const toCell = (text: string): string => text.replaceAll('|', String.raw`\|`)

/** Every column as wide as its widest cell. */
export const table = (headers: readonly string[], rows: readonly (readonly string[])[]): string => {
  const cells = [headers, ...rows].map((row) => row.map(toCell))
  const narrowest = 3
  const widths = headers.map((_, column) => Math.max(narrowest, ...cells.map((row) => row[column]?.length ?? 0)))
  const toLine = (row: readonly string[]): string =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`
  const [head = [], ...body] = cells
  return [toLine(head), toLine(widths.map((width) => '-'.repeat(width))), ...body.map(toLine)].join('\n')
}

/** The anchor of a heading. */
export const anchor = (heading: string): string =>
  `#${heading
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-')}`

/** `a`, `b` or `c`. */
export const listed = (items: readonly string[], conjunction: 'and' | 'or'): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} ${conjunction} ${items.at(-1)}`
