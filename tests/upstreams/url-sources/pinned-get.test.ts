import { describe, expect, test } from 'bun:test'
import { getEventListeners } from 'node:events'
import { createPinnedGet } from '../../../src/upstreams/url-sources/pinned-get.ts'
import { fileHost, fileResponse, sourcesFrom } from '../../support/file-host.ts'
import {
  downloadError,
  pdf,
  png,
  pngSource,
  refusalOf,
  requestWith,
  serveAnyFile,
  sourcePath,
  unabortedSignal,
  unreachableHost,
  urlBlock,
} from '../../support/url-sources.ts'
import { waitUntil } from '../../support/wait-until.ts'

describe('what a host may not do', () => {
  const limits = { imageBytes: 1024, documentBytes: 2048, milliseconds: 60 }

  test('B3 D4 send more than the limit, with any declared length', async () => {
    const endless = await fileHost((path, socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-type: image/png\r\n')
      socket.write(path === '/chunked' ? 'transfer-encoding: chunked\r\n\r\n' : '\r\n')
      const part = path === '/chunked' ? `100\r\n${'x'.repeat(256)}\r\n` : 'x'.repeat(256)
      const more = () => {
        while (socket.writable && socket.write(part));
      }
      socket.on('drain', more)
      more()
      return undefined
    })
    const inline = sourcesFrom(endless, { limits: { ...limits, milliseconds: 5000 } })
    for (const path of ['/chunked', '/plain']) {
      expect(await refusalOf(inline, requestWith(urlBlock('image', `https://files.example${path}`)))).toContain(
        'The file is larger than',
      )
    }
    await waitUntil(() => endless.connections.closed === 2)
  })

  test("B3 D4 send more than Bedrock's limits, which are not the same for images and documents", async () => {
    const head = (length: number) => `HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: ${length}\r\n\r\n`
    const host = await fileHost((path) => head(Number(path.slice(1))))
    const sizeError = (type: 'image' | 'document', length: number) =>
      refusalOf(sourcesFrom(host), requestWith(urlBlock(type, `https://files.example/${length}`)))
    expect(await sizeError('image', 3_932_161)).toBe(
      `${sourcePath}The file is larger than 3.75 MB, which is Bedrock's limit.`,
    )
    expect(await sizeError('document', 4_718_593)).toContain('The file is larger than 4.5 MB')
    expect(await sizeError('image', 3_932_160)).not.toContain('larger')
    expect(await sizeError('document', 4_718_592)).not.toContain('larger')
  })

  test('B3 D4 take longer than the limit: in silence, byte by byte, or in the look-up', async () => {
    const late = `${sourcePath}${downloadError}It took longer than 0.06 s. URLs are fetched directly, without a proxy. If that fails, send the bytes as base64 instead.`
    const host = await fileHost((path, socket) => {
      if (path !== '/drops') return undefined
      socket.write('HTTP/1.1 200 OK\r\ncontent-type: image/png\r\n\r\n')
      const timer = setInterval(() => socket.write('x'), 5)
      socket.on('close', () => clearInterval(timer))
      return undefined
    })
    expect(await refusalOf(sourcesFrom(host, { limits }), requestWith(urlBlock('image')))).toBe(late)
    expect(
      await refusalOf(sourcesFrom(host, { limits }), requestWith(urlBlock('image', 'https://files.example/drops'))),
    ).toBe(late)
    // On a busy machine the time may be over before the host has accepted a connection.
    await waitUntil(() => host.connections.closed === host.connections.opened)
    const lookup = () => new Promise<never>(() => {})
    expect(await refusalOf(sourcesFrom(unreachableHost, { limits, lookup }), requestWith(urlBlock('image')))).toBe(late)
  })

  test.each([
    ['status 404', 'HTTP/1.1 404 Not Found\r\n\r\n', `${downloadError}Its host answered with status 404.`],
    ['status 206', 'HTTP/1.1 206 Partial\r\n\r\n', `${downloadError}Its host answered with status 206.`],
    ['status 302 to nowhere', 'HTTP/1.1 302 Found\r\n\r\n', `${downloadError}Its host answered with status 302.`],
    [
      'compression',
      fileResponse('image/png', png, 'content-encoding: gzip\r\n'),
      `${downloadError}Its host sent it compressed`,
    ],
    ['half a file', fileResponse('image/png', png, 'content-length: 999\r\n'), `${downloadError}Cannot reach its host`],
    ['no HTTP', 'SSH-2.0-x\r\n\r\n', `${downloadError}Cannot reach its host`],
    ['endless headers', `HTTP/1.1 200 OK\r\nx: ${'x'.repeat(70_000)}\r\n\r\n`, `${downloadError}Cannot reach its host`],
    [
      'a page',
      fileResponse('text/html', '<html>'),
      'The file is not an image of type JPEG, PNG, GIF or WebP (its host calls it text/html).',
    ],
    ['a drawing', fileResponse('image/svg+xml', '<svg/>'), 'The file is not an image of type JPEG'],
    ['nothing', fileResponse('image/png', ''), 'The file is not an image of type JPEG'],
    ['a PDF', fileResponse('application/pdf', pdf), 'The file is not an image of type JPEG'],
  ])('B3 answer for an image with %s', async (_what, answer, sentence) => {
    const host = await fileHost(() => answer)
    expect(
      await refusalOf(sourcesFrom(host), requestWith(urlBlock('image', 'https://files.example/a?secret'))),
    ).toStartWith(sourcePath + sentence)
    await waitUntil(() => host.connections.closed === host.connections.opened)
  })

  test.each([
    ['an image', fileResponse('image/png', png)],
    ['not a PDF', fileResponse('application/pdf', '<html>')],
    ['bytes that are called text', fileResponse('text/plain', 'a\0b')],
    ['bytes', fileResponse('application/octet-stream', 'abc')],
    ['a strange name', fileResponse('x"y; z/<b>', 'abc')],
  ])('D4 answer for a document with %s', async (_what, answer) => {
    const host = await fileHost(() => answer)
    expect(await refusalOf(sourcesFrom(host), requestWith(urlBlock('document')))).toMatch(
      /^messages\.0\.content\.0\.document\.source\.url: The file is neither a PDF nor text(?: \(its host calls it [a-z/-]+\))?\.$/,
    )
  })

  test('B3 D4 have the certificate of another host, or an untrusted one', async () => {
    const host = await fileHost(serveAnyFile)
    expect(await refusalOf(sourcesFrom(host), requestWith(urlBlock('image', 'https://other.example/png?secret')))).toBe(
      `${sourcePath}${downloadError}Cannot reach its host (ERR_TLS_CERT_ALTNAME_INVALID). URLs are fetched directly, without a proxy. If that fails, send the bytes as base64 instead.`,
    )
    const get = createPinnedGet({ port: host.port })
    expect(await refusalOf(sourcesFrom(host, { get }), requestWith(urlBlock('image')))).toContain(
      'Cannot reach its host (',
    )
    expect(host.requests).toEqual([])
  })

  test('B3 D4 be unreachable', async () => {
    const lookup = () => Promise.reject(Object.assign(new Error('secret'), { code: 'ENOTFOUND' }))
    expect(await refusalOf(sourcesFrom(unreachableHost, { lookup }), requestWith(urlBlock('image')))).toContain(
      'its host (ENOTFOUND)',
    )
    expect(await refusalOf(sourcesFrom(unreachableHost), requestWith(urlBlock('image')))).toContain(
      'its host (ECONNREFUSED)',
    )
    const lost = sourcesFrom(unreachableHost, { lookup: async () => [] })
    expect(await refusalOf(lost, requestWith(urlBlock('image')))).toContain('Cannot reach its host')
  })
})

describe('the environment', () => {
  const names = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy']
  const withVariables = async (variables: Record<string, string | undefined>, act: () => Promise<void>) => {
    const before = Object.keys(variables).map((name) => [name, process.env[name]] as const)
    const set = (name: string, value: string | undefined) => {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
    for (const [name, value] of Object.entries(variables)) set(name, value)
    try {
      await act()
    } finally {
      for (const [name, value] of before) set(name, value)
    }
  }

  test('B3 D4 neither sends a download to a proxy nor disables the check of certificates', async () => {
    const host = await fileHost(serveAnyFile)
    const proxy = await fileHost(() => undefined)
    const address = `http://127.0.0.1:${proxy.port}`
    const variables = {
      ...Object.fromEntries(names.map((name) => [name, address])),
      NO_PROXY: undefined,
      no_proxy: undefined,
      NODE_USE_ENV_PROXY: '1',
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
    }
    await withVariables(variables, async () => {
      const inline = sourcesFrom(host)
      expect(await inline(requestWith(urlBlock('image', 'https://files.example/png')), unabortedSignal)).toEqual(
        requestWith({ type: 'image', source: pngSource }),
      )
      expect(await refusalOf(inline, requestWith(urlBlock('image', 'https://other.example/png')))).toContain(
        'ALTNAME_INVALID',
      )
    })
    expect(proxy.connections.opened).toBe(0)
  })
})

describe('a client that disconnects', () => {
  test('B3 D4 ends the downloads, and no listener is left on its signal', async () => {
    const host = await fileHost(() => undefined)
    const client = new AbortController()
    const given = requestWith(
      urlBlock('image', 'https://files.example/1'),
      urlBlock('image', 'https://files.example/2'),
    )
    const outcome = sourcesFrom(host)(given, client.signal).catch((error: unknown) => error)
    await waitUntil(() => host.requests.length === 2)
    client.abort()
    expect(await outcome).toMatchObject({ name: 'GatewayError', status: 499 })
    await waitUntil(() => host.connections.closed === 2)
    expect(getEventListeners(client.signal, 'abort').length).toBe(0)
    expect(await sourcesFrom(host)(given, client.signal).catch((error: unknown) => error)).toMatchObject({
      status: 499,
    })
    expect(host.connections.opened).toBe(2)
  })

  test('B3 D4 the first failure ends the other downloads', async () => {
    const host = await fileHost((path) => (path === '/bad' ? 'HTTP/1.1 500 No\r\n\r\n' : undefined))
    const given = requestWith(
      urlBlock('document', 'https://files.example/slow'),
      urlBlock('image', 'https://files.example/bad'),
    )
    expect(await refusalOf(sourcesFrom(host), given)).toBe(
      `messages.0.content.1.image.source.url: ${downloadError}Its host answered with status 500.`,
    )
    await waitUntil(() => host.connections.closed === 2)
  })
})
