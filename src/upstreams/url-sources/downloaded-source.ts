import { attempt } from '../../base/attempt.ts'
import { imageFormatOf, mediaTypeOf } from '../../messages/media.ts'
import type { Refuse } from '../../messages/public-url.ts'
import type { DocumentBlock, ImageBlock } from '../../wire/anthropic/content.ts'
import type { Download } from './download.ts'

/** Converts a download to the source that the client could have sent. */

type InlineSource<Block extends { readonly source: { readonly type: string } }> = Exclude<
  Block['source'],
  { readonly type: 'url' | 'file' | 'content' }
>

/** The media type that the host declares, if it may be quoted. */
const declaredType = (contentType: string): string => {
  const mediaType = mediaTypeOf(contentType)
  return /^[\w.+-]{1,60}\/[\w.+-]{1,60}$/.test(mediaType) ? ` (its host calls it ${mediaType})` : ''
}

/** Throws `refuse`'s error for bytes that are not an image. */
export const toImageSource = ({ bytes, contentType }: Download, refuse: Refuse): InlineSource<ImageBlock> => {
  const data = bytes.toString('base64')
  // Ignores the host's media type: the file's first bytes decide.
  const format = imageFormatOf('', data)
  if (format === undefined) {
    const rule = 'The file is not an image of type JPEG, PNG, GIF or WebP'
    throw refuse(`${rule}${declaredType(contentType)}.`, rule)
  }
  return { type: 'base64', media_type: `image/${format}`, data }
}

/** PDF readers search for the header within the first kilobyte. */
const pdfHeaderBytes = 1024

const isPdf = (bytes: Buffer): boolean => bytes.subarray(0, pdfHeaderBytes).includes('%PDF-')

const textType = /^(?:text\/.+|application\/(?:.+\+)?(?:json|xml|yaml)|application\/(?:x-ndjson|javascript|x-yaml))$/

const charsetOf = (contentType: string): string | undefined => /;\s*charset="?([\w:.-]+)/i.exec(contentType)?.[1]

/** A byte order mark overrides the header, as in browsers. */
const markedCharset = (bytes: Buffer): string | undefined => {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 'utf-8' : undefined
}

type Charset = ConstructorParameters<typeof TextDecoder>[0]

const decode = (bytes: Buffer, charset: string, fatal: boolean): string | undefined =>
  attempt(() => new TextDecoder(charset as Charset, { fatal }).decode(bytes))

/** Decodes by mark or header, otherwise as UTF-8, otherwise as windows-1252, in which every byte is valid. */
const decodeText = (bytes: Buffer, contentType: string): string => {
  const charset = markedCharset(bytes) ?? charsetOf(contentType)
  const decoded = charset === undefined ? undefined : decode(bytes, charset, false)
  return decoded ?? decode(bytes, 'utf-8', true) ?? decode(bytes, 'windows-1252', false) ?? ''
}

export const toDocumentSource = ({ bytes, contentType }: Download, refuse: Refuse): InlineSource<DocumentBlock> => {
  if (isPdf(bytes)) return { type: 'base64', media_type: 'application/pdf', data: bytes.toString('base64') }
  if (textType.test(mediaTypeOf(contentType))) {
    const data = decodeText(bytes, contentType)
    if (!data.includes('\0')) return { type: 'text', media_type: 'text/plain', data }
  }
  const rule = 'The file is neither a PDF nor text'
  throw refuse(`${rule}${declaredType(contentType)}.`, rule)
}
