import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createServer, type TLSSocket } from 'node:tls'
import { createNotes } from '../../src/messages/notes.ts'
import { requestMediaLimit } from '../../src/translate/anthropic-to-converse/media-limits.ts'
import { createUrlSources, type InlineUrlSources } from '../../src/upstreams/url-sources/inline-url-sources.ts'
import { createPinnedGet } from '../../src/upstreams/url-sources/pinned-get.ts'
import { isPublicAddress } from '../../src/upstreams/url-sources/public-address.ts'
import type { MessagesRequest } from '../../src/wire/anthropic/request.ts'
import { afterTest } from './cleanup.ts'

const fixture = (name: string): string => readFileSync(join(import.meta.dir, '..', 'fixtures', 'tls', name), 'utf8')
const cert = fixture('certificate.pem')

interface FileHost {
  readonly port: number
  /** The requests: the server name of the TLS handshake, and the head. */
  readonly requests: readonly { readonly serverName: string | false | null; readonly head: string }[]
  /** Number of connections that were opened, and of those that are closed. */
  readonly connections: { opened: number; closed: number }
}

/** A TLS file host on this machine, with a certificate for `files.example`. `answer` can also write to the socket later. */
export const fileHost = async (
  answer: (path: string, socket: TLSSocket) => string | Uint8Array | undefined,
): Promise<FileHost> => {
  const requests: { serverName: string | false | null; head: string }[] = []
  const connections = { opened: 0, closed: 0 }
  const sockets = new Set<TLSSocket>()
  const server = createServer({ cert, key: fixture('key.pem') }, (socket) => {
    connections.opened += 1
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => {
      connections.closed += 1
    })
    socket.once('data', (data) => {
      const head = data.toString()
      requests.push({ serverName: socket.servername, head })
      const reply = answer(head.split(' ')[1] ?? '', socket)
      if (reply !== undefined) socket.end(reply)
    })
  })
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterTest(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  return { port: typeof address === 'object' ? (address?.port ?? 0) : 0, requests, connections }
}

/** A response that ends with its connection. */
export const fileResponse = (contentType: string, body: string | Uint8Array, headers = ''): Buffer =>
  Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\ncontent-type: ${contentType}\r\n${headers}\r\n`), Buffer.from(body)])

type About = Parameters<InlineUrlSources>[2]
type Options = Parameters<typeof createUrlSources>[0]
type Limits = Options['limits'] & Partial<About['mediaLimit']>

/** Like the product, but this machine counts as public, and every name resolves to it. */
export const sourcesFrom = ({ port }: Pick<FileHost, 'port'>, more: Partial<Options> & { limits?: Limits } = {}) => {
  const inline = createUrlSources({
    lookup: async () => ['127.0.0.1'],
    get: createPinnedGet({ port, ca: cert }),
    isAddressAllowed: (address) => address === '127.0.0.1' || isPublicAddress(address),
    ...more,
  })
  const omitting: About = { notes: createNotes(), mediaLimit: { ...requestMediaLimit('omit'), ...more.limits } }
  return (request: MessagesRequest, signal: AbortSignal, about = omitting): Promise<MessagesRequest> =>
    inline(request, signal, about)
}
