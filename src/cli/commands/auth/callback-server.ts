import { errorCode } from '../../../base/error-code.ts'
import { Secret } from '../../../base/secret.ts'
import { type Listener, listen } from '../../../runtime/bun.ts'
import { callbackPath } from '../../../upstreams/anthropic/credentials/oauth/authorization.ts'
import { productName } from '../../../version.ts'

/** A server on this machine to which the authorization page sends the browser with the code. */

type CallbackResult =
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'declined' }
  | { readonly kind: 'late' }

export interface CallbackServer {
  readonly port: number
  /** Waits for the first request that has this state. */
  waitFor(state: string, timeoutMs: number): Promise<CallbackResult>
  /** Answers what is under way, and closes the port. */
  close(): Promise<void>
}

/** No scripts, and nothing for the next page to read. */
const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  connection: 'close',
}

const page = (status: number, text: string): Response =>
  new Response(`<!doctype html><meta charset="utf-8"><title>${productName}</title><p>${text}\n`, {
    status,
    headers: pageHeaders,
  })

const received = (): Response => page(200, 'You can close this page. The terminal shows whether the login succeeded.')
const foreign = (): Response => page(400, 'This page does not belong to the login that is under way.')
const unknownPath = (): Response => page(404, 'There is no such page.')

/** The only value of a parameter. */
const only = (query: URLSearchParams, name: string): string | undefined => {
  const values = query.getAll(name)
  return values.length === 1 ? values[0] : undefined
}

const toResult = (query: URLSearchParams, state: Secret): CallbackResult | undefined => {
  if (!state.equals(only(query, 'state') ?? '')) return undefined
  const code = only(query, 'code')
  if (code) return { kind: 'code', code }
  return query.has('error') ? { kind: 'declined' } : undefined
}

type Answer = (request: Request) => Response

/** Undefined if another program has the port. On a machine without IPv6, only the address of IPv4. */
const listenOnLoopback = (port: number, answer: Answer): Listener[] | undefined => {
  const listeners: Listener[] = []
  for (const hostname of ['127.0.0.1', '::1']) {
    try {
      listeners.push(listen({ hostname, port: listeners[0]?.port ?? port, fetch: answer }))
    } catch (error) {
      const isTaken = errorCode(error) === 'EADDRINUSE'
      // A browser may prefer either address: a program on one of them would get the code.
      if (!isTaken && listeners.length > 0) continue
      for (const { stop } of listeners) void stop(true)
      return undefined
    }
  }
  return listeners
}

/** Time for the browser to get its page. */
const closingMs = 1000

/** Listens on both loopback addresses. Returns undefined if the port is not free. */
export const openCallbackServer = (port: number): CallbackServer | undefined => {
  let expected: Secret | undefined
  const { promise, resolve } = Promise.withResolvers<CallbackResult>()
  const answer: Answer = ({ method, url }) => {
    const { pathname, searchParams } = new URL(url)
    if (method !== 'GET' || pathname !== callbackPath) return unknownPath()
    const result = expected && toResult(searchParams, expected)
    if (result === undefined) return foreign()
    // One answer is enough: the code can be used once.
    expected = undefined
    resolve(result)
    return received()
  }
  const listeners = listenOnLoopback(port, answer)
  const [first] = listeners ?? []
  if (listeners === undefined || first === undefined) return undefined
  return {
    port: first.port,
    async waitFor(state, timeoutMs) {
      expected = new Secret(state)
      const timer = setTimeout(() => resolve({ kind: 'late' }), timeoutMs)
      return promise.finally(() => clearTimeout(timer))
    },
    async close() {
      const closed = Promise.all(listeners.map(({ stop }) => stop(false)))
      await Promise.race([closed, Bun.sleep(closingMs)])
      for (const { stop } of listeners) await stop(true)
    },
  }
}
