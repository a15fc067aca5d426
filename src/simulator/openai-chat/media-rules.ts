import { type ChatRefusal, firstRefusalOf } from './refusal.ts'
import type { ChatRule } from './rule.ts'
import type { ChatMessage, ChatPart } from './schema.ts'

/** OpenAI's rules for images and files. */

interface Place {
  readonly message: number
  readonly part: number
}

const partsOf = ({ content }: ChatMessage): readonly ChatPart[] => (Array.isArray(content) ? content : [])

/** A rule for each part of each message. */
export const forEachPart =
  (judge: (part: ChatPart, place: Place, role: string) => ChatRefusal | undefined): ChatRule =>
  ({ body: { messages } }) =>
    firstRefusalOf(messages, (message, index) =>
      firstRefusalOf(partsOf(message), (part, position) =>
        judge(part, { message: index, part: position }, message.role),
      ),
    )

const placeOfPart = ({ message, part }: Place): string => `messages[${message}].content[${part}]`

const dataUrl = /^data:(?<type>[^;,]*);base64,(?<data>.*)$/s
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
const imageTypes = ['image/png', 'image/jpeg', 'image/gif', 'image/webp']
const imageBeginnings = /^(?:iVBORw0KGgo|\/9j\/|R0lGOD|UklGR)/

const imageRefusal = (url: string, place: Place): ChatRefusal | undefined => {
  const param = `${placeOfPart(place)}.image_url.url`
  if (/^https?:\/\//.test(url) && URL.canParse(url)) return undefined
  const { type, data } = dataUrl.exec(url)?.groups ?? {}
  if (type === undefined || data === undefined) {
    const message = `Invalid '${param}'. Expected a valid URL, but got a value with an invalid format.`
    return { message, param, code: 'invalid_value' }
  }
  if (!imageTypes.includes(type)) {
    return { message: 'Invalid MIME type. Only image types are supported.', param, code: 'invalid_image_format' }
  }
  if (data === '' || !base64.test(data)) {
    return { message: 'Invalid base64 image_url.', param, code: 'invalid_base64' }
  }
  if (imageBeginnings.test(data)) return undefined
  return {
    message:
      "You uploaded an unsupported image. Please make sure your image has of one the following formats: ['png', 'jpeg', 'gif', 'webp'].",
    param,
    code: 'invalid_image_format',
  }
}

const images: ChatRule = forEachPart((part, place) =>
  part.type === 'image_url' ? imageRefusal(part.image_url.url, place) : undefined,
)

/** Refuses images for models that do not accept them. */
export const visionOnly =
  (message: string): ChatRule =>
  (context) =>
    context.model.images
      ? undefined
      : forEachPart((part, place) =>
          part.type === 'image_url'
            ? { message, param: `messages.[${place.message}].content.[${place.part}].type` }
            : undefined,
        )(context)

const files: ChatRule = forEachPart((part, place) => {
  if (part.type !== 'file') return undefined
  const { file_data: data, file_id: id, filename } = part.file
  const param = `${placeOfPart(place)}.file`
  if (data === undefined) {
    return id === undefined
      ? {
          message: `Missing required parameter: '${param}.file_id'.`,
          param: `${param}.file_id`,
          code: 'missing_required_parameter',
        }
      : undefined
  }
  if (filename === undefined || filename === '') {
    const missing = `${param}.filename`
    return { message: `Missing required parameter: '${missing}'.`, param: missing, code: 'missing_required_parameter' }
  }
  const { type, data: bytes = '' } = dataUrl.exec(data)?.groups ?? {}
  if (type === 'application/pdf' && bytes.startsWith('JVBERi') && base64.test(bytes)) return undefined
  return {
    message: `Invalid file data: '${param}.file_data'. Expected a base64-encoded data URL with an application/pdf MIME type (e.g. 'data:application/pdf;base64,aW1nIGJ5dGVzIGhlcmU='), but got unsupported MIME type '${type ?? 'unknown'}'.`,
    param: `${param}.file_data`,
    code: 'invalid_value',
  }
})

export const mediaRules: readonly ChatRule[] = [images, files]
