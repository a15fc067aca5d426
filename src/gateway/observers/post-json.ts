import { errorCode } from '../../base/error-code.ts'
import { nameOf } from '../../base/error-location.ts'
import { isLoopbackHost } from '../../base/loopback.ts'
import type { Fetch } from '../../upstreams/http/post.ts'
import { productName, version } from '../../version.ts'

/** Why a report did not arrive. */
interface PostFailure {
  /** A status or a code, for the log: never an address, which may be a secret. */
  readonly reason: string
  /** If the receiver gets too many requests, and says when it accepts the next one. */
  readonly retryAfterSeconds?: number
}

/** Never rejects. */
export type PostJson = (url: string, body: unknown, signal: AbortSignal) => Promise<PostFailure | undefined>

interface ReportRequest {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
  readonly signal: AbortSignal
}

/** Never to the target of a redirect, which is another receiver. Rejects like fetch. */
export const postReport = (ask: Fetch, url: string, { headers, body, signal }: ReportRequest): Promise<Response> =>
  ask(url, {
    method: 'POST',
    headers: { 'user-agent': `${productName}/${version}`, ...headers },
    body: body as NonNullable<RequestInit['body']>,
    signal,
    redirect: 'manual',
    timeout: false,
    // A company's proxy cannot reach this machine.
    ...(isLoopbackHost(new URL(url).hostname) && { proxy: false }),
  })

const timeoutMs = 5000
const tooManyRequests = 429

const toFailure = ({ ok, status, headers }: Response): PostFailure | undefined => {
  if (ok) return undefined
  const reason = `HTTP ${status}`
  const seconds = headers.get('retry-after') ?? ''
  return status === tooManyRequests && /^\d+$/.test(seconds)
    ? { reason, retryAfterSeconds: Number(seconds) }
    : { reason }
}

/** Sends reports: within 5 s. */
export const createPostJson =
  (ask: Fetch): PostJson =>
  async (url, body, signal) => {
    const timeout = AbortSignal.timeout(timeoutMs)
    try {
      const response = await postReport(ask, url, {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.any([signal, timeout]),
      })
      // The text of the answer is not needed, and may never end.
      await response.body?.cancel()
      return toFailure(response)
    } catch (error) {
      return { reason: timeout.aborted ? 'timeout' : (errorCode(error) ?? nameOf(error)) }
    }
  }
