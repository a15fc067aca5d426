import { GatewayError } from '../../base/errors.ts'
import { readWholeBody } from '../http/body.ts'

/** Reads the form of an OAuth request (SI-A4). */

/** Of a body: more than any client sends. */
const mostBytes = 8192

const formType = /^application\/x-www-form-urlencoded\s*(?:;|$)/i

const invalid = (message: string): GatewayError =>
  new GatewayError('invalid_request_error', message, { code: 'invalid_request', isLoggable: true })

const utf8 = new TextDecoder('utf-8', { fatal: true })

const decode = (bytes: Uint8Array): string => {
  try {
    return utf8.decode(bytes)
  } catch {
    throw invalid('The form is not valid UTF-8.')
  }
}

/** A form without a body is empty. Rejects with GatewayError: 400 or 413. */
export const readForm = async (request: Request): Promise<URLSearchParams> => {
  const bytes = await readWholeBody(request, mostBytes)
  if (bytes.byteLength === 0) return new URLSearchParams()
  if (!formType.test(request.headers.get('content-type') ?? ''))
    throw invalid('The body must be a form: application/x-www-form-urlencoded.')
  return new URLSearchParams(decode(bytes))
}

/** Throws for a field that is absent, empty, or given twice (RFC 6749, 3.2). */
export const requiredField = (form: URLSearchParams, name: string): string => {
  const [value, second] = form.getAll(name)
  if (value === undefined || value === '') throw invalid(`${name} is missing.`)
  if (second !== undefined) throw invalid(`${name} must be given once.`)
  return value
}
