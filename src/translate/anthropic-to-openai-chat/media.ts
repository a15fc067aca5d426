import { atPath, GatewayError } from '../../base/errors.ts'
import type { Path } from '../../base/path.ts'
import { toInlineImage } from '../../messages/inline-media.ts'
import { parseHttpsUrl, publicNameOf, type Refuse } from '../../messages/public-url.ts'
import type { ImageBlock } from '../../wire/anthropic/content.ts'
import { type ChatContext, type PlacedPart, textPart } from './context.ts'

const noImages = '[image omitted: this model does not see images]'

/** A 400 that names the path and no part of the URL: its query may contain a secret. */
const refuseUrl =
  (path: Path): Refuse =>
  (sentence, rule = sentence) => {
    const place = [...path, 'image', 'source', 'url']
    return new GatewayError('invalid_request_error', atPath(place, sentence), { reason: atPath(place, rule) })
  }

/** The URL itself, if the provider fetches it (OU-Q32), or the bytes as a data URL (OU-Q31). */
const urlOf = (block: ImageBlock, path: Path, { dialect }: ChatContext): string => {
  const { source } = block
  if (source.type === 'url' && dialect.imageUrl) {
    const refuse = refuseUrl(path)
    publicNameOf(parseHttpsUrl(source.url, refuse), refuse)
    return source.url
  }
  const { format, data } = toInlineImage(block, path)
  return `data:image/${format};base64,${data}`
}

/** An image, or a text that replaces it. Throws a 400 in Anthropic's words for data that is not an image. */
export const toImagePart = (block: ImageBlock, path: Path, context: ChatContext): PlacedPart => {
  const { dialect, notes } = context
  if (!dialect.images || dialect.stringsOnly) {
    notes.changed(path, 'image omitted: the model does not accept images')
    return textPart(noImages, path)
  }
  return { part: { type: 'image_url', image_url: { url: urlOf(block, path, context) } }, path }
}
