import { describe, expect, jest, test } from 'bun:test'
import { createServer, type Server, type Socket } from 'node:net'
import { GatewayError } from '../../src/base/errors.ts'
import { startDeadline } from '../../src/upstreams/deadlines.ts'
import { type RetryPolicy, withRetries } from '../../src/upstreams/retry.ts'
import { request, startChain } from '../support/chain.ts'
import { later } from '../support/cleanup.ts'

/** A server of raw sockets, for what a proper one would never do. */
const rawServer = async (onRequest: (socket: Socket, count: number) => void): Promise<string> => {
  let count = 0
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', () => {
      count += 1
      onRequest(socket, count)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  later(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
}

const answer = (): string => {
  const body = JSON.stringify({
    output: { message: { role: 'assistant', content: [{ text: 'fine' }] } },
    stopReason: 'end_turn',
    usage: {},
  })
  return `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
}

describe('connections', () => {
  test('a connection that was kept open and is dead is replaced once, at once', async () => {
    const seen: number[] = []
    const endpointUrl = await rawServer((socket, count) => {
      seen.push(count)
      if (count === 2) socket.resetAndDestroy()
      else socket.write(answer())
    })
    const { post } = startChain({ endpointUrl, config: { maxRetries: 2 } })
    expect((await post(request())).status).toBe(200)
    expect((await post(request())).status).toBe(200)
    expect(seen).toEqual([1, 2, 3])
  })

  test('without retries a broken connection is told', async () => {
    const endpointUrl = await rawServer((socket) => socket.resetAndDestroy())
    const { post, records } = startChain({ endpointUrl, config: { maxRetries: 0 } })
    const response = await post(request())
    expect([response.status, response.headers.get('x-should-retry')]).toEqual([502, 'true'])
    expect(records.some(({ event }) => event === 'upstream.retry')).toBe(false)
  })

  test('a broken connection is tried again as often as is allowed', async () => {
    const endpointUrl = await rawServer((socket, count) => {
      if (count < 3) socket.resetAndDestroy()
      else socket.write(answer())
    })
    const { post, records } = startChain({ endpointUrl, config: { maxRetries: 1 } })
    expect((await post(request())).status).toBe(200)
    expect(records.filter(({ event }) => event === 'upstream.retry').map(({ fields }) => fields['status'])).toEqual([
      502,
    ])
  })

  test('compressed answers are not asked for', async () => {
    const { post, simulator } = startChain()
    await post(request())
    expect(simulator.journal[0]?.headers['accept-encoding']).toBe('identity')
  })
})

describe('deadlines', () => {
  test('count only while somebody listens', () => {
    jest.useFakeTimers()
    try {
      const deadline = startDeadline(1000, new AbortController().signal, () => {})
      jest.advanceTimersByTime(900)
      deadline.heard()
      jest.advanceTimersByTime(60_000)
      expect(deadline.expired).toBeUndefined()
      deadline.listen()
      jest.advanceTimersByTime(999)
      expect(deadline.signal.aborted).toBe(false)
      jest.advanceTimersByTime(1001)
      expect(deadline.expired?.message).toBe('AI Nexus sent nothing for 1 s.')
      expect(deadline.signal.aborted).toBe(true)
      deadline.stop()
    } finally {
      jest.useRealTimers()
    }
  })

  test("hand on the caller's wish to end, and forget the caller", () => {
    const caller = new AbortController()
    const deadline = startDeadline(10_000, caller.signal, () => {})
    caller.abort('gone')
    expect(deadline.signal.aborted).toBe(true)
    expect(deadline.expired).toBeUndefined()
    deadline.stop()
    const early = startDeadline(10_000, caller.signal, () => {})
    expect(early.signal.aborted).toBe(true)
    early.stop()
  })
})

describe('retries', () => {
  const waits: number[] = []
  const policy: RetryPolicy = {
    maxRetries: 4,
    random: () => 1,
    sleep: async (milliseconds) => void waits.push(milliseconds),
  }
  const failing = (error: GatewayError) =>
    withRetries(
      async () => Promise.reject(error),
      policy,
      new AbortController().signal,
      () => {},
    )

  test('wait longer each time, up to a bound, and end in the last error', async () => {
    waits.length = 0
    await expect(failing(new GatewayError('overloaded_error', 'm', { retryable: true }))).rejects.toThrow('m')
    expect(waits).toEqual([500, 1000, 2000, 4000])
  })

  test('are never further apart than eight seconds, and anywhere up to there', async () => {
    waits.length = 0
    const failure = new GatewayError('api_error', 'm', { retryable: true })
    const { signal } = new AbortController()
    const attempt = async (): Promise<never> => Promise.reject(failure)
    await withRetries(attempt, { ...policy, maxRetries: 7, random: () => 0.5 }, signal, () => {}).catch(() => {})
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 4000, 4000])
  })

  test.each([
    [{ retryable: true, retryAfterSeconds: 10 }, 4],
    [{ retryable: true, retryAfterSeconds: 11 }, 0],
    [{ retryable: false }, 0],
  ])('%p is tried again %i times', async (options, times) => {
    waits.length = 0
    await expect(failing(new GatewayError('rate_limit_error', 'm', options))).rejects.toThrow('m')
    expect(waits.length).toBe(times)
  })

  test("take the upstream's own wish", async () => {
    waits.length = 0
    await expect(
      failing(new GatewayError('rate_limit_error', 'm', { retryable: true, retryAfterSeconds: 3 })),
    ).rejects.toThrow('m')
    expect(waits).toEqual([3000, 3000, 3000, 3000])
  })

  test('end when the caller leaves during a wait', async () => {
    const caller = new AbortController()
    let tries = 0
    const sleeping: RetryPolicy = {
      ...policy,
      sleep: (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason))
          caller.abort(new Error('gone'))
        }),
    }
    const attempt = async (): Promise<never> => {
      tries += 1
      throw new GatewayError('overloaded_error', 'm', { retryable: true })
    }
    await expect(withRetries(attempt, sleeping, caller.signal, () => {})).rejects.toMatchObject({
      status: 499,
      message: 'The client closed the request.',
    })
    expect(tries).toBe(1)
  })
})
