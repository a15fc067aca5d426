/** Anthropic's media: what a base64 source is, by its first bytes and by its label. */

/** The image formats that Anthropic's API takes. */
const imageFormats = ['jpeg', 'png', 'gif', 'webp'] as const
export type ImageFormat = (typeof imageFormats)[number]

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
 * Base64 as it goes onto the wire: the client's string unchanged, but for white space and a
 * `data:...;base64,` in front. Never decoded: an image of 5 MB is not copied.
 */
export const bareBase64 = (data: string): string => {
  const bare = data.startsWith('data:') ? data.slice(data.indexOf(',') + 1) : data
  const hasSpace = bare.includes('\n') || bare.includes(' ') || bare.includes('\r') || bare.includes('\t')
  return hasSpace ? bare.replace(/\s+/g, '') : bare
}

/** A media type without its parameters, in lower case. */
export const mediaTypeOf = (value: string): string => (value.split(';')[0] ?? '').trim().toLowerCase()

/** The image's format; undefined where it is none that Anthropic's API takes. */
export const imageFormatOf = (mediaType: string, data: string): ImageFormat | undefined => {
  const sniffed = signatures.find(([prefix]) => data.startsWith(prefix))?.[1]
  if (sniffed !== undefined) return isImageFormat(sniffed) ? sniffed : undefined
  return formatByMediaType.get(mediaTypeOf(mediaType))
}
