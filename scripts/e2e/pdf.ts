/** Creates a PDF: one line of text on each page, and a table with the offset of each object. */

const header = '%PDF-1.4\n'

const page = (parent: number, content: number, font: number): string =>
  `<< /Type /Page /Parent ${parent} 0 R /MediaBox [0 0 300 100] /Contents ${content} 0 R /Resources << /Font << /F1 ${font} 0 R >> >> >>`

const stream = (line: string): string => {
  const drawing = `BT /F1 18 Tf 20 50 Td (${line}) Tj ET`
  return `<< /Length ${drawing.length} >>\nstream\n${drawing}\nendstream`
}

/** `lines`: plain ASCII without parentheses and backslashes. */
export const toPdf = (lines: readonly string[]): Buffer => {
  const [catalog, pages, font, first] = [1, 2, 3, 4]
  const kids = lines.map((_line, index) => `${first + 2 * index} 0 R`).join(' ')
  const objects = [
    `<< /Type /Catalog /Pages ${pages} 0 R >>`,
    `<< /Type /Pages /Kids [${kids}] /Count ${lines.length} >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    ...lines.flatMap((line, index) => [page(pages, first + 2 * index + 1, font), stream(line)]),
  ].map((object, index) => `${index + 1} 0 obj\n${object}\nendobj\n`)

  let offset = header.length
  const entries = objects.map((object) => {
    const entry = `${String(offset).padStart(10, '0')} 00000 n \n`
    offset += object.length
    return entry
  })
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries.join('')}`
  const trailer = `trailer\n<< /Size ${objects.length + 1} /Root ${catalog} 0 R >>\nstartxref\n${offset}\n%%EOF\n`
  return Buffer.from([header, ...objects, table, trailer].join(''), 'latin1')
}
