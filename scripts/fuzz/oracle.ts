import { isObject } from '../../src/base/json.ts'
import { anthropicFormat } from '../support/client-formats/anthropic.ts'
import { type ClientFormat, isCount, parsed } from '../support/client-formats/format.ts'
import { asksModel, formatOfPath } from './format-of-path.ts'
import type { Relayed, Subject } from './subject.ts'

/** Judges a reply: `fault` is undefined if a client can handle it. */

export interface OracleResult {
  /** For the summary: the status, and the end of a stream. */
  readonly end: string
  readonly fault: string | undefined
}

const checkStream = (text: string, subject: Subject): OracleResult => {
  const { end, fault, events } = formatOfPath(subject.sent('').path).readStream(text)
  return { end: `200 ${end}`, fault: fault ?? subject.streamFault?.(events) }
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

/** Of a status above 399. 501 answers a request for an unsupported feature; OpenAI's clients would repeat it. */
const errorFault = (status: number, format: ClientFormat, isStrict: boolean): string | undefined => {
  if (status > highestStatus) return `status ${status}`
  const isOurs = status >= 500 && (status !== 501 || format !== anthropicFormat)
  return isStrict && isOurs ? `${status} of our own` : undefined
}

const checkWhole = (status: number, text: string, subject: Subject, isStrict: boolean): OracleResult => {
  const end = String(status)
  const { method, path } = subject.sent('')
  const value = parsed(text)
  const format = formatOfPath(path)
  const isEmptyHead = method === 'HEAD' && text === ''
  if (status >= lowestError) {
    const fault = isEmptyHead ? undefined : format.errorFault(value)
    return { end, fault: fault ?? errorFault(status, format, isStrict) }
  }
  if (status !== 200) return { end, fault: `status ${status}` }
  if (method === 'POST' && asksModel(path)) return { end, fault: format.answerFault(value) }
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
