import { describe, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { startNative, startNativeAt } from '../../../support/anthropic.ts'
import { rawServer } from '../../../support/raw-server.ts'
import { waitUntil } from '../../../support/wait-until.ts'

const megabyte = 1024 * 1024

const hashOf = (bytes: Uint8Array): string => new Bun.CryptoHasher('sha256').update(bytes).digest('hex')
const json = { 'content-type': 'application/json' }
const multipart = { 'content-type': 'multipart/form-data; boundary=x' }

/** A stream of this many megabytes, without a length. */
const megabytes = (count: number): ReadableStream<Uint8Array> => {
  let left = count
  return new ReadableStream({
    pull(controller) {
      if (left === 0) return controller.close()
      left -= 1
      controller.enqueue(new Uint8Array(megabyte).fill(left))
    },
  })
}

/** Opens a request, sends its head and the beginning of its body, and keeps the connection. */
const openUpload = (url: string, path: string, fields: string, beginning = '') => {
  const socket = connect(Number(new URL(url).port), '127.0.0.1', () =>
    socket.write(`POST ${path} HTTP/1.1\r\nhost: localhost\r\n${fields}\r\n\r\n${beginning}`),
  )
  let received = ''
  socket.on('data', (data) => {
    received += data.toString('latin1')
  })
  socket.on('error', () => {})
  return { socket, status: () => Number(received.split(' ')[1] ?? 0) }
}

const multipartFields = 'content-type: multipart/form-data; boundary=x'

describe('a body', () => {
  test.each([
    ['/v1/messages', 32, 'application/json'],
    ['/v1/messages/count_tokens', 32, 'application/json'],
    ['/v1/messages/batches', 256, 'application/json'],
    ['/v1/files', 500, 'multipart/form-data; boundary=x'],
    ['/v1/later', 32, 'text/plain'],
  ])(
    'of %s that declares more than %d MB is refused at once (AU-N1, AU-P3, AU-P5, AU-P8)',
    async (path, limit, type) => {
      const { url, received } = startNative(() => new Response('fine'))
      const fields = `content-type: ${type}\r\ncontent-length: ${limit * megabyte + 1}`
      const { socket, status } = openUpload(url, path, fields)
      await waitUntil(() => status() !== 0)
      expect([status(), received.length]).toEqual([413, 0])
      socket.destroy()
    },
  )

  test.each(['/v1/messages', '/v1/later'])(
    'of %s without a length is refused when it exceeds the limit (AU-N1, AU-P8)',
    async (path) => {
      const { url, received, shutdown } = startNative(() => new Response('fine'))
      const response = await fetch(url + path, { method: 'POST', headers: json, body: megabytes(33) })
      expect([response.status, await response.json()]).toMatchObject([413, { error: { type: 'request_too_large' } }])
      expect(received).toEqual([])
      await waitUntil(() => shutdown.running() === 0)
    },
  )

  test('of a file is streamed, with its length or without one, and arrives byte for byte (AU-R4, AU-P5)', async () => {
    const { url, received } = startNative(() => new Response('fine'))
    const large = Buffer.alloc(33 * megabyte, 'large')
    const unmeasured = Buffer.concat(await Array.fromAsync(megabytes(3)))
    await fetch(`${url}/v1/files`, { method: 'POST', headers: multipart, body: large })
    await fetch(`${url}/v1/files`, { method: 'POST', headers: multipart, body: megabytes(3) })
    expect(received.map(({ headers }) => headers.get('content-length'))).toEqual([String(large.length), null])
    expect(received.map(({ body }) => hashOf(body))).toEqual([hashOf(large), hashOf(unmeasured)])
  })

  test('of a file reaches the upstream while it is sent (AU-P5)', async () => {
    let seen = ''
    const server = await rawServer((socket) => socket.on('data', (data) => (seen += data.toString())))
    const { url } = startNativeAt(server.url)
    const { socket } = openUpload(url, '/v1/files', `${multipartFields}\r\ncontent-length: 1000`, 'first')
    await waitUntil(() => server.count() > 0)
    socket.write('second')
    await waitUntil(() => seen.includes('second'))
    socket.destroy()
  })

  test('that the client breaks off never looks whole to the upstream (AU-N9, AU-R4)', async () => {
    for (const framing of ['content-length: 1000', 'transfer-encoding: chunked']) {
      let seen = ''
      let isClosed = false
      const server = await rawServer((socket) => {
        socket.on('data', (data) => (seen += data.toString()))
        socket.on('close', () => (isClosed = true))
      })
      const { url, shutdown } = startNativeAt(server.url)
      const { socket } = openUpload(url, '/v1/files', `${multipartFields}\r\n${framing}`, '5\r\nfirst\r\n')
      await waitUntil(() => server.count() > 0)
      socket.destroy()
      await waitUntil(() => isClosed && shutdown.running() === 0)
      expect(seen).not.toContain('0\r\n\r\n')
    }
  })

  test('of a file is answered early if the upstream does not want it (AU-R5)', async () => {
    const refusal = '{"type":"error"}'
    const server = await rawServer((socket, count) => {
      if (count > 1) return
      socket.write(`HTTP/1.1 403 Forbidden\r\ncontent-length: ${refusal.length}\r\n\r\n${refusal}`)
    })
    const { url } = startNativeAt(server.url)
    const { socket, status } = openUpload(url, '/v1/files', `${multipartFields}\r\ncontent-length: 1000`, 'first')
    await waitUntil(() => status() !== 0)
    expect(status()).toBe(403)
    socket.destroy()
  })

  test.each([
    ['an answer', 413, 'HTTP/1.1 413 Content Too Large\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}'],
    ['none', 502, ''],
  ])(
    'whose end the upstream does not wait for is no failure of the client: %s (AU-R4, AU-R5)',
    async (_, status, answer) => {
      const server = await rawServer((socket) => socket.end(answer))
      const { url, records } = startNativeAt(server.url)
      const requests = 10
      for (let index = 0; index < requests; index += 1) {
        const client = new AbortController()
        const body = new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(Buffer.from('begun')) })
        const { signal } = client
        const response = await fetch(`${url}/v1/files`, { method: 'POST', headers: multipart, body, signal })
        expect([response.status, (await response.text()) === '{}']).toEqual([status, answer !== ''])
        client.abort()
      }
      expect(records.filter(({ event }) => event === 'request.cancelled')).toEqual([])
    },
  )
})
