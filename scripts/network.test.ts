import { describe, expect, test } from 'bun:test'
import { connect, type Socket } from 'node:net'
import { startSimulator } from '../src/simulator/server.ts'
import { afterTest } from '../tests/support/cleanup.ts'
import { temporaryFolder } from '../tests/support/cli.ts'
import {
  type ConnectProxyOptions,
  connectProxy,
  connectSockets,
  listenOnLoopback,
} from '../tests/support/connect-proxy.ts'
import { testRoot, tlsHost } from '../tests/support/tls-host.ts'
import { binary } from './support/binary.ts'

/** Connects the built program to AI Nexus through company networks. Run `bun run build` first. */

const trusted = { NODE_EXTRA_CA_CERTS: testRoot }

/** The password in every proxy address. No output may contain it. */
const password = 'canary-password'

interface NetworkResult {
  readonly status: number
  readonly shouldRetry: string | null
  /** The error's message, or the response's text. */
  readonly words: string
}

type Environment = Record<string, string>

/** Starts the program, sends it one request, and ends it. Its output may contain no secret. */
const send = async (
  endpoint: string,
  environment: Environment = {},
  flags: readonly string[] = [],
): Promise<NetworkResult> => {
  const folder = temporaryFolder()
  const child = Bun.spawn([binary, 'start', '--port', '0', '--max-retries', '0', '--verbose', ...flags], {
    cwd: folder,
    env: {
      HOME: folder,
      PATH: process.env['PATH'] ?? '',
      NEXUS_API_KEY: 'canary-key',
      NEXUS_ENDPOINT_URL: endpoint,
      ...environment,
    },
    stdout: 'ignore',
    stderr: 'pipe',
  })
  afterTest(() => {
    child.kill('SIGKILL')
  })
  let said = ''
  let url: string | undefined
  const reader = child.stderr.getReader()
  const decoder = new TextDecoder()
  while (url === undefined) {
    const { done, value } = await reader.read()
    if (done) throw new Error(`it did not start: ${said}`)
    said += decoder.decode(value, { stream: true })
    url = /Address +(http:\S+)/.exec(said)?.[1]
  }
  const response = await fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sonnet', max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }] }),
  })
  const text = await response.text()
  child.kill('SIGKILL')
  while (true) {
    const { done, value } = await reader.read()
    if (done) break
    said += decoder.decode(value, { stream: true })
  }
  expect(said + text).not.toContain('canary')
  const body = JSON.parse(text)
  return {
    status: response.status,
    shouldRetry: response.headers.get('x-should-retry'),
    words: body.error?.message ?? body.content[0].text,
  }
}

const simulate = (): number => {
  const simulator = startSimulator()
  afterTest(() => simulator.stop())
  return Number(new URL(simulator.url).port)
}

/** A simulated AI Nexus with TLS. */
const secureNexus = async (certificate = 'good'): Promise<number> => {
  const port = simulate()
  return tlsHost(certificate, (socket) => connectSockets(socket, connect(port, '127.0.0.1')))
}

/** Answers all data with the same bytes. */
const always = (answer: string) => (socket: Socket) => {
  socket.once('data', () => socket.end(answer))
}

const by = async (options: ConnectProxyOptions, login = `user:${password}`) => {
  const proxy = await connectProxy(options)
  return { proxy, environment: { ...trusted, HTTPS_PROXY: `http://${login}@127.0.0.1:${proxy.port}` } }
}

const nexus = 'https://nexus.example'
const answered: NetworkResult = { status: 200, shouldRetry: null, words: 'You said: Hello' }
const failing = (words: RegExp, mayHelp: boolean, status = 502): NetworkResult => ({
  status,
  shouldRetry: String(mayHelp),
  words: expect.stringMatching(words) as unknown as string,
})

/** A login page, like in a hotel's network. */
const page = '<!doctype html><html><body>Please log in</body></html>'
const portal = `HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: ${page.length}\r\n\r\n${page}`
const moved = 'HTTP/1.1 302 Found\r\nlocation: https://login.example/\r\ncontent-length: 0\r\n\r\n'

describe('certificates', () => {
  test("a company's own root is trusted if NODE_EXTRA_CA_CERTS names it", async () => {
    const port = await secureNexus()
    for (const host of ['localhost', '127.0.0.1'])
      expect(await send(`https://${host}:${port}`, trusted)).toEqual(answered)
    expect(await send(`https://localhost:${port}`)).toEqual(
      failing(/^The certificate of localhost:\d+ is not trusted .*set NODE_EXTRA_CA_CERTS/, false),
    )
    expect(await send(`https://localhost:${port}`, { NODE_EXTRA_CA_CERTS: '/nowhere.pem' })).toEqual(
      failing(/set NODE_EXTRA_CA_CERTS/, false),
    )
  })

  test.each([
    ['self-signed', /is not trusted \(\w+\).*set NODE_EXTRA_CA_CERTS/],
    ['expired', /is expired or not yet valid \(CERT_HAS_EXPIRED\)\. Check this machine's clock\./],
    ['other', /is for another name \(ERR_TLS_CERT_ALTNAME_INVALID\)\. Check the endpoint URL\./],
  ])('a certificate that is %s is refused, also through a proxy', async (certificate, words) => {
    const { environment } = await by({ to: await secureNexus(certificate) })
    expect(await send(nexus, environment)).toEqual(failing(words, false))
  })
})

describe('proxies', () => {
  test('a proxy that connects, with and without a login', async () => {
    const to = await secureNexus()
    const free = await by({ to })
    expect(await send(nexus, free.environment)).toEqual(answered)
    expect(free.proxy.heads[0]).toStartWith('CONNECT nexus.example:443 ')
    const guarded = await by({ to, login: `us@er:${password}` }, `us%40er:${password}`)
    expect(await send(nexus, guarded.environment)).toEqual(answered)
    expect(await send(nexus, { ...trusted, https_proxy: `127.0.0.1:${free.proxy.port}` })).toEqual(answered)
    expect(await send(nexus, (await by({ to, login: 'x:y' })).environment)).toEqual(
      failing(/^The proxy 127\.0\.0\.1:\d+ requires a valid user name and password.*\(407\).*HTTPS_PROXY=http/, false),
    )
  })

  test('NO_PROXY applies, and requests to this machine never use a proxy', async () => {
    const { proxy, environment } = await by({ to: await secureNexus() })
    const port = await secureNexus()
    expect(await send(`https://localhost:${port}`, environment)).toEqual(answered)
    for (const NO_PROXY of ['nexus.invalid', '.invalid', 'x, *.invalid', '*'])
      expect(await send('https://nexus.invalid', { ...environment, NO_PROXY })).toEqual(
        failing(/^Cannot resolve or reach nexus\.invalid/, true),
      )
    expect(proxy.heads).toEqual([])
  })

  const noWay = 'HTTP/1.1 403 Forbidden\r\n\r\n'
  const negotiate =
    'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\n\r\n'
  test.each([
    ['a login by Negotiate', negotiate, /login by Negotiate or NTLM \(407\), which is not supported/, false],
    ['a refusal', noWay, /does not allow connections to nexus\.example \(403\).*NO_PROXY/, false],
    ['a gateway error', 'HTTP/1.1 502 Bad Gateway\r\n\r\n', /cannot reach nexus\.example \(502\)/, true],
    ['a redirect to a login page', moved, /sent a redirect \(302\).*log in first/, false],
    ['a login page', portal, /does not speak TLS \(EPROTO\).*log in first/, false],
    ['nonsense', 'hello\r\n\r\n', /nexus\.example through the proxy 127\.0\.0\.1:\d+ broke/, true],
    ['nothing, and hangs up', '', /nexus\.example through the proxy 127\.0\.0\.1:\d+ broke/, true],
  ])('a proxy that answers with %s', async (_, answer, words, mayHelp) => {
    const { environment } = await by({ answer: () => answer })
    expect(await send(nexus, environment)).toEqual(failing(words, mayHelp))
  })

  test('a silent proxy causes a timeout after eight seconds', async () => {
    const { environment } = await by({ answer: () => undefined })
    expect(await send(nexus, environment)).toEqual(
      failing(/^Connecting to nexus\.example through the proxy 127\.0\.0\.1:\d+ timed out after 8 s\./, true, 504),
    )
  }, 20_000)

  test.each([
    [`http://user:${password}@127.0.0.1:1`, /^The proxy 127\.0\.0\.1:1 refused the connection/, true],
    [`http://user:${password}@proxy.invalid:3128`, /^Cannot resolve or reach the proxy proxy\.invalid:3128/, true],
    [`socks5://user:${password}@127.0.0.1:1`, /to an http or https URL, not SOCKS/, false],
  ])('%s', async (HTTPS_PROXY, words, mayHelp) => {
    expect(await send(nexus, { HTTPS_PROXY })).toEqual(failing(words, mayHelp))
  })
})

describe('a server that is not AI Nexus', () => {
  test('a login page, or a redirect to one', async () => {
    for (const [answer, words] of [
      [portal, /answered 200 with a web page\. Check whether a proxy or a login page interferes\./],
      [moved, /^AI Nexus answered 302, a redirect\. .*login page/],
    ] as const) {
      const { environment } = await by({ to: await tlsHost('good', always(answer)) })
      expect(await send(nexus, environment)).toEqual(failing(words, false))
      const { proxy } = await by({ answer: () => answer })
      const plain = { HTTP_PROXY: `http://user:${password}@127.0.0.1:${proxy.port}` }
      expect(await send('http://nexus.example', plain, ['--allow-http'])).toEqual(failing(words, false))
    }
  })

  test('a proxy that requires a login, for plain http', async () => {
    const { proxy } = await by({ login: 'x:y' })
    expect(
      await send('http://nexus.example', { HTTP_PROXY: `http://127.0.0.1:${proxy.port}` }, ['--allow-http']),
    ).toEqual(failing(/^A proxy on the way requires a user name and a password \(407\)/, false))
  })

  test('TLS to a port with plain http, and plain http to a port with TLS', async () => {
    expect(await send(`https://127.0.0.1:${simulate()}`)).toEqual(failing(/does not speak TLS \(EPROTO\)/, false))
    expect(await send(`http://127.0.0.1:${await secureNexus()}`)).toEqual(
      failing(/begin the endpoint URL with https/, true),
    )
  })

  test('a port with another protocol', async () => {
    const port = await listenOnLoopback((socket) => void socket.end('SSH-2.0-OpenSSH_9.6\r\n'))
    expect(await send(`http://127.0.0.1:${port}`)).toEqual(failing(/does not speak HTTP .*its port\.$/, false))
  })

  test('no server, an unknown name, a broken connection', async () => {
    expect(await send('https://127.0.0.1:1')).toEqual(failing(/^127\.0\.0\.1:1 refused/, true))
    expect(await send('https://nexus.invalid')).toEqual(failing(/^Cannot resolve or reach nexus\.invalid/, true))
    const breaking = await listenOnLoopback((socket) => {
      socket.once('data', () => socket.resetAndDestroy())
    })
    expect(await send(`https://127.0.0.1:${breaking}`)).toEqual(failing(/broke \(ECONNRESET\)/, true))
    const { environment } = await by({
      to: await tlsHost('good', (socket) => {
        socket.once('data', () => socket.destroy())
      }),
    })
    expect(await send(nexus, environment)).toEqual(failing(/through the proxy 127\.0\.0\.1:\d+ broke \(\w+\)/, true))
  })
})
