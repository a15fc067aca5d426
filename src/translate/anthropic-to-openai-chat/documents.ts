import type { Path } from '../../base/path.ts'
import { isBlank } from '../../messages/blank.ts'
import { type InlinePdf, type InlineText, readInlineDocument } from '../../messages/inline-documents.ts'
import { countPdfPages } from '../../messages/pdf-pages.ts'
import { attribute, searchResultText } from '../../messages/search-result-text.ts'
import type { DocumentBlock, SearchResultBlock } from '../../wire/anthropic/content.ts'
import { type ChatContext, type PlacedPart, textPart } from './context.ts'
import { toImagePart } from './media.ts'

/** Documents and search results: PDFs if the provider accepts files, and text in tags that name the source. */

/** Tells the model that a PDF is missing, so that it can read the file with its tools (OU-Q34). */
const omittedPdf = (title: string, data: string): string => {
  const pages = countPdfPages(data)
  const name = title === '' ? '' : ` "${title}"`
  return `[document${name} (PDF, ${pages} ${pages === 1 ? 'page' : 'pages'}) omitted: this model takes no PDF files]`
}

const toPdfPart = (title: string, data: string, path: Path, { dialect, notes, fileNames }: ChatContext): PlacedPart => {
  const { pdf, stringsOnly } = dialect
  if (pdf === 'none' || stringsOnly) {
    notes.changed(path, 'PDF omitted: the model does not accept PDF files')
    return textPart(omittedPdf(title, data), path)
  }
  const url = `data:application/pdf;base64,${data}`
  if (pdf === 'url') return { part: { type: 'document_url', document_url: url }, path }
  return { part: { type: 'file', file: { filename: fileNames.next(title), file_data: url } }, path }
}

/** `context`: the client's description of the document, on a line before it. */
const taggedText = (title: string, context: string, texts: readonly string[]): string => {
  const document = `<document${attribute('title', title)}>\n${texts.join('\n')}\n</document>`
  return context === '' ? document : `${context}\n${document}`
}

const isEmpty = (document: InlinePdf | InlineText): boolean =>
  document.format === 'pdf' ? document.data === '' : document.texts.length === 0

/** Chat Completions has no citations of the client's documents. */
const noteCitations = (
  { citations }: Pick<DocumentBlock, 'citations'>,
  path: Path,
  { notes }: Pick<ChatContext, 'notes'>,
): void => {
  if (citations?.enabled === true) notes.changed([...path, 'citations'], 'the provider gives no citations')
}

/** The document itself, and the client's description of it. */
const documentParts = (
  document: InlinePdf | InlineText,
  { title, about }: { readonly title: string; readonly about: string },
  path: Path,
  context: ChatContext,
): PlacedPart[] => {
  const words = about === '' ? [] : [textPart(about, path)]
  if (isEmpty(document)) {
    context.notes.dropped(path, 'empty document')
    return words
  }
  if (document.format === 'txt') return [textPart(taggedText(title, about, document.texts), path)]
  return [...words, toPdfPart(title, document.data, path, context)]
}

/** A document, then the images in it. For an empty document, only its context. */
export const toDocumentParts = (block: DocumentBlock, path: Path, context: ChatContext): PlacedPart[] => {
  const document = readInlineDocument(block, path)
  noteCitations(block, path, context)
  const about = block.context ?? ''
  const words = { title: (block.title ?? '').trim(), about: isBlank(about) ? '' : about }
  const parts = documentParts(document, words, path, context)
  const images = document.format === 'pdf' ? [] : document.images
  for (const image of images) parts.push(toImagePart(image.block, image.path, context))
  return parts
}

/** A search result as text, with its source and title (OU-Q36). */
export const toSearchResultParts = (block: SearchResultBlock, path: Path, { notes }: ChatContext): PlacedPart[] => {
  const texts = block.content.flatMap(({ text }) => (isBlank(text) ? [] : [text]))
  if (texts.length === 0) {
    notes.dropped(path, 'empty search result')
    return []
  }
  noteCitations(block, path, { notes })
  return [textPart(searchResultText(block.source, block.title, texts), path)]
}
