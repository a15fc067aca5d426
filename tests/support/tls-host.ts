import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createServer, type TLSSocket } from 'node:tls'
import { afterTest } from './cleanup.ts'

const fixtures = join(import.meta.dir, '..', 'fixtures', 'tls')
const fixture = (name: string): string => readFileSync(join(fixtures, `network-${name}.pem`), 'utf8')

/** The file of the root certificate that signed the others, for NODE_EXTRA_CA_CERTS. */
export const testRoot = join(fixtures, 'network-root.pem')

/** Starts a TLS server with a certificate: `good` is valid for its name. Returns its port. */
export const tlsHost = async (certificate: string, onConnection: (socket: TLSSocket) => void): Promise<number> => {
  const server = createServer({ cert: fixture(certificate), key: fixture('key') }, (socket) => {
    socket.on('error', () => {})
    onConnection(socket)
  })
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterTest(() => void server.close())
  const address = server.address()
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}
