import { describe, expect, test } from 'bun:test'
import { createServer } from 'node:net'
import type { Fetch } from '../../../src/upstreams/http/post.ts'
import { simulate } from '../../support/chain.ts'
import { later } from '../../support/cleanup.ts'
import { ask, context, drainAll, nexusAt } from '../../support/nexus.ts'
import { rawServer } from '../../support/raw-server.ts'

/** The way to another machine. Here its name leads to this one. */

const elsewhere = 'nexus.example'
const leadingTo =
  (target: string): Fetch =>
  (url, init) => {
    const { pathname } = new URL(url)
    return (fetch as Fetch)(target + pathname, {
      ...init,
      proxy: false,
      tls: { rejectUnauthorized: false },
    } as typeof init)
  }
const nexusElsewhere = (target: string, more: object = {}) =>
  nexusAt(`https://${elsewhere}`, { fetch: leadingTo(target), ...more })
const never = (): AbortSignal => new AbortController().signal
const impatience = { connectMs: 100, drainMs: 200, excerptMs: 100, deadConnectionMs: 100 }

describe('a connection that does not come about', () => {
  test('is given up soon, and named', async () => {
    let connections = 0
    const server = createServer((socket) => {
      connections += 1
      socket.on('error', () => {})
      later(() => void socket.destroy())
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    later(() => void server.close())
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    // It takes the connection and never says a word of TLS.
    const retry = { maxRetries: 2, random: () => 0, sleep: async () => {} }
    const { nexus } = nexusElsewhere(`https://127.0.0.1:${port}`, { patience: impatience, retry })
    await expect(nexus.stream(ask, context(never()))).rejects.toMatchObject({
      type: 'timeout_error',
      status: 504,
      shouldRetry: true,
      message: expect.stringContaining('No connection to nexus.example came about within 0.1 s.'),
    })
    expect(connections).toBe(1)
  })

  test('is not the same as an answer that does not come', async () => {
    const server = await rawServer(() => {})
    const { nexus } = nexusElsewhere(server.url, { patience: impatience, silenceMs: 300 })
    await expect(nexus.message(ask, context(never()))).rejects.toMatchObject({
      type: 'timeout_error',
      message: 'AI Nexus did not begin to answer within 0.3 s.',
    })
  })

  test('an answer may take longer than a connection', async () => {
    const slow = simulate({ scenario: () => ({ content: [{ text: 'fine' }], pace: { firstMs: 300 } }) })
    const { nexus } = nexusElsewhere(slow.url, { patience: impatience })
    expect(await drainAll(nexus, context(never()))).toBeGreaterThan(0)
  })
})

describe('a body on its way to another machine', () => {
  test('comes whole and with its length, however large and however many', async () => {
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
    later(() => server.stop(true))
    const { nexus } = nexusElsewhere(`http://127.0.0.1:${server.port}`)
    const large = { ...ask, messages: [{ role: 'user' as const, content: 'ü'.repeat(1_000_000) }] }
    await Promise.all(
      Array.from({ length: 8 }, (_, index) => nexus.message(index % 2 === 0 ? large : ask, context(never()))),
    )
    expect(seen.length).toBe(8)
    expect(seen.filter(({ bytes }) => bytes > 2_000_000).length).toBe(4)
    for (const { length, coding, bytes } of seen) expect([length, coding]).toEqual([String(bytes), null])
  })

  test('goes out again whole where the connection that was kept is dead', async () => {
    const answer = '{"output":{"message":{"content":[{"text":"fine"}]}},"stopReason":"end_turn","usage":{}}'
    const server = await rawServer((socket, count) => {
      if (count === 1) socket.resetAndDestroy()
      else socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${answer.length}\r\nconnection: close\r\n\r\n${answer}`)
    })
    const retry = { maxRetries: 1, random: () => 0, sleep: async () => {} }
    const { nexus, records } = nexusElsewhere(server.url, { retry })
    await nexus.message(ask, context(never()))
    expect(records.filter(({ event }) => event === 'upstream.retry')).toEqual([])
  })

  test('and a client that leaves in the meantime', async () => {
    const server = await rawServer(() => {})
    const { nexus } = nexusElsewhere(server.url)
    const client = new AbortController()
    const call = nexus.message(ask, context(client.signal))
    setTimeout(() => client.abort(), 50)
    await expect(call).rejects.toMatchObject({ status: 499 })
  })
})
