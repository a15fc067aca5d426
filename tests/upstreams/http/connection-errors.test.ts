import { describe, expect, test } from 'bun:test'
import { createServer } from 'node:net'
import { isBrokenConnection, toConnectionError } from '../../../src/upstreams/http/connection-errors.ts'
import { simulate } from '../../support/chain.ts'
import { afterTest } from '../../support/cleanup.ts'
import { callContext, countBatches, remoteNexus, smallRequest } from '../../support/nexus.ts'
import { rawServer } from '../../support/raw-server.ts'

const unabortedSignal = (): AbortSignal => new AbortController().signal

const shortTimeouts = { connectMs: 100, drainMs: 200, excerptMs: 100, deadConnectionMs: 100 }

describe('a connection that fails', () => {
  test('times out soon, and is named', async () => {
    let connections = 0
    const server = createServer((socket) => {
      connections += 1
      socket.on('error', () => {})
      afterTest(() => void socket.destroy())
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    afterTest(() => void server.close())
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    // It accepts the connection and never answers with TLS.
    const retry = { maxRetries: 2, random: () => 0, sleep: async () => {} }
    const { nexus } = remoteNexus(`https://127.0.0.1:${port}`, { bodyTimeouts: shortTimeouts, retry })
    await expect(nexus.stream(smallRequest, callContext(unabortedSignal()))).rejects.toMatchObject({
      type: 'timeout_error',
      status: 504,
      shouldRetry: true,
      message: expect.stringContaining('Connecting to nexus.example timed out after 0.1 s.'),
    })
    expect(connections).toBe(1)
  })

  test('is not the same as a missing response', async () => {
    const server = await rawServer(() => {})
    const { nexus } = remoteNexus(server.url, { bodyTimeouts: shortTimeouts, silenceMs: 300 })
    await expect(nexus.message(smallRequest, callContext(unabortedSignal()))).rejects.toMatchObject({
      type: 'timeout_error',
      message: 'AI Nexus did not begin to answer within 0.3 s.',
    })
  })

  test('a response may take longer than a connection', async () => {
    const slow = simulate({ scenario: () => ({ content: [{ text: 'fine' }], pace: { firstMs: 300 } }) })
    const { nexus } = remoteNexus(slow.url, { bodyTimeouts: shortTimeouts })
    expect(await countBatches(nexus, callContext(unabortedSignal()))).toBeGreaterThan(0)
  })
})

describe("an error of another runtime's fetch", () => {
  const nodeError = (code: string): Error =>
    new TypeError('fetch failed', { cause: Object.assign(new Error('https://user:secret@nexus.example'), { code }) })
  const destination = { host: 'nexus.example', isPlain: false }

  test.each([
    ['ECONNREFUSED', 'nexus.example refused the connection.'],
    ['ENOTFOUND', 'Cannot resolve or reach nexus.example.'],
    ['UND_ERR_CONNECT_TIMEOUT', 'Cannot reach nexus.example (UND_ERR_CONNECT_TIMEOUT).'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'The certificate of nexus.example is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT).'],
    ['UND_ERR_SOCKET', 'The connection to nexus.example broke (UND_ERR_SOCKET).'],
  ])('has its code in its cause, and gets the words of that code: %s (OP-X1)', (code, words) => {
    const { message, status } = toConnectionError(nodeError(code), destination)
    expect({ message, status }).toEqual({ message: expect.stringContaining(words), status: 502 })
    expect(message).not.toContain('secret')
    expect(isBrokenConnection(nodeError(code))).toBe(code === 'UND_ERR_SOCKET')
  })
})
