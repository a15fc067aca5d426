import { invalidRequest } from '../../base/errors.ts'
import type { Path } from '../../base/path.ts'
import { bareBase64, imageFormatOf } from '../../messages/media.ts'
import type { ImageBlock } from '../../wire/anthropic/content.ts'
import type { Image } from '../../wire/converse/content.ts'

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
  const data = bareBase64(source.data)
  if (data === '') throw invalidRequest([...sourcePath, 'data'], 'image cannot be empty')
  const format = imageFormatOf(source.media_type, data)
  if (format === undefined) {
    const accepted = "Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'"
    throw invalidRequest([...sourcePath, 'media_type'], accepted)
  }
  return { format, source: { bytes: data } }
}
