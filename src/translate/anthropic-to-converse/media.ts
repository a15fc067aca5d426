import type { Path } from '../../base/path.ts'
import { toInlineImage } from '../../messages/inline-media.ts'
import type { ImageBlock } from '../../wire/anthropic/content.ts'
import type { Image } from '../../wire/converse/content.ts'

/** Throws a 400 in Anthropic's words for a format that Bedrock does not support. */
export const toImage = (block: ImageBlock, path: Path): Image => {
  const { format, data } = toInlineImage(block, path)
  return { format, source: { bytes: data } }
}
