import { maximumDocumentNameLength } from '../../wire/converse/content.ts'

const fallbackName = 'document'

/** Bedrock's rule: letters, digits, single spaces, hyphens, parentheses, square brackets. */
const lawfulName = (title: string): string => {
  const name = title
    .replace(/\.[A-Za-z0-9]{1,5}$/, '')
    .replace(/[^A-Za-z0-9()[\]-]+/g, ' ')
    .trim()
    .slice(0, maximumDocumentNameLength)
    .trim()
  return name === '' ? fallbackName : name
}

export interface DocumentNames {
  /**
   * A name for the next document of the request: lawful, unique over the whole request whatever the
   * case of its letters, and the same in every later turn. Remembers the title by order.
   */
  next(title: string | undefined): string
  /** Titles as the client gave them, by document index. */
  readonly titles: readonly (string | undefined)[]
}

export const createDocumentNames = (): DocumentNames => {
  const taken = new Set<string>()
  const titles: (string | undefined)[] = []
  return {
    titles,
    next(title) {
      titles.push(title)
      const base = lawfulName(title ?? '')
      let name = base
      for (let copy = 2; taken.has(name.toLowerCase()); copy += 1) {
        const suffix = ` ${copy}`
        name = base.slice(0, maximumDocumentNameLength - suffix.length).trimEnd() + suffix
      }
      taken.add(name.toLowerCase())
      return name
    },
  }
}
