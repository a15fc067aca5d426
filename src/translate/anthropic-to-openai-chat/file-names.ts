const extension = '.pdf'
const fallbackName = `document${extension}`
/** Longer titles are sentences, not file names. */
const maximumLength = 100

/** Path separators, and characters that file names cannot contain. */
const unusual = /[\p{Cc}\p{Cf}\p{Cs}/\\:*?"<>|]+/gu

const toFileName = (title: string): string => {
  const name = title.replace(unusual, ' ').trim()
  if (name === '') return fallbackName
  const stem = name.toLowerCase().endsWith(extension) ? name.slice(0, -extension.length) : name
  return `${stem.slice(0, maximumLength).trim()}${extension}`
}

const copyName = (name: string, copy: number): string =>
  copy === 1 ? name : `${name.slice(0, -extension.length)}-${copy}${extension}`

export type FileNames = ReturnType<typeof createFileNames>

/** Names of PDF files: unique in a request, and the same in every turn of a conversation (OU-Q34). */
export const createFileNames = () => {
  const taken = new Set<string>()
  return {
    next(title: string | undefined): string {
      const name = toFileName(title ?? '')
      let copy = 1
      while (taken.has(copyName(name, copy))) copy += 1
      taken.add(copyName(name, copy))
      return copyName(name, copy)
    },
  }
}
