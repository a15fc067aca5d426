import { attempt } from '../../base/attempt.ts'
import type { HttpError } from '../reply.ts'
import { errorResponse } from './wire-errors.ts'

/** One authenticated request of an endpoint that no scenario answers. */
export interface ApiCall {
  readonly headers: Headers
  readonly url: URL
  /** The body, without its compression. */
  readonly bytes: Uint8Array
  /** The object that the path names; empty for a list. */
  readonly id: string
  readonly requestId: string
}

export type Endpoint = (call: ApiCall) => Response | Promise<Response>

export const refuse = ({ requestId }: ApiCall, error: HttpError): Response => errorResponse(error, requestId)

export const notFound = (call: ApiCall, message: string): Response => refuse(call, { status: 404, message })

/** The parsed body; undefined if it is not JSON. */
export const jsonOf = ({ bytes }: Pick<ApiCall, 'bytes'>): unknown =>
  attempt(() => JSON.parse(new TextDecoder().decode(bytes)))

/** The multipart form; undefined for any other body. */
export const formOf = async ({ bytes, headers }: ApiCall) => {
  const type = headers.get('content-type') ?? ''
  const form = new Response(bytes, { headers: { 'content-type': type } })
  return form.formData().catch(() => undefined)
}
