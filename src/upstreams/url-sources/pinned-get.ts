import type { IncomingMessage } from 'node:http'
import type { LookupFunction } from 'node:net'
import { productName, version } from '../../version.ts'

/** A URL whose host is resolved: its name, and its addresses, which were checked. */
export interface ResolvedUrl {
  readonly name: string
  readonly addresses: readonly string[]
  readonly pathAndQuery: string
}

/** A response whose body is unread. The caller must always call `close`. */
export interface PinnedResponse {
  readonly status: number
  /** The first header with this name, or ''. */
  header(name: string): string
  /** The body as it arrives, not decoded. */
  readonly chunks: AsyncIterable<Uint8Array>
  close(): void
}

/** Rejects with the connection's error; the caller writes the message. */
export type PinnedGet = (target: ResolvedUrl, signal: AbortSignal) => Promise<PinnedResponse>

interface PinnedGetOptions {
  /** For tests. Default: 443. */
  readonly port?: number
  /** For tests: the trusted certificate. Default: the machine's certificate authorities. */
  readonly ca?: string
}

const httpsPort = 443

/** Returns the addresses that were checked before: another look-up may return others (DNS rebinding). */
const answerWith =
  (addresses: readonly string[]): LookupFunction =>
  (_name, options, callback) => {
    const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
    const [first] = found
    if (first === undefined) callback(new Error('no address'), '')
    else if (options.all === true) callback(null, found)
    else callback(null, first.address, first.family)
  }

const toPinnedResponse = (response: IncomingMessage, close: () => void): PinnedResponse => {
  // The reader of the body gets its errors; without a reader, they do not matter.
  response.on('error', () => {})
  return {
    status: response.statusCode ?? 0,
    header: (name) => [response.headers[name]].flat()[0] ?? '',
    chunks: response,
    close,
  }
}

/**
 * One GET over a new connection, only to one of the given addresses, with a check of the certificate for the name.
 * Follows no redirect, decodes nothing and uses no proxy. Sets every option explicitly, so that no environment variable
 * (NODE_TLS_REJECT_UNAUTHORIZED) weakens it.
 */
export const createPinnedGet =
  ({ port = httpsPort, ca }: PinnedGetOptions = {}): PinnedGet =>
  async ({ name, addresses, pathAndQuery }, signal) => {
    // Takes ten milliseconds to load, which would slow each start, also without URLs.
    const { request: httpsRequest } = await import('node:https')
    return new Promise((resolve, reject) => {
      const request = httpsRequest({
        host: name,
        servername: name,
        port,
        path: pathAndQuery,
        method: 'GET',
        headers: {
          host: name,
          'user-agent': `${productName}/${version}`,
          accept: '*/*',
          'accept-encoding': 'identity',
        },
        lookup: answerWith(addresses),
        rejectUnauthorized: true,
        agent: false,
        signal,
        ...(ca !== undefined && { ca }),
      })
      request.on('response', (response) => resolve(toPinnedResponse(response, () => request.destroy())))
      request.on('error', reject)
      request.end()
    })
  }
