import { describe, expect, test } from 'bun:test'
import { originOf } from '../../../src/upstreams/http/destination.ts'
import { createPost, type Fetch } from '../../../src/upstreams/http/post.ts'
import { recordingServer } from '../../support/anthropic.ts'
import { afterTest } from '../../support/cleanup.ts'
import { callContext, remoteNexus, smallRequest } from '../../support/nexus.ts'
import { rawServer } from '../../support/raw-server.ts'
import { waitUntil } from '../../support/wait-until.ts'

const unabortedSignal = (): AbortSignal => new AbortController().signal

describe('a body on its way to another machine', () => {
  test('arrives complete and with its length, for any size and number', async () => {
    const seen: { length: string | null; coding: string | null; bytes: number }[] = []
    const server = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      async fetch(received) {
        const { headers } = received
        const bytes = (await received.arrayBuffer()).byteLength
        seen.push({ length: headers.get('content-length'), coding: headers.get('transfer-encoding'), bytes })
        return Response.json({
          output: { message: { content: [{ text: 'fine' }] } },
          stopReason: 'end_turn',
          usage: {},
        })
      },
    })
    afterTest(() => server.stop(true))
    const { nexus } = remoteNexus(`http://127.0.0.1:${server.port}`)
    const large = { ...smallRequest, messages: [{ role: 'user' as const, content: 'ü'.repeat(1_000_000) }] }
    await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        nexus.message(index % 2 === 0 ? large : smallRequest, callContext(unabortedSignal())),
      ),
    )
    expect(seen.length).toBe(8)
    expect(seen.filter(({ bytes }) => bytes > 2_000_000).length).toBe(4)
    for (const { length, coding, bytes } of seen) expect([length, coding]).toEqual([String(bytes), null])
  })

  test('is sent again completely if the kept-alive connection was closed', async () => {
    const answer = '{"output":{"message":{"content":[{"text":"fine"}]}},"stopReason":"end_turn","usage":{}}'
    const server = await rawServer((socket, count) => {
      if (count === 1) socket.resetAndDestroy()
      else socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${answer.length}\r\nconnection: close\r\n\r\n${answer}`)
    })
    const retry = { maxRetries: 1, random: () => 0, sleep: async () => {} }
    const { nexus, records } = remoteNexus(server.url, { retry })
    await nexus.message(smallRequest, callContext(unabortedSignal()))
    expect(records.filter(({ event }) => event === 'upstream.retry')).toEqual([])
  })

  test('and a client that disconnects in the meantime', async () => {
    const server = await rawServer(() => {})
    const { nexus } = remoteNexus(server.url)
    const client = new AbortController()
    const call = nexus.message(smallRequest, callContext(client.signal))
    setTimeout(() => client.abort(), 50)
    await expect(call).rejects.toMatchObject({ status: 499 })
  })
})

/** A body of 1 MB chunks that counts what has been read of it. */
const countedStream = (chunks: number) => {
  let read = 0
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (read === chunks) return controller.close()
        read += 1
        controller.enqueue(new Uint8Array(1 << 20).fill(read))
      },
    },
    { highWaterMark: 0 },
  )
  return { stream, read: () => read }
}

const postStream = (url: string, body: ReadableStream<Uint8Array>, headers: Record<string, string> = {}) =>
  createPost({ fetch: fetch as Fetch, origin: originOf('the server', url), maximumConnections: 8 })({
    method: 'PUT',
    url,
    headers,
    body,
    signal: unabortedSignal(),
    silenceMs: 60_000,
    resend: { isAllowed: true },
  })

describe("a client's stream", () => {
  test('arrives with the length that the client declared, or in chunks (AU-R4)', async () => {
    const { url, received } = recordingServer(() => new Response('fine'))
    const chunks = 5
    const length = String(chunks << 20)
    await (await postStream(url, countedStream(chunks).stream, { 'content-length': length })).text()
    await (await postStream(url, countedStream(chunks).stream)).text()
    expect(received.map(({ method, headers }) => [method, headers.get('content-length')])).toEqual([
      ['PUT', length],
      ['PUT', null],
    ])
    const sent = Buffer.concat(await Array.fromAsync(countedStream(chunks).stream))
    for (const { body } of received) expect(Buffer.compare(body, sent)).toBe(0)
  })

  test('is read only as fast as the server reads it', async () => {
    const server = await rawServer((socket) => socket.pause())
    const { stream, read } = countedStream(200)
    const pending = postStream(server.url, stream).catch(() => {})
    await waitUntil(() => server.count() > 0 && read() > 0)
    const polls = 30
    let before = 0
    let still = 0
    await waitUntil(() => {
      still = read() === before ? still + 1 : 0
      before = read()
      return still === polls
    })
    expect(read()).toBeLessThan(50)
    for (const socket of server.sockets) socket.destroy()
    await pending
  })
})
