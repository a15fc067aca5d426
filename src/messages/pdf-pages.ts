/** How many pages a PDF has, without a reader of PDFs. */

/** Where a PDF does not say how many pages it has. */
const bytesPerPage = 50_000
/** Each page is an object, and an object's entry in the file's table is 20 bytes long. */
const leastBytesPerPage = 20
/**
 * Bytes that are read of each end of a file. Its page tree is written before its contents or after
 * them; the middle of a large file is pictures and fonts.
 */
const endBytes = 512 * 1024

/** Four characters of base64 are three bytes: only there can it be cut. */
const quartets = (bytes: number): number => Math.floor(bytes / 3) * 4

/** The file's text, or its two ends, and how many bytes there are in all. */
const readEnds = (base64: string): { text: string; bytes: number } => {
  const decode = (characters: string): string => Buffer.from(characters, 'base64').toString('latin1')
  const bytes = Math.floor((base64.length * 3) / 4)
  if (bytes <= 2 * endBytes) {
    const text = decode(base64)
    return { text, bytes: text.length }
  }
  const start = base64.slice(0, quartets(endBytes))
  const end = base64.slice(quartets(bytes - endBytes))
  // The gap ends an object, so that nothing is read across it.
  return { text: `${decode(start)} endobj ${decode(end)}`, bytes }
}

/** A type, a count, or a border between objects. Longer numbers are no counts of pages. */
const tokenPattern = /\/Type\s*\/(\w+)|\/Count\s+(\d{1,7})(?!\d)|obj\b/g

interface Pages {
  /** Objects that are a page. */
  objects: number
  /** What the root of the page tree says; 0 where it is not to be seen. */
  inTree: number
}

/**
 * Outlines count their bookmarks by the same name, often without saying what they are: so a count is
 * believed only where it stands in one object with `/Type /Pages`, before it or behind it.
 */
const findPages = (text: string): Pages => {
  const found: Pages = { objects: 0, inTree: 0 }
  let type: string | undefined
  let count: number | undefined
  const closeObject = (): void => {
    if (type === 'Pages') found.inTree = Math.max(found.inTree, count ?? 0)
    type = undefined
    count = undefined
  }
  for (const [, name, digits] of text.matchAll(tokenPattern)) {
    if (digits !== undefined) count ??= Number(digits)
    else if (name === undefined) closeObject()
    else {
      if (type !== undefined) closeObject()
      type = name
      if (name === 'Page') found.objects += 1
    }
  }
  closeObject()
  return found
}

/** Pages by the page tree's count, by their own objects, or by the file's size. `base64`: the file. */
export const countPdfPages = (base64: string): number => {
  const { text, bytes } = readEnds(base64)
  const { objects, inTree } = findPages(text)
  const seen = inTree > 0 ? Math.max(objects, inTree) : Math.ceil((objects * bytes) / Math.max(text.length, 1))
  const pages = seen > 0 ? seen : Math.ceil(bytes / bytesPerPage)
  return Math.max(Math.min(pages, Math.ceil(bytes / leastBytesPerPage)), 1)
}
