import type { Path } from '../../base/path.ts'
import { isBlank } from '../../messages/blank.ts'
import { type InlinePdf, type InlineText, readInlineDocument } from '../../messages/inline-documents.ts'
import { breakMarks } from '../../messages/search-marks.ts'
import { searchResultText } from '../../messages/search-result-text.ts'
import type { DocumentBlock, SearchResultBlock, TextBlock } from '../../wire/anthropic/content.ts'
import type { Document, Image, SearchResult } from '../../wire/converse/content.ts'
import type { TranslationContext, Turn } from './context.ts'
import { toImage } from './media.ts'
import { documentsIn, isCited, isPdf, wordsOf } from './parts.ts'

type DocumentSource = Document['source']

const textParts = (blocks: readonly TextBlock[]): { text: string }[] =>
  blocks.filter((block) => !isBlank(block.text)).map((block) => ({ text: block.text }))

/** The source to send; undefined for an empty document. */
const toSource = (document: InlinePdf | InlineText): DocumentSource | undefined => {
  if (document.format === 'pdf') return document.data === '' ? undefined : { bytes: document.data }
  const [text] = document.texts
  if (text === undefined) return undefined
  // Each text stays a separate part: citations count parts.
  return document.isDivided ? { content: document.texts.map((part) => ({ text: part })) } : { text }
}

/** Images inside a `content` source, which Converse accepts only next to the document. */
const imagesIn = (document: InlinePdf | InlineText): Image[] =>
  document.format === 'pdf' ? [] : document.images.map(({ block, path }) => toImage(block, path))

/**
 * A document, followed by the images from inside it. Of an empty document, only its context is sent. Citations are as
 * the client requested: see `decideCitations`.
 */
export const toDocumentParts = (
  block: DocumentBlock,
  path: Path,
  translation: TranslationContext,
): ({ document: Document } | { image: Image } | { text: string })[] => {
  const read = readInlineDocument(block, path)
  const source = toSource(read)
  const parts = imagesIn(read).map((image) => ({ image }))
  const context = block.context ?? ''
  if (source === undefined) {
    translation.notes.dropped(path, 'empty document')
    translation.documentNames.skip()
    return isBlank(context) ? parts : [{ text: context }, ...parts]
  }
  const isWanted = block.citations?.enabled === true
  const document: Document = {
    format: read.format,
    name: translation.documentNames.next(block.title ?? undefined, isWanted),
    source,
    ...(isBlank(context) ? {} : { context }),
    ...(isWanted ? { citations: { enabled: true } } : {}),
  }
  return [{ document }, ...parts]
}

/**
 * Converts text documents to the form that Bedrock reads. Without citations it requires bytes; with citations it reads
 * bytes as a PDF and requires the text itself (strands-agents/harness-sdk#3582, boto3#4726).
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

/**
 * A search result: as text for a model that accepts no citations, because such models accept none of these blocks. If
 * all its texts are blank, only a note remains.
 */
export const toSearchResultParts = (
  { source, title, content, citations }: SearchResultBlock,
  path: Path,
  translation: TranslationContext,
): ({ searchResult: SearchResult } | { text: string })[] => {
  const texts = textParts(content)
  if (texts.length === 0) {
    translation.notes.dropped(path, 'empty search result')
    translation.searchResults.skip()
    return []
  }
  if (!translation.model.citations) {
    translation.notes.changed(path, 'the model does not accept search results: sent as text')
    translation.searchResults.skip()
    const words = texts.map(({ text }) => breakMarks(text))
    return [{ text: searchResultText(breakMarks(source), breakMarks(title), words) }]
  }
  const cited = citations?.enabled === true ? { citations: { enabled: true } } : {}
  const searchResult: SearchResult = { source, title, content: texts, ...cited }
  translation.searchResults.sent(searchResult)
  return [{ searchResult }]
}
