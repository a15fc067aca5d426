import type { Json } from '../../base/json.ts'
import type { HttpError } from '../reply.ts'
import type { Face, WireError } from './face.ts'
import type { ChatRefusal } from './refusal.ts'

/** Refusals and the errors of scenarios as HTTP responses. */

/** OpenAI's codes for AWS's exceptions, which scenarios may name. */
const codes: Readonly<Record<string, string>> = {
  AccessDeniedException: 'invalid_api_key',
  ResourceNotFoundException: 'model_not_found',
  ThrottlingException: 'rate_limit_exceeded',
  ServiceQuotaExceededException: 'insufficient_quota',
}

/** The usual type of an error with that status. */
const typeOf = (status: number): string => {
  if (status === 429) return 'requests'
  return status >= 500 ? 'server_error' : 'invalid_request_error'
}

const toWireError = ({ status = 400, message, type, param, code, more }: ChatRefusal): WireError => ({
  status,
  message,
  type: type ?? typeOf(status),
  param: param ?? null,
  code: code ?? null,
  more: more ?? {},
})

export const refusalResponse = (
  refusal: ChatRefusal,
  face: Pick<Face, 'envelope'>,
  headers: Readonly<Record<string, string>>,
): Response => {
  const error = toWireError(refusal)
  return Response.json(face.envelope(error), { status: error.status, headers })
}

/** A scenario names the exception as AWS does, or OpenAI's code. */
const codeOf = (type: string | undefined): string | undefined =>
  type === undefined || !type.endsWith('Exception') ? type : codes[type]

export const errorResponse = (
  { status, type, message = 'The simulated service failed.', headers, body }: HttpError,
  face: Pick<Face, 'envelope'>,
  own: Readonly<Record<string, string>>,
): Response => {
  const code = codeOf(type)
  const all = { ...own, ...headers }
  if (body !== undefined) return new Response(body, { status, headers: { 'content-type': 'application/json', ...all } })
  return refusalResponse({ status, message, ...(code !== undefined && { code }) }, face, all)
}

/** The status that some servers give as the code of a stream's failure. */
const statusOfCode = (code: string): number => (code === 'rate_limit_exceeded' ? 429 : 500)

/** The error in the stream. */
export const faultEnvelope =
  (face: Pick<Face, 'envelope'>) =>
  ({ message, code }: { readonly message: string; readonly code: string }): Json =>
    face.envelope(toWireError({ status: statusOfCode(code), message, code }))
