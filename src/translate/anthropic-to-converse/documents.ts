import { invalidRequest } from '../../base/errors.ts'
import type { Path } from '../../base/path.ts'
import type { DocumentBlock, SearchResultBlock, TextBlock } from '../../wire/anthropic/content.ts'
import type { Document, Image, SearchResult } from '../../wire/converse/content.ts'
import { isBlank } from './blank.ts'
import type { Translation } from './context.ts'
import { mediaTypeOf, requireInlineSource, toImage, wireBase64 } from './media.ts'

type Source = Document['source']
type Format = Exclude<Document['format'], undefined>

const base64Format = (mediaType: string, path: Path): Format => {
  switch (mediaTypeOf(mediaType)) {
    case 'application/pdf':
      return 'pdf'
    case 'text/plain':
      return 'txt'
    default:
      throw invalidRequest([...path, 'document', 'source', 'base64', 'media_type'], "Input should be 'application/pdf'")
  }
}

interface DocumentParts {
  readonly format: Format
  /** Undefined where the document holds nothing. */
  readonly source: Source | undefined
  /** Images inside a `content` source, which Converse takes only beside the document. */
  readonly images: readonly Image[]
}

const textParts = (blocks: readonly TextBlock[]): { text: string }[] =>
  blocks.filter((block) => !isBlank(block.text)).map((block) => ({ text: block.text }))

/** Whether nothing of a document is left to be sent. Images in it stand beside it. */
export const isEmptyDocument = ({ source }: DocumentBlock): boolean => {
  switch (source.type) {
    case 'base64':
      return wireBase64(source.data) === ''
    case 'text':
      return isBlank(source.data)
    case 'content': {
      const { content } = source
      if (typeof content === 'string') return isBlank(content)
      return textParts(content.filter((inner) => inner.type === 'text')).length === 0
    }
    case 'url':
    case 'file':
      return false
  }
}

const readDocument = (block: DocumentBlock, path: Path): DocumentParts => {
  const source = requireInlineSource(block.source, [...path, 'document'])
  switch (source.type) {
    case 'base64': {
      const bytes = wireBase64(source.data)
      return { format: base64Format(source.media_type, path), source: bytes === '' ? undefined : { bytes }, images: [] }
    }
    case 'text':
      return { format: 'txt', source: isBlank(source.data) ? undefined : { text: source.data }, images: [] }
    case 'content': {
      const blocks =
        typeof source.content === 'string' ? [{ type: 'text' as const, text: source.content }] : source.content
      const images = blocks.flatMap((inner, index) =>
        inner.type === 'image' ? [toImage(inner, [...path, 'source', 'content', index])] : [],
      )
      // Each text stays a part of its own: parts are what citations count.
      const content = textParts(blocks.filter((inner) => inner.type === 'text'))
      return { format: 'txt', source: content.length === 0 ? undefined : { content }, images }
    }
  }
}

/** A document, and behind it the images that stood inside it. Of an empty one only its context is left. */
export const toDocumentParts = (
  block: DocumentBlock,
  path: Path,
  translation: Translation,
): ({ document: Document } | { image: Image } | { text: string })[] => {
  const { format, source, images } = readDocument(block, path)
  const parts = images.map((image) => ({ image }))
  const context = block.context ?? ''
  if (source === undefined) {
    translation.notes.dropped(path, 'empty document')
    translation.documentNames.skip()
    return isBlank(context) ? parts : [{ text: context }, ...parts]
  }
  const withCitations = translation.citations.forced || block.citations?.enabled === true
  const document: Document = {
    format,
    name: translation.documentNames.next(block.title ?? undefined),
    source,
    ...(isBlank(context) ? {} : { context }),
    ...(withCitations ? { citations: { enabled: true } } : {}),
  }
  return [{ document }, ...parts]
}

/** A search result. One whose texts are all blank leaves nothing but a note. */
export const toSearchResultParts = (
  { source, title, content, citations }: SearchResultBlock,
  path: Path,
  translation: Translation,
): { searchResult: SearchResult }[] => {
  const texts = textParts(content)
  if (texts.length === 0) {
    translation.notes.dropped(path, 'empty search result')
    translation.searchResults.skip()
    return []
  }
  const cited = citations?.enabled === true ? { citations: { enabled: true } } : {}
  const searchResult: SearchResult = { source, title, content: texts, ...cited }
  translation.searchResults.sent(searchResult)
  return [{ searchResult }]
}
