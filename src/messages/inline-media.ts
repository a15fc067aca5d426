import { invalidRequest } from '../base/errors.ts'
import type { Path } from '../base/path.ts'
import type { ImageBlock } from '../wire/anthropic/content.ts'
import { bareBase64, type ImageFormat, imageFormatOf } from './media.ts'

/** Images and documents whose bytes are in the request. */

type Inline<Source extends { readonly type: string }> = Exclude<Source, { readonly type: 'url' | 'file' }>

/** For sources that an upstream does not support: throws a 400 that says what to send instead. */
export const requireInlineSource = <Source extends { readonly type: string }>(
  source: Source,
  path: Path,
): Inline<Source> => {
  if (source.type === 'url') {
    throw invalidRequest([...path, 'source', 'url'], 'this endpoint does not forward URLs: send the bytes as base64')
  }
  if (source.type === 'file') {
    throw invalidRequest([...path, 'source', 'file_id'], 'this endpoint has no Files API: send the bytes as base64')
  }
  return source as Inline<Source>
}

export interface InlineImage {
  readonly format: ImageFormat
  /** Base64. */
  readonly data: string
}

/** Throws a 400 in Anthropic's words for an image that Anthropic's API does not accept either. */
export const toInlineImage = ({ source: anySource }: ImageBlock, path: Path): InlineImage => {
  const source = requireInlineSource(anySource, [...path, 'image'])
  const sourcePath = [...path, 'image', 'source', 'base64']
  const data = bareBase64(source.data)
  if (data === '') throw invalidRequest([...sourcePath, 'data'], 'image cannot be empty')
  const format = imageFormatOf(source.media_type, data)
  if (format === undefined) {
    const accepted = "Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'"
    throw invalidRequest([...sourcePath, 'media_type'], accepted)
  }
  return { format, data }
}

/** A tool's image in another format must not make the conversation unusable: a text replaces it. */
export const isUnsupportedImage = ({ source }: ImageBlock): boolean =>
  source.type === 'base64' && imageFormatOf(source.media_type, bareBase64(source.data)) === undefined

export const unsupportedImageText = '[image omitted: its format is not supported, only JPEG, PNG, GIF and WebP are]'
