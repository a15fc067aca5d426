import type { Path } from '../../base/path.ts'
import { imageFormatOf } from '../../messages/media.ts'
import type { DocumentBlock, ImageBlock } from '../../wire/anthropic/content.ts'
import type { FileContent } from '../../wire/openai-chat/content-part.ts'
import { parseDataUrl, validBase64 } from './data-url.ts'
import { refusal } from './refusal.ts'

/** Files of a message: PDFs, texts and images (OE-C47). */

const pdf = 'application/pdf'

const textType =
  /^text\/|^application\/(?:[\w.-]+\+)?(?:json|xml)$|^application\/(?:x-)?(?:ndjson|yaml|javascript|typescript|sh)$/

/** By the ending of the file's name, for bytes without a media type. */
const mediaTypes: ReadonlyMap<string, string> = new Map(
  Object.entries({
    pdf,
    json: 'application/json',
    xml: 'application/xml',
    png: 'image/png',
    jpg: 'image/jpeg',
    jpeg: 'image/jpeg',
    gif: 'image/gif',
    webp: 'image/webp',
  }),
)
const textEndings =
  /^(?:txt|text|md|markdown|csv|tsv|log|html?|css|ya?ml|toml|ini|[cm]?[jt]sx?|py|rb|go|rs|java|kt|c|h|cc|cpp|hpp|cs|php|swift|sh|sql|diff|patch)$/

const mediaTypeByName = (name: string): string => {
  const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase()
  return mediaTypes.get(ending) ?? (textEndings.test(ending) ? 'text/plain' : '')
}

interface FileData {
  readonly mediaType: string
  /** Undefined if it is broken or empty. */
  readonly base64: string | undefined
}

const readData = (data: string, filename: string): FileData => {
  const url = parseDataUrl(data)
  if (url === undefined) return { mediaType: mediaTypeByName(filename), base64: validBase64(data) }
  // Clients that do not know a type write this one.
  const isUnknown = url.mediaType === '' || url.mediaType === 'application/octet-stream'
  return isUnknown ? { ...url, mediaType: mediaTypeByName(filename) } : url
}

const toTextSource = (base64: string): DocumentBlock['source'] => ({
  type: 'text',
  media_type: 'text/plain',
  data: Buffer.from(base64, 'base64').toString(),
})

/** `holder` is the path of the object with the members. Throws a 400 that names the member. */
export const toFileBlock = (
  { file_data: data, file_url: url, file_id: id, filename }: FileContent,
  holder: Path,
): DocumentBlock | ImageBlock => {
  const name = filename ?? ''
  const title = name === '' ? {} : { title: name }
  if (typeof data === 'string') {
    const path = [...holder, 'file_data']
    const { mediaType, base64 } = readData(data, name)
    if (base64 === undefined) throw refusal('invalid_value', path, 'the data of the file is empty or not base64')
    if (mediaType === pdf)
      return { type: 'document', source: { type: 'base64', media_type: pdf, data: base64 }, ...title }
    if (textType.test(mediaType)) return { type: 'document', source: toTextSource(base64), ...title }
    const format = mediaType.startsWith('image/') ? imageFormatOf(mediaType, base64) : undefined
    if (format !== undefined)
      return { type: 'image', source: { type: 'base64', media_type: `image/${format}`, data: base64 } }
    throw refusal('invalid_value', path, 'the file must be a PDF, a text, JSON, XML, JPEG, PNG, GIF or WebP')
  }
  if (typeof url === 'string') return { type: 'document', source: { type: 'url', url }, ...title }
  if (typeof id === 'string') {
    throw refusal(
      'unsupported_value',
      [...holder, 'file_id'],
      'this server stores no files: send the bytes in file_data',
    )
  }
  throw refusal('invalid_value', holder, 'expected file_data')
}
