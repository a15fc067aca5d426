import type { IncomingMessage } from 'node:http'
import type { LookupFunction } from 'node:net'
import { productName, version } from '../../version.ts'

/** Whom to ask for what: a name, and the addresses of it that were found to be in order. */
export interface ResolvedUrl {
  readonly name: string
  readonly addresses: readonly string[]
  readonly pathAndQuery: string
}

/** An answer whose body has not been read. `close` is to be called in any case. */
export interface PinnedResponse {
  readonly status: number
  /** The first of its name, or ''. */
  header(name: string): string
  /** The body as it comes, undecoded. */
  readonly chunks: AsyncIterable<Uint8Array>
  close(): void
}

/** Rejects with whatever the line says: the caller has the words. */
export type PinnedGet = (target: ResolvedUrl, signal: AbortSignal) => Promise<PinnedResponse>

interface PinnedGetOptions {
  /** For tests; https's own otherwise. */
  readonly port?: number
  /** For tests: whose certificate is believed. The machine's authorities otherwise. */
  readonly ca?: string
}

const httpsPort = 443

/** Answers with what was looked up and checked before: nobody may change his mind in between (DNS rebinding). */
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
  // Whoever reads the body hears of its end; where nobody does, nobody should.
  response.on('error', () => {})
  return {
    status: response.statusCode ?? 0,
    header: (name) => [response.headers[name]].flat()[0] ?? '',
    chunks: response,
    close,
  }
}

/**
 * One GET over a connection of its own, to one of the addresses given and to no other, with the
 * certificate checked for the name. It follows nothing, decodes nothing and knows no proxy; what it
 * depends on is said here, so that no variable of the environment (NODE_TLS_REJECT_UNAUTHORIZED) weakens it.
 */
export const createPinnedGet =
  ({ port = httpsPort, ca }: PinnedGetOptions = {}): PinnedGet =>
  async ({ name, addresses, pathAndQuery }, signal) => {
    // Ten milliseconds to load, which a server that never sees a URL should not spend at its start.
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
