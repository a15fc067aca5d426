import { expect, test } from 'bun:test'
import { certifiedHost } from '../../../src/cli/tls/certified-host.ts'
import { readCertificateFile } from '../../../src/cli/tls/server-certificate.ts'
import { selfSignedCertificate } from '../../support/certificate.ts'
import { testIo } from '../../support/cli.ts'

const hostFor = async (names: readonly string[], bound: string): Promise<string> => {
  const { cert, key } = selfSignedCertificate({ names })
  const certificate = await readCertificateFile({ tls: { cert, key } }, testIo({}).machine)
  return certificate === undefined ? '' : certifiedHost(certificate, bound)
}

test.each([
  [['IP:127.0.0.1', 'DNS:localhost'], '127.0.0.1', '127.0.0.1'],
  [['IP:127.0.0.1', 'DNS:localhost'], '0.0.0.0', '127.0.0.1'],
  [['DNS:localhost', 'DNS:gateway.example'], '127.0.0.1', 'localhost'],
  [['DNS:gateway.example', 'DNS:localhost'], '0.0.0.0', 'localhost'],
  [['DNS:*.team.example', 'DNS:gateway.example'], '0.0.0.0', 'gateway.example'],
  [['DNS:gateway.example'], '127.0.0.1', 'gateway.example'],
  [['DNS:*.example.com', 'DNS:gateway.example'], 'claude.example.com', 'claude.example.com'],
  [['IP:192.0.2.7'], '0.0.0.0', '192.0.2.7'],
  [['IP:::1'], '::1', '::1'],
  [['DNS:*.team.example'], '0.0.0.0', '0.0.0.0'],
])('clients reach a server with the names %p, bound to %s, as %s (OP-W4)', async (names, bound, expected) => {
  expect(await hostFor(names, bound)).toBe(expected)
})
