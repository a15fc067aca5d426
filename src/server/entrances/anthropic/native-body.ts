import { clientClosed, GatewayError } from '../../../base/errors.ts'
import type { NativeCall } from '../../../upstreams/upstream.ts'
import { readBytes, requireJson, tooLarge, toReadError } from '../../http/body.ts'
import type { NativePath } from './native-paths.ts'

/** Reads the bodies of requests that are forwarded: all at once, or as the upstream reads them. Never decodes them. */

const multipartType = /^multipart\/form-data\s*;/i

const checkType = (headers: Headers, bodyType: NativePath['bodyType']): void => {
  if (bodyType === 'json') requireJson(headers)
  if (bodyType !== 'multipart' || multipartType.test(headers.get('content-type') ?? '')) return
  throw new GatewayError('invalid_request_error', 'The content type must be multipart/form-data.', {
    status: 415,
    isLoggable: true,
  })
}

const bodyless: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Also true for a body that the platform does not show, because the method has none. */
const hasBody = (request: Request): boolean => {
  const length = request.headers.get('content-length')
  if (length !== null) return Number(length) !== 0
  return request.headers.has('transfer-encoding') || request.body !== null
}

/**
 * Ends the upstream's call at the limit, or when the client disconnects: half a body must not look whole. An upstream
 * that answers before the end of the body cancels it: the client did not fail.
 */
const limited = (
  body: ReadableStream<Uint8Array>,
  maximumBytes: number,
  fail: (error: GatewayError) => void,
): ReadableStream<Uint8Array> => {
  const reader = body.getReader()
  let length = 0
  let isCancelled = false
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read()
          if (isCancelled) return
          if (done) return controller.close()
          length += value.byteLength
          if (length > maximumBytes) throw tooLarge(maximumBytes)
          controller.enqueue(value)
        } catch (error) {
          if (isCancelled) return
          const failure = error instanceof GatewayError ? error : clientClosed(error)
          fail(failure)
          controller.error(failure)
        }
      },
      cancel(reason) {
        isCancelled = true
        return reader.cancel(reason)
      },
    },
    // Reads nothing ahead of the upstream.
    { highWaterMark: 0 },
  )
}

const readWhole = async (request: Request, maximumBytes: number): Promise<Uint8Array | undefined> => {
  try {
    if (request.headers.has('content-length')) return await request.bytes()
    return request.body === null ? undefined : await readBytes(request.body, maximumBytes)
  } catch (error) {
    throw toReadError(request, error)
  }
}

/** `fail` is called if a streamed body cannot be read to its end. Rejects with GatewayError: 400, 413 or 415. */
export const readNativeBody = async (
  request: Request,
  { maximumBytes, isBuffered, bodyType }: NativePath,
  fail: (error: GatewayError) => void,
): Promise<NativeCall['body']> => {
  const { headers, method } = request
  const isSent = hasBody(request)
  if (isSent && bodyless.has(method)) {
    throw new GatewayError('invalid_request_error', `A ${method} request has no body.`, { isLoggable: true })
  }
  if (isSent || isBuffered) checkType(headers, bodyType)
  if (!isSent) return undefined
  if (Number(headers.get('content-length') ?? 0) > maximumBytes) throw tooLarge(maximumBytes)
  if (isBuffered) return readWhole(request, maximumBytes)
  return request.body === null ? undefined : limited(request.body, maximumBytes, fail)
}
