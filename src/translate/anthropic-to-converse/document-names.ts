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

/** The names of one request's documents. */
export class DocumentNames {
  readonly #documents = new Map<string, ClientDocument>()
  /** The next copy number, by name: without it, many documents of one title would take quadratic time. */
  readonly #nextCopies = new Map<string, number>()
  #count = 0

  /**
   * A name for the next document of the request: valid, unique in the request (ignoring case), and the same in every
   * later turn.
   */
  next(title: string | undefined, isCited: boolean): string {
    const name = this.#uniqueName(toValidName(title ?? ''))
    this.#documents.set(name.toLowerCase(), { index: this.#count, title, isCited })
    this.#count += 1
    return name
  }

  /** Skips the next document, which is not sent. */
  skip(): void {
    this.#count += 1
  }

  /** Finds the client's document by the name under which it was sent. */
  find(name: string): ClientDocument {
    return this.#documents.get(name.toLowerCase()) ?? { index: 0, title: undefined, isCited: false }
  }

  #uniqueName(base: string): string {
    const known = base.toLowerCase()
    let copy = this.#nextCopies.get(known) ?? 1
    while (this.#documents.has(copyName(base, copy).toLowerCase())) copy += 1
    this.#nextCopies.set(known, copy + 1)
    return copyName(base, copy)
  }
}
