import type { Path } from '../../base/path.ts'
import { imageFormatOf } from '../../messages/media.ts'
import type { ImageBlock } from '../../wire/anthropic/content.ts'
import { parseDataUrl } from './data-url.ts'
import { refusal } from './refusal.ts'

const webAddress = /^https?:\/\//i

/** Translates the URL of an image (OE-C46). Throws a 400 that names the part's `image_url`. */
export const toImageBlock = (image: string | { readonly url: string }, partPath: Path): ImageBlock => {
  const path = [...partPath, 'image_url']
  const url = (typeof image === 'string' ? image : image.url).trim()
  if (webAddress.test(url)) return { type: 'image', source: { type: 'url', url } }
  const data = parseDataUrl(url)
  if (data === undefined) throw refusal('invalid_value', path, 'expected a data: URL or an http(s) URL')
  if (data.base64 === undefined) throw refusal('invalid_value', path, 'the data of the image is empty or not base64')
  const format = imageFormatOf(data.mediaType, data.base64)
  if (format === undefined) throw refusal('invalid_value', path, 'the image must be a JPEG, PNG, GIF or WebP')
  return { type: 'image', source: { type: 'base64', media_type: `image/${format}`, data: data.base64 } }
}
