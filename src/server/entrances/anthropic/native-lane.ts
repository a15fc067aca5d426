import { type Context, Elysia } from 'elysia'
import { errorTypeOf, GatewayError, toGatewayError } from '../../../base/errors.ts'
import type { RunningRequest, StreamEnd } from '../../../gateway/running-requests.ts'
import type { Upstream } from '../../../upstreams/upstream.ts'
import { startCall } from '../../http/call.ts'
import { methodNotAllowed } from '../../http/method-not-allowed.ts'
import { requestIdHeader, type ScopeOf } from '../../http/request-scope.ts'
import type { Shutdown } from '../../http/shutdown.ts'

export interface NativeLaneOptions {
  readonly upstream: Pick<Upstream, 'name'>
  readonly native: NonNullable<Upstream['native']>
  readonly shutdown: Shutdown
  readonly scopeOf: ScopeOf
}

/** Forwards the same bytes, read only as fast as the client reads them. Calls `onEnd` once. */
const watchedBody = (
  chunks: AsyncIterableIterator<Uint8Array>,
  onEnd: (end: StreamEnd) => void,
): ReadableStream<Uint8Array> =>
  new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await chunks.next()
          if (!done) return controller.enqueue(value)
          onEnd('whole')
          controller.close()
        } catch (thrown) {
          onEnd(toGatewayError(thrown))
          controller.error(thrown)
        }
      },
      async cancel() {
        onEnd('left')
        await chunks.return?.()
      },
    },
    // Reads nothing ahead of the client.
    { highWaterMark: 0 },
  )

const firstFailureStatus = 400

/** Records a failure whose response comes from the upstream. */
const noteFailure = (running: RunningRequest, status: number): void => {
  const error = new GatewayError(errorTypeOf(status), `The upstream answered ${status}.`, { status, isLoggable: true })
  running.failed(error)
}

/**
 * `POST /v1/messages` and `count_tokens` if the upstream speaks the client's own protocol. The server neither reads the
 * body nor resolves the model: the upstream judges what this server does not know.
 */
export const nativeLane = ({ upstream, native, shutdown, scopeOf }: NativeLaneOptions) => {
  const forward = async ({ request, set }: Pick<Context, 'request' | 'set'>): Promise<Response> => {
    const { requestId, running, domain } = scopeOf(request)
    running.update({ upstream: upstream.name })
    const call = startCall(request, shutdown)
    try {
      const { pathname, search } = new URL(request.url)
      const { status, headers, chunks } = await native.forward({
        method: request.method,
        path: pathname,
        query: search,
        body: await request.bytes(),
        caller: { domain, headers: request.headers, mayForwardKey: true },
        requestId,
        signal: call.signal,
        onUpstreamId: (id) => running.update({ upstreamRequestId: id }),
        onAttempt: () => running.attempted(),
        onCredential: (credential, secret) => running.update({ credential, maskedKey: secret.ending() }),
      })
      const ok = status < firstFailureStatus
      call.begun()
      running.firstEvent()
      if (!ok) noteFailure(running, status)
      const report = running.streams()
      const onEnd = (end: StreamEnd): void => {
        if (end === 'left') call.cancel()
        call.end()
        running.responseEnded(end === 'whole' && ok ? 'complete' : end === 'left' ? 'cancelled' : 'failed')
        report(end)
      }
      const forwarded = new Headers(headers)
      if (!forwarded.has(requestIdHeader)) forwarded.set(requestIdHeader, requestId)
      // Elysia would copy the response to add headers.
      set.headers = {}
      if (chunks === undefined) onEnd('whole')
      return new Response(chunks && watchedBody(chunks, onEnd), { status, headers: forwarded })
    } catch (thrown) {
      call.end()
      running.responseEnded('failed')
      throw thrown
    }
  }
  const paths = ['/v1/messages', '/v1/messages/count_tokens'] as const
  const app = new Elysia({ name: 'native-lane', normalize: false })
  for (const path of paths) app.post(path, forward, { parse: 'none' }).all(path, methodNotAllowed('POST'))
  return app
}
