import { isObject, type Json, objectsIn } from '../../base/json.ts'
import { isHtml } from '../http/failed-response.ts'

/** The facts that a failure reports, from any position in the body (OU-E1). */
export interface Reported {
  /** Empty if the body has no message. */
  readonly message: string
  /** Codes and types, the most specific first: `context_length_exceeded`, `1302`, `invalid_request_error`. */
  readonly codes: readonly string[]
  /** The member of the request that the failure names: `max_tokens`, `messages[3].role`. */
  readonly param: string | undefined
  /** A status in the body (OU-E2). */
  readonly status: number | undefined
  /** Azure's content filters that matched: `hate`, `jailbreak`. */
  readonly filters: readonly string[]
  /** Tokens of the prompt and of the context, if they are separate members (llama.cpp). */
  readonly tokens: { readonly input: number | undefined; readonly maximum: number | undefined }
}

/** Limit, in characters, for quoting a body of unknown form. */
const quotedCharacters = 2048
/** Limit, in characters, of a message. Real messages are shorter. */
const maximumMessage = 4000

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined

const count = (value: unknown): number | undefined => (typeof value === 'number' && value > 0 ? value : undefined)

const word = (value: unknown): string | undefined =>
  typeof value === 'number' ? String(value) : typeof value === 'string' && value !== '' ? value : undefined

/** FastAPI's `detail`: a message, or a list of paths and messages. */
const detailIn = (detail: unknown): string | undefined => {
  if (!Array.isArray(detail)) return text(detail)
  const sentences = objectsIn(detail).map(({ loc, msg }) => {
    const place = Array.isArray(loc) ? `${loc.join('.')}: ` : ''
    return `${place}${text(msg) ?? ''}`
  })
  return text(sentences.join('; '))
}

/** OpenRouter wraps the original provider's error, often as JSON in a string. */
const wrappedIn = (metadata: unknown): string | undefined => {
  if (!isObject(metadata)) return undefined
  const raw = text(metadata['raw'])
  const inner = raw === undefined ? undefined : reportedInText(raw)
  if (inner === undefined || inner.message === '') return undefined
  const provider = text(metadata['provider_name'])
  return provider === undefined ? inner.message : `${provider}: ${inner.message}`
}

const filtersIn = (inner: Json): string[] => {
  const results = inner['content_filter_result'] ?? inner['content_filter_results']
  if (!isObject(results)) return []
  return Object.entries(results)
    .filter(([, result]) => isObject(result) && (result['filtered'] === true || result['detected'] === true))
    .map(([name]) => name)
}

const messageIn = (body: Json, error: Json): string | undefined => {
  const [first] = objectsIn(body['errors'])
  const base = isObject(body['base_resp']) ? body['base_resp'] : {}
  const candidates = [
    error['message'],
    body['error'],
    first?.['message'],
    body['error_message'],
    body['message'],
    detailIn(body['detail']),
    body['msg'],
    base['status_msg'],
  ]
  return candidates.map(text).find((candidate) => candidate !== undefined)
}

/** A prefix keeps MiniMax's numbers apart from Zhipu's. */
const baseCode = (body: Json): string | undefined => {
  const code = isObject(body['base_resp']) ? word(body['base_resp']['status_code']) : undefined
  return code === undefined || code === '0' ? undefined : `base_resp.${code}`
}

const statusIn = (codes: readonly string[]): number | undefined => {
  const code = codes.map(Number).find((number) => Number.isInteger(number) && number >= 400 && number <= 599)
  return code
}

const reportedInObject = (body: Json): Reported => {
  const error = isObject(body['error']) ? body['error'] : {}
  const inner = [error['innererror'], error['inner_error'], body['innererror']].find(isObject) ?? {}
  const bare = messageIn(body, error) ?? ''
  const isWrapper = bare === '' || /^provider returned error\.?$/i.test(bare)
  const message = (isWrapper ? wrappedIn(error['metadata']) : undefined) ?? bare
  const codes = [
    inner['code'],
    error['code'],
    body['code'],
    baseCode(body),
    error['type'],
    body['error_type'],
    body['type'],
  ]
    .map(word)
    .filter((code) => code !== undefined)
  return {
    message: message.slice(0, maximumMessage),
    codes: [...new Set(codes)],
    param: text(error['param']) ?? text(body['param']),
    status: statusIn(codes),
    filters: filtersIn(inner),
    tokens: { input: count(error['n_prompt_tokens']), maximum: count(error['n_ctx']) },
  }
}

const nothing = {
  codes: [],
  param: undefined,
  status: undefined,
  filters: [],
  tokens: { input: undefined, maximum: undefined },
} as const

/** The title of a web page, which is more specific than its status. */
export const titleOf = (html: string): string => /<title[^>]*>([^<]{0,200})/i.exec(html)?.[1]?.trim() ?? ''

/** The facts in a parsed JSON value; a list of one value is unwrapped. */
export const reportedIn = (value: unknown): Reported => {
  const one: unknown = Array.isArray(value) ? value[0] : value
  if (isObject(one)) return reportedInObject(one)
  return { ...nothing, message: text(one)?.slice(0, quotedCharacters) ?? '' }
}

/** The facts in the body of a failure. */
export const reportedInText = (body: string): Reported => {
  if (isHtml(body)) return { ...nothing, message: '' }
  const quoted = body.trim().slice(0, quotedCharacters)
  try {
    const reported = reportedIn(JSON.parse(body))
    const isUnknown =
      reported.message === '' && reported.codes.length === 0 && !/^[[{\s]*[\]}\s]*$|^null$|^""$/.test(quoted)
    return isUnknown ? { ...reported, message: quoted } : reported
  } catch {
    return { ...nothing, message: quoted }
  }
}
