import { maximumDocumentNameLength } from '../../wire/converse/content.ts'

const fallbackName = 'document'

/** Bedrock's rule: letters, digits, single spaces, hyphens, parentheses, square brackets. */
const toValidName = (title: string): string => {
  const name = title
    .replace(/\.[A-Za-z0-9]{1,5}$/, '')
    .replace(/[^A-Za-z0-9()[\]-]+/g, ' ')
    .trim()
    .slice(0, maximumDocumentNameLength)
    .trim()
  return name === '' ? fallbackName : name
}

/** The first copy has the name itself, the second ends in ` 2`. */
const copyName = (base: string, copy: number): string => {
  const suffix = copy === 1 ? '' : ` ${copy}`
  return base.slice(0, maximumDocumentNameLength - suffix.length).trimEnd() + suffix
}

/** A document as the client knows it. */
export interface ClientDocument {
  /** Index among all of the client's documents, also those not sent. */
  readonly index: number
  readonly title: string | undefined
  /** The client requested citations of it. */
  readonly isCited: boolean
}

export type DocumentNames = ReturnType<typeof createDocumentNames>

export const createDocumentNames = () => {
  const documents = new Map<string, ClientDocument>()
  /** The next copy number, by name: without it, many documents of one title would take quadratic time. */
  const nextCopies = new Map<string, number>()
  let count = 0

  const uniqueName = (base: string): string => {
    const known = base.toLowerCase()
    let copy = nextCopies.get(known) ?? 1
    while (documents.has(copyName(base, copy).toLowerCase())) copy += 1
    nextCopies.set(known, copy + 1)
    return copyName(base, copy)
  }

  return {
    /**
     * A name for the next document of the request: valid, unique in the request (ignoring case), and the same in every
     * later turn.
     */
    next(title: string | undefined, isCited: boolean): string {
      const name = uniqueName(toValidName(title ?? ''))
      documents.set(name.toLowerCase(), { index: count, title, isCited })
      count += 1
      return name
    },
    /** Skips the next document, which is not sent. */
    skip(): void {
      count += 1
    },
    /** Finds the client's document by the name under which it was sent. */
    find: (name: string): ClientDocument =>
      documents.get(name.toLowerCase()) ?? { index: 0, title: undefined, isCited: false },
  }
}
