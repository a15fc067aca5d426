import { describe, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { probeEndpoint } from '../../../src/cli/doctor/probe-endpoint.ts'
import { key, proxyPassword, secretsIn } from '../../support/canary.ts'
import { simulate } from '../../support/chain.ts'
import {
  type ConnectProxyOptions,
  connectProxy,
  connectSockets,
  listenOnLoopback,
} from '../../support/connect-proxy.ts'
import { doctor, doctorProgram } from '../../support/doctor.ts'
import { testRoot, tlsHost } from '../../support/tls-host.ts'

const environment = { NEXUS_API_KEY: key }
const trustingEnvironment = { ...environment, NODE_EXTRA_CA_CERTS: testRoot }
const nexus = 'https://nexus.example'
const keyNotChecked = 'not known: AI Nexus itself did not answer'

/** AI Nexus over TLS. */
const secureNexus = (certificate = 'good'): Promise<number> => {
  const port = Number(new URL(simulate().url).port)
  return tlsHost(certificate, (socket) => connectSockets(socket, connect(port, '127.0.0.1')))
}

const startProxy = async (options: ConnectProxyOptions, login = `user:${proxyPassword}`) => {
  const proxy = await connectProxy(options)
  const address = `http://${login}@127.0.0.1:${proxy.port}`
  return { proxy, environment: { ...trustingEnvironment, HTTPS_PROXY: address, HTTP_PROXY: address } }
}

const endpointChecks = [
  'key.accepted',
  'streaming',
  'tools',
  'images',
  'thinking',
  'cache-points',
  'count-tokens',
  'clock',
]

describe('the connection to the endpoint', () => {
  test('a refused connection is one failure, and later checks are skipped', async () => {
    const { code, of, withStatus, said } = await doctor(['--endpoint-url', 'http://127.0.0.1:1'], environment)
    expect([code, withStatus('fail')]).toEqual([1, ['endpoint.connection']])
    expect(of('endpoint.connection')).toMatchObject({
      detail: '127.0.0.1:1 refused the connection: is the server running?',
      remedy: 'Check the endpoint URL and its port.',
    })
    expect(withStatus('skip')).toEqual(expect.arrayContaining(['endpoint.answer', ...endpointChecks]))
    expect(secretsIn(said)).toEqual([])
  })

  test('reports a connection that breaks', async () => {
    const port = await listenOnLoopback((socket) => {
      socket.once('data', () => socket.resetAndDestroy())
    })
    const { of, withStatus } = await doctor(['--endpoint-url', `https://localhost:${port}`], environment)
    expect(withStatus('fail')).toEqual(['endpoint.certificate'])
    expect(of('endpoint.certificate').detail).toMatch(/^The connection to localhost:\d+ broke \(\w+\)\.$/)
  })

  test('reports TLS to a port of plain HTTP', async () => {
    const { of, withStatus } = await doctor(['--endpoint-url', simulate().url.replace('http', 'https')], environment)
    expect(withStatus('fail')).toEqual(['endpoint.certificate'])
    expect(of('endpoint.certificate').remedy).toContain('Check the endpoint URL and its port.')
  })

  test('reports a port that does not speak HTTP', async () => {
    const port = await listenOnLoopback((socket) => void socket.end('SSH-2.0-OpenSSH_9.6\r\n'))
    const { of, withStatus } = await doctor(['--endpoint-url', `http://127.0.0.1:${port}`], environment)
    expect(withStatus('fail')).toEqual(['endpoint.answer'])
    expect(of('endpoint.answer')).toMatchObject({
      detail: `The server at 127.0.0.1:${port} does not speak HTTP (Malformed_HTTP_Response).`,
      remedy: 'Check the endpoint URL and its port.',
    })
  })

  test('reports a server that accepts connections and does not answer', async () => {
    const port = await listenOnLoopback(() => {})
    const host = `127.0.0.1:${port}`
    expect(await probeEndpoint(`http://${host}`, { host, isPlain: true }, 50)).toMatchObject({
      error: {
        message: `The connection to ${host} is open, but no answer came within 0.05 s. Check the endpoint and its port. If they are correct, report this to the administrator.`,
      },
    })
  })

  const html = '<!doctype html><html></html>'
  const json = '{"message":"no Route matched with those values"}'
  test.each([
    [400, html],
    [400, json],
    [402, json],
    [404, html],
    [404, json],
    [405, html],
    [413, html],
    [429, json],
    [500, json],
    [502, html],
    [503, html],
    [503, json],
  ])('does not judge the key by a %d from a server that checks no keys: %s', async (status, body) => {
    const port = await listenOnLoopback((socket) => {
      socket.on('data', () => socket.end(`HTTP/1.1 ${status} X\r\ncontent-length: ${body.length}\r\n\r\n${body}`))
    })
    const { code, ok, of, withStatus } = await doctor(['--endpoint-url', `http://127.0.0.1:${port}`], environment)
    expect([code, ok]).toEqual([1, false])
    expect(of('endpoint.answer').status).toBe(status >= 500 ? 'warn' : 'ok')
    expect(of('key.accepted')).toMatchObject({ status: 'skip', detail: keyNotChecked })
    expect(withStatus('fail')).toEqual(['model.claude-sonnet-4-6', 'model.claude-haiku-4-5'])
    if (status === 404 && body === json)
      expect(of('model.claude-sonnet-4-6').remedy).toStartWith('Check that the endpoint URL is correct')
  })

  test('reports a login page instead of AI Nexus', async () => {
    const page = '<!doctype html><html></html>'
    const port = await listenOnLoopback((socket) => {
      socket.on('data', () =>
        socket.end(`HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: ${page.length}\r\n\r\n${page}`),
      )
    })
    const { code, of } = await doctor(['--endpoint-url', `http://127.0.0.1:${port}`], environment)
    expect(code).toBe(1)
    expect(of('key.accepted')).toMatchObject({ status: 'skip', detail: keyNotChecked })
    expect(of('model.claude-sonnet-4-6')).toMatchObject({
      status: 'fail',
      detail: 'AI Nexus answered 200 with a web page.',
      remedy: 'Check whether a proxy or a login page interferes.',
    })
    expect(of('tools').status).toBe('skip')
  })
})

test('reports a redirect to a login page', async () => {
  const port = await listenOnLoopback((socket) => {
    socket.on('data', () =>
      socket.end('HTTP/1.1 302 Found\r\nlocation: https://login.example/\r\ncontent-length: 0\r\n\r\n'),
    )
  })
  const { of } = await doctor(['--endpoint-url', `http://127.0.0.1:${port}`], environment)
  expect(of('endpoint.answer')).toMatchObject({ status: 'warn', detail: 'HTTP 302, a redirect' })
  expect(of('model.claude-sonnet-4-6')).toMatchObject({
    status: 'fail',
    detail: 'AI Nexus answered 302, a redirect.',
  })
})

describe('certificates', () => {
  test('fails for a self-signed one, and for one of an unknown root', async () => {
    for (const certificate of ['self-signed', 'good']) {
      const port = await secureNexus(certificate)
      const { of, withStatus } = await doctor(['--endpoint-url', `https://localhost:${port}`], environment)
      expect(withStatus('fail')).toEqual(['endpoint.certificate'])
      expect(of('endpoint.certificate')).toMatchObject({
        detail: expect.stringMatching(
          /^The certificate of localhost:\d+ is not trusted \(\w+\)\. It is issued by (?:nexus\.example|Test Root)\.$/,
        ),
        remedy: expect.stringContaining("set NODE_EXTRA_CA_CERTS to the company's root certificate"),
        data: { issuer: certificate === 'good' ? 'Test Root' : 'nexus.example', protocol: 'TLSv1.3' },
      })
    }
  })

  test('fails for an expired one', async () => {
    const port = await secureNexus('expired')
    const { of } = await doctor(['--endpoint-url', `https://localhost:${port}`], environment)
    expect(of('endpoint.certificate')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('is expired or not yet valid'),
      data: { validTo: '2020-01-02' },
    })
  })

  test('accepts one whose root is in NODE_EXTRA_CA_CERTS', async () => {
    const port = await secureNexus()
    const { code, of, withStatus } = await doctorProgram(
      ['--endpoint-url', `https://localhost:${port}`],
      trustingEnvironment,
    )
    expect([code, withStatus('fail')]).toEqual([0, []])
    expect(of('endpoint.certificate')).toMatchObject({
      status: 'ok',
      detail: 'issued by Test Root, valid until 2120-01-01, TLSv1.3',
    })
    expect(of('streaming').status).toBe('ok')
  })
})

describe('proxies', () => {
  test('accepts one that opens a tunnel with its login', async () => {
    const { proxy, environment: behind } = await startProxy({
      to: await secureNexus(),
      login: `user:${proxyPassword}`,
    })
    const { code, of, withStatus, said } = await doctorProgram(['--endpoint-url', nexus], behind)
    expect([code, withStatus('fail')]).toEqual([0, []])
    expect(of('proxy')).toMatchObject({ detail: `127.0.0.1:${proxy.port} (HTTPS_PROXY)` })
    expect(of('endpoint.tunnel')).toMatchObject({ status: 'ok', detail: 'the proxy connects to nexus.example' })
    expect(of('endpoint.certificate').detail).toStartWith('issued by Test Root')
    expect(of('endpoint.answer').status).toBe('ok')
    expect(of('claude.no-proxy')).toMatchObject({
      status: 'info',
      remedy: expect.stringContaining('export NO_PROXY="127.0.0.1,localhost,::1"'),
    })
    expect(secretsIn(said)).toEqual([])
  })

  test('writes an IPv6 address in the tunnel request as URLs do', async () => {
    const { proxy, environment: behind } = await startProxy({ to: await secureNexus() })
    await doctorProgram(['--endpoint-url', 'https://[fd00::1]'], behind)
    const requestLines = proxy.heads.map((head) => head.split('\r\n')[0])
    expect([requestLines.length > 1, new Set(requestLines)]).toEqual([
      true,
      new Set(['CONNECT [fd00::1]:443 HTTP/1.1']),
    ])
  })

  test('fails for one that refuses the login', async () => {
    const { environment: behind } = await startProxy({ to: await secureNexus(), login: 'x:y' })
    const { of, withStatus, said } = await doctorProgram(['--endpoint-url', nexus], behind)
    expect(withStatus('fail')).toEqual(['endpoint.tunnel'])
    expect(of('endpoint.tunnel')).toMatchObject({
      detail: expect.stringContaining('requires a valid user name and password (407)'),
      remedy: expect.stringContaining('HTTPS_PROXY=http://user:password@host:port'),
    })
    expect(secretsIn(said)).toEqual([])
  })

  test('fails for one that requires an unsupported login', async () => {
    const answer = 'HTTP/1.1 407 No\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\n\r\n'
    const { environment: behind } = await startProxy({ answer: () => answer })
    const { of } = await doctorProgram(['--endpoint-url', nexus], behind)
    expect(of('endpoint.tunnel')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('requires a login by Negotiate or NTLM (407)'),
      remedy: expect.stringContaining('px or cntlm'),
    })
  })

  test('fails for one that is not running, and for one of an unsupported protocol', async () => {
    const gone = await doctorProgram(['--endpoint-url', nexus], {
      ...environment,
      HTTPS_PROXY: `http://user:${proxyPassword}@127.0.0.1:1`,
    })
    expect(gone.withStatus('fail')).toEqual(['endpoint.connection'])
    expect(gone.of('endpoint.connection').remedy).toStartWith('Check HTTPS_PROXY.')
    const socks = await doctorProgram(['--endpoint-url', nexus], {
      ...environment,
      HTTPS_PROXY: `socks5://user:${proxyPassword}@127.0.0.1:1`,
    })
    expect(socks.withStatus('fail')).toEqual(['proxy'])
    expect(secretsIn(gone.said + socks.said)).toEqual([])
  })

  test('checks one that uses https itself with the result of fetch', async () => {
    const port = await tlsHost('self-signed', (socket) => socket.destroy())
    const { code, ok, of, withStatus, said } = await doctorProgram(['--endpoint-url', 'https://nexus.invalid'], {
      ...environment,
      HTTPS_PROXY: `https://user:${proxyPassword}@127.0.0.1:${port}`,
    })
    expect([code, ok, withStatus('fail')]).toEqual([1, false, ['endpoint.answer']])
    expect(of('endpoint.tunnel')).toMatchObject({ status: 'skip', detail: expect.stringContaining('uses https') })
    expect(of('endpoint.certificate')).toMatchObject({ status: 'skip', detail: of('endpoint.tunnel').detail })
    expect(of('key.accepted')).toMatchObject({ status: 'skip', detail: 'AI Nexus cannot be reached' })
    expect(of('endpoint.answer').remedy).toContain('because the proxy itself uses https')
    expect(secretsIn(said)).toEqual([])
  })

  test('sends no requests to AI Nexus if one requires a login for plain http', async () => {
    const { proxy, environment: behind } = await startProxy({ login: 'x:y' })
    const { code, of, withStatus, said } = await doctorProgram(
      ['--endpoint-url', 'http://nexus.example', '--allow-http'],
      behind,
    )
    expect([code, withStatus('fail'), proxy.heads.length]).toEqual([1, ['endpoint.answer'], 1])
    expect(of('endpoint.answer')).toMatchObject({
      detail: 'a proxy requires a login, or refuses the login that it got (407)',
      remedy: 'Set HTTP_PROXY=http://user:password@host:port, with special characters percent-encoded.',
    })
    expect(of('key.accepted')).toMatchObject({ status: 'skip', detail: 'AI Nexus cannot be reached' })
    expect(secretsIn(said)).toEqual([])
  })

  test('uses none for this machine, and for hosts in NO_PROXY', async () => {
    const HTTPS_PROXY = `http://user:${proxyPassword}@127.0.0.1:1`
    const { of } = await doctor(['--offline', '--endpoint-url', nexus], { HTTPS_PROXY, NO_PROXY: '.example,localhost' })
    expect(of('proxy').detail).toBe(
      'no proxy for nexus.example: HTTPS_PROXY names one, but NO_PROXY excludes this host',
    )
    expect(of('claude.no-proxy')).toMatchObject({
      status: 'info',
      remedy: expect.stringContaining('export NO_PROXY="$NO_PROXY,127.0.0.1,localhost,::1"'),
    })
    const excluded = await doctor(['--offline'], { HTTPS_PROXY, NO_PROXY: '127.0.0.1' })
    expect(excluded.of('claude.no-proxy')).toMatchObject({ status: 'ok', detail: 'NO_PROXY contains 127.0.0.1' })
    expect(excluded.of('proxy').detail).toBe('127.0.0.1:1 (HTTPS_PROXY)')
  })
})
