import { invalidRequest } from '../../base/errors.ts'
import type { Path } from '../../base/path.ts'
import type { ImageBlock } from '../../wire/anthropic/content.ts'
import { type Image, type ImageFormat, imageFormats } from '../../wire/converse/content.ts'

/** Base64 of each format's first bytes. A file's own bytes are believed before its label. */
const signatures: readonly (readonly [base64Prefix: string, format: string])[] = [
  ['/9j/', 'jpeg'],
  ['iVBORw0KGgo', 'png'],
  ['R0lGOD', 'gif'],
  ['UklGR', 'webp'],
  ['JVBERi', 'pdf'],
  ['SUkqA', 'tiff'],
  ['TU0AK', 'tiff'],
  ['Qk', 'bmp'],
  ['AAABA', 'icon'],
  ['PHN2Z', 'svg'],
  ['PD94bW', 'svg'],
]

const formatByMediaType: ReadonlyMap<string, ImageFormat> = new Map(
  Object.entries<ImageFormat>({
    'image/jpeg': 'jpeg',
    'image/jpg': 'jpeg',
    'image/pjpeg': 'jpeg',
    'image/jfif': 'jpeg',
    'image/png': 'png',
    'image/gif': 'gif',
    'image/webp': 'webp',
  }),
)

const isImageFormat = (format: string): format is ImageFormat => imageFormats.some((known) => known === format)

/**
 * Base64 as it goes onto the wire: Anthropic's string unchanged, but for white space and a
 * `data:...;base64,` in front. Never decoded: an image of 5 MB is not copied.
 */
export const wireBase64 = (data: string): string => {
  const bare = data.startsWith('data:') ? data.slice(data.indexOf(',') + 1) : data
  const hasSpace = bare.includes('\n') || bare.includes(' ') || bare.includes('\r') || bare.includes('\t')
  return hasSpace ? bare.replace(/\s+/g, '') : bare
}

/** A media type without its parameters, in lower case. */
export const mediaTypeOf = (value: string): string => (value.split(';')[0] ?? '').trim().toLowerCase()

/** The image's format, where Bedrock has one for it. */
export const imageFormatOf = (mediaType: string, data: string): ImageFormat | undefined => {
  const sniffed = signatures.find(([prefix]) => data.startsWith(prefix))?.[1]
  if (sniffed !== undefined) return isImageFormat(sniffed) ? sniffed : undefined
  return formatByMediaType.get(mediaTypeOf(mediaType))
}

/** Throws a 400 that says what to send instead, for the sources that Converse has no word for. */
export const requireInlineSource = <Source extends { readonly type: string }>(
  source: Source,
  path: Path,
): Exclude<Source, { readonly type: 'url' | 'file' }> => {
  if (source.type === 'url') {
    throw invalidRequest([...path, 'source', 'url'], 'a URL cannot be sent on: send the bytes as base64')
  }
  if (source.type === 'file') {
    throw invalidRequest([...path, 'source', 'file_id'], 'this endpoint has no Files API: send the bytes as base64')
  }
  return source as Exclude<Source, { readonly type: 'url' | 'file' }>
}

/** Throws a 400 in Anthropic's words for what Bedrock has no format for. */
export const toImage = (block: ImageBlock, path: Path): Image => {
  const source = requireInlineSource(block.source, [...path, 'image'])
  const sourcePath = [...path, 'image', 'source', 'base64']
  const data = wireBase64(source.data)
  if (data === '') throw invalidRequest([...sourcePath, 'data'], 'image cannot be empty')
  const format = imageFormatOf(source.media_type, data)
  if (format === undefined) {
    const accepted = "Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'"
    throw invalidRequest([...sourcePath, 'media_type'], accepted)
  }
  return { format, source: { bytes: data } }
}
