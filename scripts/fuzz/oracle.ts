import { isObject } from '../../src/base/json.ts'
import type { SseEvent } from '../../tests/support/sse.ts'
import { grammarFault } from '../../tests/support/sse.ts'
import type { Relayed, Subject } from './subject.ts'

/** Judges a reply: `fault` is undefined if a client can handle it. */

export interface OracleResult {
  /** For the summary: the status, and the end of a stream. */
  readonly end: string
  readonly fault: string | undefined
}

const errorTypes = new Set([
  ...['invalid_request_error', 'authentication_error', 'billing_error', 'permission_error', 'not_found_error'],
  ...['request_too_large', 'rate_limit_error', 'api_error', 'timeout_error', 'overloaded_error', 'not_supported'],
])

const isOfOurMaking = /Internal error/

export const errorFault = (value: unknown): string | undefined => {
  if (!isObject(value) || value['type'] !== 'error' || !isObject(value['error']))
    return "an error that is not Anthropic's"
  const { type, message } = value['error']
  if (typeof type !== 'string' || !errorTypes.has(type)) return `an error of type ${String(type)}`
  if (typeof message !== 'string' || message === '') return 'an error without a message'
  if (typeof value['request_id'] !== 'string') return 'an error without a request_id'
  return isOfOurMaking.test(message) ? 'an internal error' : undefined
}

const isCount = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 0

const messageFault = (value: unknown): string | undefined => {
  if (!isObject(value) || value['type'] !== 'message' || value['role'] !== 'assistant') return 'no message'
  if (!Array.isArray(value['content']) || !value['content'].every((block) => isObject(block) && 'type' in block))
    return 'content that is not a list of blocks'
  if (typeof value['stop_reason'] !== 'string') return 'no stop_reason'
  const usage = value['usage']
  const areCounts = isObject(usage) && isCount(usage['input_tokens']) && isCount(usage['output_tokens'])
  return areCounts ? undefined : `usage ${JSON.stringify(usage)?.slice(0, 100)}`
}

export const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Each event has two lines and an empty one: the official client reads both. */
const eventPattern = /^event: (\S+)\ndata: ([^\n]+)$/

/** Undefined if a reply is not a list of server-sent events. */
const readStream = (text: string): SseEvent[] | undefined => {
  const parts = text.split('\n\n')
  if (parts.pop() !== '') return undefined
  const events = parts.map((part) => {
    const [, name, data = ''] = eventPattern.exec(part) ?? []
    const event = parsed(data)
    return isObject(event) && event['type'] === name ? (event as unknown as SseEvent) : undefined
  })
  return events.includes(undefined) ? undefined : (events as SseEvent[])
}

const checkStream = (text: string, subject: Subject): OracleResult => {
  const events = readStream(text)
  if (events === undefined) return { end: '200', fault: 'no server-sent events' }
  const last = events.at(-1)
  const delta = events.find(({ type }) => type === 'message_delta')
  const usageFault =
    delta !== undefined && !(isObject(delta['usage']) && isCount(delta['usage']['output_tokens']))
      ? 'usage without numbers'
      : undefined
  const fault =
    grammarFault(events) ??
    (last?.type === 'error' ? errorFault(last) : undefined) ??
    usageFault ??
    subject.streamFault?.(events)
  return { end: `200 ${last?.type}`, fault }
}

/** Reads the bytes that arrive, also if the connection then breaks. */
const readRelayed = async (response: Response): Promise<Relayed> => {
  const { status, headers } = response
  const chunks: Uint8Array[] = []
  let isBroken = false
  try {
    for await (const chunk of response.body ?? []) chunks.push(chunk)
  } catch {
    isBroken = true
  }
  return { status, headers, body: Buffer.concat(chunks), isBroken }
}

const lowestError = 400
const highestStatus = 599

interface Expectations {
  /** Whether the upstream works, so that a 5xx is a fault. */
  readonly isStrict: boolean
  /** Texts that no reply may contain. */
  readonly secrets: readonly string[]
}

const checkWhole = (status: number, text: string, subject: Subject, isStrict: boolean): OracleResult => {
  const end = String(status)
  const { method, path } = subject.sent('')
  const value = parsed(text)
  if (status >= lowestError) {
    if (status > highestStatus) return { end, fault: `status ${status}` }
    const fault = method === 'HEAD' && text === '' ? undefined : errorFault(value)
    // 501 answers a request for an unsupported feature.
    return { end, fault: fault ?? (isStrict && status >= 500 && status !== 501 ? `${status} of our own` : undefined) }
  }
  if (status !== 200) return { end, fault: `status ${status}` }
  if (method === 'POST' && path === '/v1/messages') return { end, fault: messageFault(value) }
  if (method === 'POST' && path === '/v1/messages/count_tokens')
    return { end, fault: isObject(value) && isCount(value['input_tokens']) ? undefined : 'no count' }
  return { end, fault: method === 'HEAD' || value !== undefined ? undefined : 'no JSON' }
}

const brokenAtOnce: Relayed = { status: 0, headers: new Headers(), body: new Uint8Array(), isBroken: true }

/** Judges a forwarded answer by its bytes. `response` is undefined if the connection broke before its head. */
export const checkRelayed = async (
  response: Response | undefined,
  judge: NonNullable<Subject['judge']>,
  { canary, secrets }: { readonly canary: string; readonly secrets: readonly string[] },
): Promise<OracleResult> => {
  const relayed = response === undefined ? brokenAtOnce : await readRelayed(response)
  const end = `${relayed.status}${relayed.isBroken ? ' broken' : ''}`
  const text = Buffer.from(relayed.body).toString('latin1')
  if (secrets.some((secret) => text.includes(secret))) return { end, fault: 'a secret in a reply' }
  return { end, fault: judge(relayed, canary) }
}

export const checkResponse = async (
  response: Response,
  subject: Subject,
  expected: Expectations,
): Promise<OracleResult> => {
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true
  const text = await response.text()
  const result = isStream ? checkStream(text, subject) : checkWhole(response.status, text, subject, expected.isStrict)
  return expected.secrets.some((secret) => text.includes(secret)) ? { ...result, fault: 'a secret in a reply' } : result
}
