import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { connect as connectPlain } from 'node:net'
import { connect } from 'node:tls'
import { issuedCertificate, selfSignedCertificate, type TestCertificate } from '../../support/certificate.ts'
import { cli, startCli } from '../../support/cli.ts'

/** The whole program with a certificate of its own. */

const address = /Address +(https:\/\/[^\s:]+:(\d+))/
const base = ['start', '--simulate', '--port', '0']
const flagsOf = ({ cert, key }: TestCertificate): string[] => ['--tls-cert', cert, '--tls-key', key]

const start = async (certificate: TestCertificate, ...flags: readonly string[]) => {
  const program = startCli([...base, ...flagsOf(certificate), ...flags])
  const [, url = '', port = ''] = await program.says(address)
  return { ...program, url, port: Number(port) }
}

const stop = async ({ kill, ended }: Awaited<ReturnType<typeof start>>) => {
  kill('SIGTERM')
  return ended
}

describe('a server with HTTPS', () => {
  test('answers clients that trust its file, and reports when the certificate expires (OP-W4, OP-W5, OP-K1)', async () => {
    const certificate = selfSignedCertificate()
    const program = await start(certificate, '--claude-code', '--shell', 'sh')
    expect(program.url).toBe(`https://127.0.0.1:${program.port}`)
    const tls = { ca: readFileSync(certificate.cert, 'utf8') }
    const health = (await (await fetch(`${program.url}/health`, { tls })).json()) as Record<string, unknown>
    const expires = Date.parse(String((health['tls'] as Record<string, unknown>)['expires']))
    expect(Math.round((expires - Date.now()) / 86_400_000)).toBe(30)
    const own = { origin: program.url }
    expect((await fetch(`${program.url}/health`, { tls, headers: own })).status).toBe(200)
    const other = { origin: program.url.replace('https', 'http') }
    expect((await fetch(`${program.url}/health`, { tls, headers: other })).status).toBe(403)
    await expect(fetch(`${program.url}/health`)).rejects.toThrow()
    const { code, out } = await stop(program)
    expect(code).toBe(0)
    expect(out).toContain(`ANTHROPIC_BASE_URL='${program.url}'`)
    expect(out).toContain(`NODE_EXTRA_CA_CERTS='${certificate.cert}'`)
  })

  test('closes plain HTTP, and refuses TLS 1.1 (OP-W4, OP-W6)', async () => {
    const program = await start(selfSignedCertificate())
    let plain = ''
    await new Promise<void>((resolve) => {
      const socket = connectPlain(program.port, '127.0.0.1', () =>
        socket.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\n'),
      )
      socket.on('data', (data) => {
        plain += data.toString()
      })
      socket.on('error', () => {})
      socket.on('close', () => resolve())
    })
    expect(plain).not.toContain('HTTP/')
    const old = { port: program.port, host: '127.0.0.1', minVersion: 'TLSv1', maxVersion: 'TLSv1.1' } as const
    const { promise, resolve } = Promise.withResolvers<unknown>()
    connect({ ...old, rejectUnauthorized: false }, () => resolve('connected')).on('error', (error) =>
      resolve('code' in error && error.code),
    )
    expect(await promise).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION')
    expect((await stop(program)).code).toBe(0)
  })

  test('with a certificate for another name has that name, and is healthy under it (OP-W4)', async () => {
    const certificate = issuedCertificate({ names: ['DNS:gateway.example'] })
    const program = await start(certificate, '--claude-code', '--shell', 'sh')
    expect(program.url).toBe(`https://gateway.example:${program.port}`)
    const health = await cli(['health', '--port', String(program.port), '--tls-cert', certificate.cert])
    expect([health.code, health.out]).toEqual([0, expect.stringContaining('healthy: nexus-claude-api') as never])
    expect((await cli(['health', '--port', String(program.port)])).code).toBe(1)
    const taken = await cli(['start', '--simulate', '--port', String(program.port), ...flagsOf(certificate)])
    expect([taken.code, taken.err]).toEqual([2, expect.stringContaining('another nexus-claude-api (version') as never])
    const { out } = await stop(program)
    expect(out).toContain(`ANTHROPIC_BASE_URL='https://gateway.example:${program.port}'`)
    expect(out).not.toContain('NODE_EXTRA_CA_CERTS')
  })

  test('whose certificate expires soon says so (OP-W5)', async () => {
    const program = await start(selfSignedCertificate({ days: 5 }))
    await program.says(/tls\.expires_soon expires=\S+ days=[45]/)
    expect((await stop(program)).code).toBe(0)
  })

  test.each([[[]], [['--dry-run']]])(
    'does not start with a certificate that is not valid: %j (OP-W4)',
    async (flags) => {
      const { cert } = selfSignedCertificate()
      const other = selfSignedCertificate()
      const refused = async (...given: readonly string[]): Promise<string> => {
        const { code, err } = await cli([...base, ...flags, ...given])
        expect(code).toBe(2)
        return err
      }
      expect(await refused('--tls-cert', cert)).toContain('tls.cert is set without tls.key.')
      expect(await refused('--tls-cert', cert, '--tls-key', other.key)).toContain(
        'is not the key of the certificate in',
      )
      expect(await refused('--trust-proxy', 'proxy.example')).toContain('trustProxy: proxy.example is not an address.')
      expect(await refused('--allowed-hosts', 'https://x')).toContain('allowedHosts: https://x is not a host name.')
    },
  )
})

describe('env for a server with HTTPS', () => {
  const env = (given: TestCertificate, client: string, environment: Record<string, string> = {}) =>
    cli(['env', '--client', client, '--shell', 'sh', '--tls-cert', given.cert], environment)

  test.each([
    ['claude', 'NODE_EXTRA_CA_CERTS', "ANTHROPIC_BASE_URL='https://127.0.0.1:4141'"],
    ['opencode', 'NODE_EXTRA_CA_CERTS', 'https://127.0.0.1:4141/v1'],
    ['codex', 'CODEX_CA_CERTIFICATE', undefined],
  ])('makes %s trust a self-signed certificate with %s (OP-W4)', async (client, variable, url) => {
    const certificate = selfSignedCertificate()
    const { code, out, err } = await env(certificate, client)
    expect(code).toBe(0)
    expect(out).toContain(`${variable}='${certificate.cert}'`)
    expect(out + err).toContain(url ?? 'base_url = "https://127.0.0.1:4141/v1"')
  })

  test('says that Codex does not accept the certificate of an authority (OP-W4)', async () => {
    const authority = selfSignedCertificate({ isAuthority: true })
    const note = `Codex does not accept ${authority.cert}: it is the certificate of an authority.`
    expect((await env(authority, 'codex')).err).toContain(note)
    expect((await env(authority, 'claude')).err).not.toContain('Codex')
    expect((await env(selfSignedCertificate(), 'codex')).err).not.toContain('authority')
  })

  test.each([
    ['claude', 'NODE_EXTRA_CA_CERTS'],
    ['codex', 'CODEX_CA_CERTIFICATE'],
  ])("keeps the user's own file for %s, and says what it needs (OP-W4)", async (client, variable) => {
    const certificate = selfSignedCertificate()
    const { out, err } = await env(certificate, client, { [variable]: '/etc/company.pem' })
    expect(out).not.toContain(certificate.cert)
    expect(err).toContain(`Add ${certificate.cert} to the file of ${variable}: /etc/company.pem.`)
  })
})
