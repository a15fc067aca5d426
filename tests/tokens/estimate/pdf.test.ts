import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { pdfTokens } from '../../../src/tokens/estimate/pdf.ts'

const tokens = (text: string): number => pdfTokens(Buffer.from(text, 'latin1').toString('base64'))
/** Pages of a file that is padded to be long enough for any number of pages. */
const pages = (text: string, length = 20_000): number => tokens(text.padEnd(length, ' ')) / 2300

describe('1.9 media: a PDF', () => {
  test('1.9 media: costs its pages, never its base64', () => {
    expect(pages('%PDF-1.4 /Type /Page x /Type/Page y /Type /Pages')).toBe(2)
    expect(pages('%PDF-1.7 /Type /Pages /Count 12')).toBe(12)
    expect(pages('%PDF-1.7 1 0 obj <</Count 12/Kids[2 0 R]/Type/Pages>> endobj')).toBe(12)
    expect(pages('%PDF-1.7 nothing to see')).toBe(1)
    expect(pages('%PDF-1.7 nothing to see', 120_000)).toBe(3)
    expect(pdfTokens('')).toBe(2300)
  })

  test('1.9 media: has the pages of its tree, not the bookmarks of its outline', () => {
    const tree = '1 0 obj << /Type /Pages /Kids [3 0 R 4 0 R 5 0 R] /Count 3 >> endobj '
    const leaves = '3 0 obj << /Type /Page /Parent 1 0 R >> endobj '.repeat(3)
    for (const outline of [
      '9 0 obj << /Type /Outlines /First 8 0 R /Count 40 >> endobj ',
      '9 0 obj << /Count 40 /Type /Outlines >> endobj ',
      '9 0 obj << /First 8 0 R /Count 40 >> endobj ',
    ]) {
      expect(pages(`%PDF-1.4 ${tree}${leaves}${outline}`)).toBe(3)
      expect(pages(`%PDF-1.4 ${outline}${leaves}${tree}`)).toBe(3)
    }
    expect(pages('%PDF /Type /Pages /Count 3 /Type /Page /Type /Page /Type /Page /Type /Outlines /Count 40')).toBe(3)
  })

  test('1.9 media: cannot have more pages than fit into it, nor more than Anthropic accepts', () => {
    for (const count of ['99999', '99999999999999', '9'.repeat(400)]) {
      const crafted = `%PDF-1.4 /Type /Pages /Count ${count}`
      expect(tokens(crafted)).toBeLessThanOrEqual(2300 * Math.ceil(crafted.length / 20))
      expect(pages(crafted, 100_000)).toBeLessThanOrEqual(600)
    }
    expect(pages('%PDF-1.4 /Type /Pages /Count 5000')).toBe(600)
    expect(pages('%PDF-1.4 x', 100_000_000)).toBe(600)
  })

  test('1.9 media: is counted with any number of page counts in it', () => {
    expect(tokens(`%PDF-1.4 ${'/Count 1 '.repeat(1_200_000)}`)).toBeLessThanOrEqual(600 * 2300)
    expect(tokens(`%PDF-1.4 ${'/Type /Pages /Count 1 '.repeat(600_000)}`)).toBe(2300)
  })

  test('1.9 media: is read only at its two ends, where the page tree is', () => {
    const filler = 'x'.repeat(3_000_000)
    const tree = '1 0 obj << /Type /Pages /Count 12 >> endobj '
    expect(pages(`%PDF-1.4 ${tree}${filler}`)).toBe(12)
    expect(pages(`%PDF-1.4 ${filler}${tree}`)).toBe(12)
    for (const shift of [0, 1, 2, 3]) expect(pages(`%PDF-1.4 ${filler}${' '.repeat(shift)}${tree}`)).toBe(12)
    // Without a tree, as many as are in what was read, for its share of the file.
    expect(pages(`%PDF-1.4 ${'/Type /Page '.padEnd(100_000, 'x').repeat(40)}`)).toBeGreaterThanOrEqual(30)
    expect(pages(`%PDF-1.4 ${'/Type /Page '.padEnd(100_000, 'x').repeat(40)}`)).toBeLessThanOrEqual(50)
  })

  test('1.9 media: of 23 MB is counted quickly', () => {
    for (const text of [
      'x'.repeat(23_000_000),
      '/Type '.repeat(3_800_000),
      `/Type${' '.repeat(23_000_000)}`,
      `/Count${' '.repeat(1000)}`.repeat(23_000),
      '/Count 1 '.repeat(2_500_000),
    ]) {
      const base64 = Buffer.from(`%PDF-1.4 ${text}`).toString('base64')
      // The fastest of a few: other programs of the machine make single ones slow.
      const times = Array.from({ length: 5 }, () => {
        const startedAt = performance.now()
        pdfTokens(base64)
        return performance.now() - startedAt
      })
      expect(Math.min(...times)).toBeLessThan(100)
    }
  })

  test('1.9 media: for any content, its count is a whole number of pages from 1 to 600', () => {
    const piece = fc.oneof(
      fc.constantFrom('/Type', '/Page', '/Pages', '/Count', ' obj', 'endobj', '<<', '>>', '/Kids', '\n'),
      fc.bigInt({ min: -5n, max: 10n ** 30n }).map(String),
      fc.string({ maxLength: 5 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.constantFrom('', ' '), (pieces, gap) => {
        const found = tokens(pieces.join(gap)) / 2300
        expect(Number.isSafeInteger(found)).toBe(true)
        expect(found).toBeGreaterThanOrEqual(1)
        expect(found).toBeLessThanOrEqual(600)
      }),
    )
  })
})
