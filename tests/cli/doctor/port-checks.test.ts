import { describe, expect, test } from 'bun:test'
import { createServer } from 'node:net'
import { version } from '../../../src/version.ts'
import { selfSignedCertificate } from '../../support/certificate.ts'
import { startChain } from '../../support/chain.ts'
import { afterTest } from '../../support/cleanup.ts'
import { doctor } from '../../support/doctor.ts'

describe('the port', () => {
  const taken = async (): Promise<number> => {
    const server = createServer((socket) => socket.destroy())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    afterTest(() => void server.close())
    const address = server.address()
    return typeof address === 'object' ? (address?.port ?? 0) : 0
  }
  const portOf = async (port: number, ...more: string[]) =>
    (await doctor(['--offline', '--port', String(port), ...more])).of('port')

  test('fails if another program uses it', async () => {
    const port = await taken()
    expect(await portOf(port)).toMatchObject({
      status: 'fail',
      detail: `another program uses port ${port} on 127.0.0.1`,
      remedy: expect.stringMatching(/^Choose another port with --port/),
    })
  })

  test('accepts a running server of this program', async () => {
    const port = Number(new URL(startChain().url).port)
    expect(await portOf(port)).toMatchObject({ status: 'ok', data: { port, version, pid: process.pid } })
  })

  test('is free, and stays free', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0
    await new Promise((resolve) => server.close(resolve))
    for (const _ of ['once', 'again']) expect(await portOf(port)).toMatchObject({ status: 'ok', data: { port } })
  })

  test('fails if the address does not belong to this machine', async () => {
    // Reserved for documentation: no machine has it.
    expect(await portOf(4141, '--host', '192.0.2.1')).toMatchObject({
      status: 'fail',
      remedy: expect.stringContaining('Use an address of this machine'),
    })
  })
})

describe('the access to the server', () => {
  const examine = (...flags: readonly string[]) => doctor(['--offline', ...flags])

  test('has no checks without HTTPS and proxies', async () => {
    const { checks } = await examine()
    expect(checks.map(({ id }) => id)).not.toEqual(expect.arrayContaining(['https', 'proxies']))
  })

  test('names the certificate, its names and its end, and warns before it (OP-W4, OP-W5)', async () => {
    const { cert, key } = selfSignedCertificate({ names: ['DNS:gateway.example'] })
    const fine = (await examine('--tls-cert', cert, '--tls-key', key)).of('https')
    expect(fine).toMatchObject({ status: 'ok', data: { names: 'DNS:gateway.example', selfSigned: true } })
    expect(fine.detail).toMatch(/cert\.pem is valid for (?:29|30) more days, for DNS:gateway\.example$/)
    const authority = selfSignedCertificate({ isAuthority: true })
    expect((await examine('--tls-cert', authority.cert, '--tls-key', authority.key)).of('https')).toMatchObject({
      status: 'warn',
      remedy: 'For Codex, make one with the extension basicConstraints=CA:FALSE.',
    })
    const old = selfSignedCertificate({ days: 3 })
    expect((await examine('--tls-cert', old.cert, '--tls-key', old.key)).of('https')).toMatchObject({
      status: 'warn',
      remedy: 'Renew the certificate, and restart the server.',
    })
  })

  test('fails with the reason of start (OP-W1, OP-W3, OP-W4)', async () => {
    const found = await examine('--tls-key', '/nowhere/key.pem', '--trust-proxy', 'proxy.example')
    expect(found.of('https')).toMatchObject({ status: 'fail', detail: 'tls.key is set without tls.cert.' })
    expect(found.of('proxies')).toMatchObject({
      status: 'fail',
      detail: 'trustProxy: proxy.example is not an address.',
    })
    expect((await examine('--allowed-hosts', '*')).of('proxies').status).toBe('fail')
  })

  test('names trusted proxies and hosts, and warns where every client is trusted (OP-W1, OP-W3)', async () => {
    const flags = ['--trust-proxy', 'loopback,10.0.0.0/8', '--allowed-hosts', 'claude.example.com']
    expect((await examine(...flags)).of('proxies')).toMatchObject({
      status: 'ok',
      detail: 'trusts loopback, 10.0.0.0/8, and answers for the hosts claude.example.com',
    })
    for (const range of ['0.0.0.0/0', '::/0', '2000::/3'])
      expect((await examine('--trust-proxy', range)).of('proxies').status).toBe('warn')
  })
})
