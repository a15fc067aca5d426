/** Anthropic's media: finds the format of a base64 source from its first bytes, then from its label. */

/** The image formats that Anthropic's API accepts. */
const imageFormats = ['jpeg', 'png', 'gif', 'webp'] as const
export type ImageFormat = (typeof imageFormats)[number]

/** Base64 of each format's first bytes. They count more than the label. */
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
 * Base64 to send: the client's string without white space and without a leading `data:...;base64,`. Does not decode
 * it: an image of 5 MB is not copied.
 */
export const bareBase64 = (data: string): string => {
  const bare = data.startsWith('data:') ? data.slice(data.indexOf(',') + 1) : data
  const hasSpace = bare.includes('\n') || bare.includes(' ') || bare.includes('\r') || bare.includes('\t')
  return hasSpace ? bare.replace(/\s+/g, '') : bare
}

/** A media type without its parameters, in lower case. */
export const mediaTypeOf = (value: string): string => (value.split(';')[0] ?? '').trim().toLowerCase()

/** Returns the image's format, or undefined if Anthropic's API does not accept it. */
export const imageFormatOf = (mediaType: string, data: string): ImageFormat | undefined => {
  const sniffed = signatures.find(([prefix]) => data.startsWith(prefix))?.[1]
  if (sniffed !== undefined) return isImageFormat(sniffed) ? sniffed : undefined
  return formatByMediaType.get(mediaTypeOf(mediaType))
}
