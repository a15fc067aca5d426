import { invalidRequest } from '../base/errors.ts'
import type { Path } from '../base/path.ts'
import type { DocumentBlock, ImageBlock } from '../wire/anthropic/content.ts'
import { isBlank } from './blank.ts'
import { requireInlineSource } from './inline-media.ts'
import { bareBase64, mediaTypeOf } from './media.ts'

/** Reads documents whose content is in the request. */

export interface InlinePdf {
  readonly format: 'pdf'
  /** Base64; empty for an empty document. */
  readonly data: string
}

export interface InlineText {
  readonly format: 'txt'
  /** Without blank texts. */
  readonly texts: readonly string[]
  /** The client divided the text into parts, which citations count. */
  readonly isDivided: boolean
  /** Images among the texts. */
  readonly images: readonly { readonly block: ImageBlock; readonly path: Path }[]
}

type Source = ReturnType<typeof requireInlineSource<DocumentBlock['source']>>
type ContentSource = Extract<Source, { type: 'content' }>

const wholeText = (text: string): InlineText => ({
  format: 'txt',
  texts: isBlank(text) ? [] : [text],
  isDivided: false,
  images: [],
})

const fromBase64 = (mediaType: string, data: string, path: Path): InlinePdf | InlineText => {
  const bare = bareBase64(data)
  switch (mediaTypeOf(mediaType)) {
    case 'application/pdf':
      return { format: 'pdf', data: bare }
    case 'text/plain':
      return wholeText(Buffer.from(bare, 'base64').toString())
    default:
      throw invalidRequest([...path, 'document', 'source', 'base64', 'media_type'], "Input should be 'application/pdf'")
  }
}

const fromContent = ({ content }: ContentSource, path: Path): InlineText => {
  const blocks = typeof content === 'string' ? [{ type: 'text' as const, text: content }] : content
  return {
    format: 'txt',
    texts: blocks.flatMap((block) => (block.type === 'text' && !isBlank(block.text) ? [block.text] : [])),
    isDivided: true,
    images: blocks.flatMap((block, index) =>
      block.type === 'image' ? [{ block, path: [...path, 'source', 'content', index] }] : [],
    ),
  }
}

/** Throws a 400 for a source without content, and for bytes that are neither a PDF nor a text. */
export const readInlineDocument = (block: DocumentBlock, path: Path): InlinePdf | InlineText => {
  const source = requireInlineSource(block.source, [...path, 'document'])
  switch (source.type) {
    case 'base64':
      return fromBase64(source.media_type, source.data, path)
    case 'text':
      return wholeText(source.data)
    case 'content':
      return fromContent(source, path)
  }
}
