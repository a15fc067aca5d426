import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { contentOf, createInstallContext, leftIn, linux, onWindows } from './install-context.ts'
import { fakeProgram } from './release-server.ts'
import type { Sandbox } from './sandbox.ts'

/** install.sh downloads only over https, from verified servers, also after redirects. */

const { home, server } = createInstallContext()
const fixtures = join(import.meta.dir, '..', '..', 'tests', 'fixtures', 'tls')
const root = join(fixtures, 'network-root.pem')
const fixture = (name: string): string => readFileSync(join(fixtures, `network-${name}.pem`), 'utf8')

let secure: Bun.Server<undefined> | undefined
let plain: Bun.Server<undefined> | undefined
const secureUrl = (): string => `https://localhost:${secure?.port}`
/** Requests to the server without TLS. */
const plainRequests: string[] = []

const fileAt = (path: string): Response => {
  const content = server().files.get(path)
  return content === undefined ? new Response('', { status: 404 }) : new Response(Buffer.from(content))
}
const leadTo = (address: string): Response => new Response(null, { status: 302, headers: { location: address } })

/** `/direct/x` is the file x. `/same/x` redirects to it with TLS, `/down/x` without, `/chain/x` without and back. */
const answerSecure = (request: Request): Response => {
  const [, way = '', ...rest] = new URL(request.url).pathname.split('/')
  const path = rest.join('/')
  if (way === 'down') return leadTo(`http://localhost:${plain?.port}/direct/${path}`)
  if (way === 'chain') return leadTo(`http://localhost:${plain?.port}/back/${path}`)
  if (way === 'ftp') return leadTo(`ftp://127.0.0.1:1/${path}`)
  if (way === 'same') return leadTo(`/other/${path}`)
  if (way === 'other') return leadTo(`${secureUrl()}/direct/${path}`)
  return fileAt(path)
}

const answerPlain = (request: Request): Response => {
  const { pathname } = new URL(request.url)
  plainRequests.push(pathname)
  const [, way = '', ...rest] = pathname.split('/')
  return way === 'back' ? leadTo(`${secureUrl()}/direct/${rest.join('/')}`) : fileAt(rest.join('/'))
}

beforeAll(() => {
  const tls = { cert: fixture('good'), key: fixture('key') }
  secure = Bun.serve({ hostname: '127.0.0.1', port: 0, tls, fetch: answerSecure })
  plain = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: answerPlain })
})
afterAll(() => {
  void secure?.stop(true)
  void plain?.stop(true)
})

const others = ['curl', 'wget']
const busybox = Bun.which('busybox')
const fetchers = [
  ...others.filter((name) => Bun.which(name) !== null),
  ...(busybox === null ? [] : ['busybox']),
] as const

const installWith = async (fetcher: string, way: string, environment: Record<string, string> = {}) => {
  const person = home()
  plainRequests.length = 0
  const settings = join(person.temporary, '..', 'wgetrc')
  writeFileSync(settings, `ca_certificate = ${root}\n`)
  const ran = await person.run({
    args: ['--mirror', `${secureUrl()}/${way}`],
    without: others.filter((name) => name !== fetcher),
    fakes: { ...linux, ...(fetcher === 'busybox' ? { wget: `exec ${busybox} wget "$@"` } : {}) },
    // Each tool reads the root certificate of the tests from another variable.
    environment: { CURL_CA_BUNDLE: root, WGETRC: settings, SSL_CERT_FILE: root, ...environment },
  })
  return { ...ran, person }
}

const expectNothing = (person: Sandbox): void => expect([person.listed(), leftIn(person)]).toEqual([[], []])

describe.skipIf(onWindows).each(fetchers.map((name) => [name] as const))('install.sh, with %s and https', (fetcher) => {
  // install.sh refuses builds of busybox that cannot verify certificates.
  test.skipIf(fetcher === 'busybox').each([['direct'], ['same']])('follows redirects over https: %s', async (way) => {
    const { code, person } = await installWith(fetcher, way)
    expect([code, contentOf(person)]).toEqual([0, fakeProgram('1.2.0')])
  })

  test.each([['down'], ['chain'], ['ftp']])('refuses a redirect away from https: %s', async (way) => {
    const { code, err, person } = await installWith(fetcher, way)
    expect([code, err.startsWith('Error: Download failed:\n')]).toEqual([1, true])
    // Some builds of busybox cannot connect to this server.
    if (fetcher !== 'curl' && way !== 'ftp') expect(err).toMatch(/redirects from https to http|does not verify|wget: /)
    expectNothing(person)
  })

  test('refuses a server with an untrusted certificate', async () => {
    const { code, person } = await installWith(fetcher, 'direct', {
      CURL_CA_BUNDLE: join(fixtures, 'certificate.pem'),
      WGETRC: '/dev/null',
      SSL_CERT_FILE: '/dev/null',
    })
    expect(code).toBe(1)
    expectNothing(person)
  })

  test('never uses the proxy for http, which could read and change the files', async () => {
    const { code, person } = await installWith(fetcher, 'direct', { http_proxy: `http://127.0.0.1:${plain?.port}` })
    expect(plainRequests).toEqual([])
    if (fetcher !== 'busybox') expect([code, contentOf(person)]).toEqual([0, fakeProgram('1.2.0')])
  })
})

describe.skipIf(onWindows)('install.sh, with a wget', () => {
  const runWith = (wget: string, environment: Record<string, string> = {}) =>
    home().run({ args: ['--mirror', secureUrl()], without: ['curl'], fakes: { ...linux, wget }, environment })

  test.each([
    ['that does not report redirects', 'exit 0', 'does not report redirects'],
    [
      'that does not verify certificates',
      'echo "wget: note: TLS certificate validation not implemented" >&2',
      'does not verify certificates',
    ],
    [
      'that prints header names in lower case',
      'printf "  HTTP/2 302\\n  location: http://x\\n" >&2',
      'from https to http',
    ],
    ['that prints headers on stdout', 'printf "HTTP/1.1 302\\nLocation:http://x\\n"', 'from https to http'],
  ])('%s, downloads no file', async (_, wget, words) => {
    const { code, out, err } = await runWith(wget)
    expect([code, out, err.includes(words)]).toEqual([1, '', true])
  })

  test('that has no proxy support for https, prints a remedy', async () => {
    const wget = 'echo "BusyBox v1.36 wget: cannot connect" >&2; exit 1'
    expect((await runWith(wget, { HTTPS_PROXY: 'http://127.0.0.1:1' })).err).toContain(
      'cannot reach https through a proxy',
    )
    expect((await runWith(wget)).err).not.toContain('through a proxy')
  })
})
