import { invalidRequest } from '../../base/errors.ts'
import type { Path } from '../../base/path.ts'
import { isBlank } from '../../messages/blank.ts'
import { bareBase64, mediaTypeOf } from '../../messages/media.ts'
import type { DocumentBlock, SearchResultBlock, TextBlock } from '../../wire/anthropic/content.ts'
import type { Document, Image, SearchResult } from '../../wire/converse/content.ts'
import type { TranslationContext, Turn } from './context.ts'
import { requireInlineSource, toImage } from './media.ts'
import { documentsIn, isCited, isPdf, wordsOf } from './parts.ts'

type DocumentSource = Document['source']
type Format = Exclude<Document['format'], undefined>

const textType = 'text/plain'

const base64Format = (mediaType: string, path: Path): Format => {
  switch (mediaTypeOf(mediaType)) {
    case 'application/pdf':
      return 'pdf'
    case textType:
      return 'txt'
    default:
      throw invalidRequest([...path, 'document', 'source', 'base64', 'media_type'], "Input should be 'application/pdf'")
  }
}

interface DocumentParts {
  readonly format: Format
  /** Undefined where the document holds nothing. */
  readonly source: DocumentSource | undefined
  /** Images inside a `content` source, which Converse takes only beside the document. */
  readonly images: readonly Image[]
}

const textParts = (blocks: readonly TextBlock[]): { text: string }[] =>
  blocks.filter((block) => !isBlank(block.text)).map((block) => ({ text: block.text }))

type InlineSource = Exclude<DocumentBlock['source'], { type: 'url' | 'file' }>
type ContentSource = Extract<InlineSource, { type: 'content' }>

const blocksIn = ({ content }: ContentSource) =>
  typeof content === 'string' ? [{ type: 'text' as const, text: content }] : content

const textSource = (text: string): DocumentSource | undefined => (isBlank(text) ? undefined : { text })

/** What is sent of a document; undefined where it holds nothing. Images in it stand beside it. */
const toSource = (source: InlineSource): DocumentSource | undefined => {
  switch (source.type) {
    case 'base64': {
      const bytes = bareBase64(source.data)
      if (mediaTypeOf(source.media_type) === textType) return textSource(Buffer.from(bytes, 'base64').toString())
      return bytes === '' ? undefined : { bytes }
    }
    case 'text':
      return textSource(source.data)
    case 'content': {
      // Each text stays a part of its own: parts are what citations count.
      const content = textParts(blocksIn(source).filter((inner) => inner.type === 'text'))
      return content.length === 0 ? undefined : { content }
    }
  }
}

const imagesIn = (source: ContentSource, path: Path): Image[] =>
  blocksIn(source).flatMap((inner, index) =>
    inner.type === 'image' ? [toImage(inner, [...path, 'source', 'content', index])] : [],
  )

const readDocument = (block: DocumentBlock, path: Path): DocumentParts => {
  const source = requireInlineSource(block.source, [...path, 'document'])
  return {
    format: source.type === 'base64' ? base64Format(source.media_type, path) : 'txt',
    source: toSource(source),
    images: source.type === 'content' ? imagesIn(source, path) : [],
  }
}

/**
 * A document, and behind it the images that stood inside it. Of an empty one only its context is left. Its citations are
 * the client's wish alone: see `decideCitations`.
 */
export const toDocumentParts = (
  block: DocumentBlock,
  path: Path,
  translation: TranslationContext,
): ({ document: Document } | { image: Image } | { text: string })[] => {
  const { format, source, images } = readDocument(block, path)
  const parts = images.map((image) => ({ image }))
  const context = block.context ?? ''
  if (source === undefined) {
    translation.notes.dropped(path, 'empty document')
    translation.documentNames.skip()
    return isBlank(context) ? parts : [{ text: context }, ...parts]
  }
  const isWanted = block.citations?.enabled === true
  const document: Document = {
    format,
    name: translation.documentNames.next(block.title ?? undefined, isWanted),
    source,
    ...(isBlank(context) ? {} : { context }),
    ...(isWanted ? { citations: { enabled: true } } : {}),
  }
  return [{ document }, ...parts]
}

/**
 * Puts text documents into the form that Bedrock reads. Without citations it wants the bytes of a document; with them
 * it reads bytes as a PDF and wants the text itself (strands-agents/harness-sdk#3582, boto3#4726).
 */
export const packTexts = (turns: readonly Turn[], { blockKinds }: TranslationContext): void => {
  if (!blockKinds.documents) return
  for (const { units } of turns) {
    for (const document of documentsIn(units)) {
      if (isPdf(document) || isCited(document)) continue
      document.source = { bytes: Buffer.from(wordsOf(document)).toString('base64') }
    }
  }
}

/** A search result. One whose texts are all blank leaves nothing but a note. */
export const toSearchResultParts = (
  { source, title, content, citations }: SearchResultBlock,
  path: Path,
  translation: TranslationContext,
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
