/** Counts the pages of a PDF without a PDF parser. */

/** For a PDF without a readable number of pages. */
const bytesPerPage = 50_000
/** Each page is an object, and an object's entry in the file's table is 20 bytes long. */
const leastBytesPerPage = 20
/**
 * Bytes to read from each end of a file. The page tree is before or after the contents; the middle of a large file is
 * images and fonts.
 */
const endBytes = 512 * 1024

/** Four characters of base64 are three bytes: base64 can be cut only between such groups. */
const quartets = (bytes: number): number => Math.floor(bytes / 3) * 4

/** Returns the file's text, or its two ends, and its size in bytes. */
const readEnds = (base64: string): { text: string; bytes: number } => {
  const decode = (characters: string): string => Buffer.from(characters, 'base64').toString('latin1')
  const bytes = Math.floor((base64.length * 3) / 4)
  if (bytes <= 2 * endBytes) {
    const text = decode(base64)
    return { text, bytes: text.length }
  }
  const start = base64.slice(0, quartets(endBytes))
  const end = base64.slice(quartets(bytes - endBytes))
  // Ends the object at the gap, so that no object spans it.
  return { text: `${decode(start)} endobj ${decode(end)}`, bytes }
}

/** A type, a count, or a border between objects. Longer numbers are not page counts. */
const tokenPattern = /\/Type\s*\/(\w+)|\/Count\s+(\d{1,7})(?!\d)|obj\b/g

interface Pages {
  /** Number of page objects. */
  objects: number
  /** The page count in the root of the page tree; 0 if it is not found. */
  inTree: number
}

/**
 * Outlines also have a `/Count`, of bookmarks, often without a `/Type`. So a count is used only if its object has
 * `/Type /Pages`, before or after it.
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

/** Counts pages by the page tree's count, by page objects, or by the file's size. `base64`: the file. */
export const countPdfPages = (base64: string): number => {
  const { text, bytes } = readEnds(base64)
  const { objects, inTree } = findPages(text)
  const seen = inTree > 0 ? Math.max(objects, inTree) : Math.ceil((objects * bytes) / Math.max(text.length, 1))
  const pages = seen > 0 ? seen : Math.ceil(bytes / bytesPerPage)
  return Math.max(Math.min(pages, Math.ceil(bytes / leastBytesPerPage)), 1)
}
