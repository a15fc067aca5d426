import { attempt } from '../../base/attempt.ts'
import { bareBase64, mediaTypeOf } from '../../messages/media.ts'

/** The content of a `data:` URL. */
export interface DataUrl {
  /** In lower case, without parameters; empty if the URL has none. */
  readonly mediaType: string
  /** Base64 without white space; undefined if it is broken or empty. */
  readonly base64: string | undefined
}

const scheme = /^data:/i
const base64Marker = /;\s*base64\s*$/i
const base64Groups = 4
const base64Pattern = /^[A-Za-z0-9+/]+={0,2}$/

/** Base64 to send; undefined if it is broken or empty. Does not decode it: an image of 5 MB is not copied. */
export const validBase64 = (data: string): string | undefined => {
  const bare = bareBase64(data)
  return bare.length % base64Groups === 0 && base64Pattern.test(bare) ? bare : undefined
}

const toBase64 = (text: string): string | undefined => {
  const bytes = attempt(() => Buffer.from(decodeURIComponent(text)))
  return bytes === undefined || bytes.length === 0 ? undefined : bytes.toString('base64')
}

/** Returns undefined for any other URL. */
export const parseDataUrl = (url: string): DataUrl | undefined => {
  if (!scheme.test(url)) return undefined
  const comma = url.indexOf(',')
  if (comma === -1) return { mediaType: '', base64: undefined }
  const head = url.slice('data:'.length, comma)
  const data = url.slice(comma + 1)
  return {
    mediaType: mediaTypeOf(head),
    base64: base64Marker.test(head) ? validBase64(data) : toBase64(data),
  }
}
