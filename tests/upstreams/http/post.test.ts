import { describe, expect, test } from 'bun:test'
import { getEventListeners } from 'node:events'
import { request, simulate, startChain } from '../../support/chain.ts'
import {
  callContext,
  countBatches,
  httpChunk,
  nexusAt,
  smallRequest,
  streamResponseHead,
  wholeStream,
} from '../../support/nexus.ts'
import { rawServer } from '../../support/raw-server.ts'
import { waitUntil } from '../../support/wait-until.ts'

const answer = (): string => {
  const body = JSON.stringify({
    output: { message: { role: 'assistant', content: [{ text: 'fine' }] } },
    stopReason: 'end_turn',
    usage: {},
  })
  return `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
}

describe('connections', () => {
  test('a kept-alive connection that was closed is replaced once, immediately', async () => {
    const seen: number[] = []
    const { url: endpointUrl } = await rawServer((socket, count) => {
      seen.push(count)
      if (count === 2) socket.resetAndDestroy()
      else socket.write(answer())
    })
    const { post } = startChain({ endpointUrl, config: { maxRetries: 2 } })
    expect((await post(request())).status).toBe(200)
    expect((await post(request())).status).toBe(200)
    expect(seen).toEqual([1, 2, 3])
  })

  test('without retries a broken connection is reported', async () => {
    const { url: endpointUrl } = await rawServer((socket) => socket.resetAndDestroy())
    const { post, records } = startChain({ endpointUrl, config: { maxRetries: 0 } })
    const response = await post(request())
    expect([response.status, response.headers.get('x-should-retry')]).toEqual([502, 'true'])
    expect(records.some(({ event }) => event === 'upstream.retry')).toBe(false)
  })

  test('a broken connection is retried up to the limit', async () => {
    const { url: endpointUrl } = await rawServer((socket, count) => {
      if (count < 3) socket.resetAndDestroy()
      else socket.write(answer())
    })
    const { post, records } = startChain({ endpointUrl, config: { maxRetries: 1 } })
    expect((await post(request())).status).toBe(200)
    expect(records.filter(({ event }) => event === 'upstream.retry').map(({ fields }) => fields['status'])).toEqual([
      502,
    ])
  })

  test('requests do not accept compressed responses', async () => {
    const { post, simulator } = startChain()
    await post(request())
    expect(simulator.journal[0]?.headers['accept-encoding']).toBe('identity')
  })
})

describe('a connection', () => {
  test('is used again after a response has ended', async () => {
    const server = await rawServer((socket) => {
      socket.write(streamResponseHead)
      socket.write(httpChunk(wholeStream))
      setTimeout(() => socket.write('0\r\n\r\n'), 20)
    })
    const { nexus } = nexusAt(server.url)
    for (let round = 0; round < 3; round += 1) {
      const { signal } = new AbortController()
      expect(await countBatches(nexus, callContext(signal))).toBe(1)
      await waitUntil(() => getEventListeners(signal, 'abort').length === 0)
    }
    expect([server.count(), server.sockets.length]).toEqual([3, 1])
  })

  test('that does not end after its response is closed', async () => {
    const server = await rawServer((socket) => {
      socket.write(streamResponseHead)
      socket.write(httpChunk(wholeStream))
    })
    const { nexus } = nexusAt(server.url)
    expect(await countBatches(nexus, callContext(new AbortController().signal))).toBe(1)
    await waitUntil(() => server.sockets[0]?.destroyed === true || server.sockets[0]?.readyState !== 'open')
  })

  test('is closed if its reader stops in the middle', async () => {
    const { nexus } = nexusAt(
      simulate({ scenario: () => ({ content: [{ text: 'x'.repeat(500) }], pace: { frameMs: 2, deltaCharacters: 1 } }) })
        .url,
    )
    const client = new AbortController()
    for await (const _ of await nexus.stream(smallRequest, callContext(client.signal))) break
    expect(getEventListeners(client.signal, 'abort').length).toBeLessThanOrEqual(1)
    client.abort()
    expect(getEventListeners(client.signal, 'abort')).toEqual([])
  })

  test('leaves no listener behind, after any end of the call', async () => {
    const { signal } = new AbortController()
    const replies = [
      {},
      { error: { status: 500, message: 'm' } },
      { content: [{ text: 'x' }], fault: { afterFrames: 2, kind: 'exception' as const } },
      { content: [{ text: 'x' }], fault: { afterFrames: 2, kind: 'cut frame' as const } },
    ]
    for (const reply of replies) {
      const { nexus } = nexusAt(simulate({ scenario: () => reply }).url)
      await countBatches(nexus, callContext(signal)).catch(() => {})
      await nexus.message(smallRequest, callContext(signal)).catch(() => {})
    }
    await waitUntil(() => getEventListeners(signal, 'abort').length === 0)
  })

  test('that was closed is replaced once for a request, also with retries', async () => {
    for (const [maxRetries, requests] of [
      [0, 1],
      [1, 3],
      [2, 4],
    ] as const) {
      const server = await rawServer((socket) => socket.resetAndDestroy())
      const { nexus, records } = nexusAt(server.url, { retry: { maxRetries, random: () => 0, sleep: async () => {} } })
      await expect(nexus.message(smallRequest, callContext(new AbortController().signal))).rejects.toMatchObject({
        status: 502,
        retryable: true,
      })
      expect(server.count()).toBe(requests)
      // Every request except the first has a log line.
      const tries = records.filter(({ event }) => event === 'upstream.retry' || event === 'upstream.reconnect')
      expect(tries.length).toBe(requests - 1)
    }
  })

  test('that was closed is reported, so that the second request is counted (OP-M)', async () => {
    const server = await rawServer((socket) => socket.resetAndDestroy())
    const { nexus } = nexusAt(server.url, { retry: { maxRetries: 1, random: () => 0, sleep: async () => {} } })
    let [attempts, resends] = [0, 0]
    const counting = { onAttempt: () => (attempts += 1), onResend: () => (resends += 1) }
    const call = { ...callContext(new AbortController().signal), ...counting }
    await expect(nexus.message(smallRequest, call)).rejects.toMatchObject({ status: 502 })
    expect([attempts, resends, server.count()]).toEqual([2, 1, 3])
  })

  test('that broke while the model was working is not replaced silently', async () => {
    const server = await rawServer((socket) => setTimeout(() => socket.resetAndDestroy(), 150))
    const { nexus, records } = nexusAt(server.url, { retry: { maxRetries: 1, random: () => 0, sleep: async () => {} } })
    await nexus.message(smallRequest, callContext(new AbortController().signal)).catch(() => {})
    expect([server.count(), records.filter(({ event }) => event === 'upstream.retry').length]).toEqual([2, 1])
  })
})
