import { describe, expect, test } from 'bun:test'
import { getEventListeners } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { randomId } from '../../src/base/ids.ts'
import { createLogger, type LogRecord } from '../../src/base/logger.ts'
import { Secret } from '../../src/base/secret.ts'
import { encodeFrame } from '../../src/codec/aws-event-stream/encode.ts'
import { startSimulator } from '../../src/simulator/server.ts'
import type { Fetch } from '../../src/upstreams/http.ts'
import { readConverseStream } from '../../src/upstreams/nexus/frames.ts'
import { createNexus } from '../../src/upstreams/nexus/index.ts'
import type { CallContext, Upstream } from '../../src/upstreams/upstream.ts'
import type { MessagesRequest } from '../../src/wire/anthropic/request.ts'
import { request } from '../support/chain.ts'
import { later } from '../support/cleanup.ts'

/** What goes over the line to Nexus, and what is left of it afterwards. */

/** As in earnest, but quick. */
const patience = { drainMs: 200, excerptMs: 100, deadConnectionMs: 100 }

const nexusAt = (endpointUrl: string, more: Partial<Parameters<typeof createNexus>[0]> = {}) => {
  const records: LogRecord[] = []
  const nexus = createNexus({
    fetch: fetch as Fetch,
    maximumConnections: 8,
    endpointUrl,
    apiKey: new Secret('key'),
    silenceMs: 60_000,
    patience,
    retry: { maxRetries: 0, random: () => 0, sleep: async () => {} },
    newId: randomId,
    log: createLogger('debug', (record) => records.push(record)),
    ...more,
  })
  return { nexus, records }
}

const context = (signal: AbortSignal, modelId = 'claude-sonnet-4.6'): CallContext => ({
  requestId: 'req_1',
  modelId,
  betas: [],
  signal,
  onUpstreamId: () => {},
})
const ask = request() as MessagesRequest

const drainAll = async (upstream: Upstream, call: CallContext): Promise<number> => {
  let batches = 0
  for await (const _ of await upstream.stream(ask, call)) batches += 1
  return batches
}

const simulate = (options: Parameters<typeof startSimulator>[0] = {}) => {
  const simulator = startSimulator(options)
  later(() => simulator.stop())
  return simulator
}

/** A server of raw sockets that answers each request with the given bytes. */
const rawServer = async (answer: (socket: Socket, count: number) => void) => {
  const sockets: Socket[] = []
  let requests = 0
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    socket.on('data', () => {
      requests += 1
      answer(socket, requests)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  later(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, sockets, count: () => requests }
}

const frame = (type: string, payload: object): Uint8Array =>
  encodeFrame(
    { ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' },
    new TextEncoder().encode(JSON.stringify(payload)),
  )
const wholeStream = Buffer.concat([
  frame('messageStart', { role: 'assistant' }),
  frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'x' } }),
  frame('contentBlockStop', { contentBlockIndex: 0 }),
  frame('messageStop', { stopReason: 'end_turn' }),
  frame('metadata', { usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 } }),
])
const streamHead =
  'HTTP/1.1 200 OK\r\ncontent-type: Application/vnd.amazon.eventstream\r\ntransfer-encoding: chunked\r\n\r\n'
const chunk = (bytes: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await Bun.sleep(1)
}

describe('a request', () => {
  test('T1 T2 goes to the encoded model, with the headers that AWS wants', async () => {
    const seen: { url: string; headers: Headers }[] = []
    const server = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch(received) {
        seen.push({ url: received.url, headers: received.headers })
        return Response.json({ message: 'no' }, { status: 400 })
      },
    })
    later(() => server.stop(true))
    const { nexus } = nexusAt(`http://127.0.0.1:${server.port}/prefix`)
    const arn = 'arn:aws:bedrock:eu-central-1:123456789012:application-inference-profile/abc'
    await nexus.message(ask, context(new AbortController().signal, arn)).catch(() => {})
    await nexus.stream(ask, context(new AbortController().signal)).catch(() => {})
    expect(seen.map(({ url }) => new URL(url).pathname)).toEqual([
      `/prefix/model/${encodeURIComponent(arn)}/converse`,
      '/prefix/model/claude-sonnet-4.6/converse-stream',
    ])
    expect(
      seen.map(({ headers }) => [headers.get('content-type'), headers.get('accept'), headers.get('authorization')]),
    ).toEqual([
      ['application/json', 'application/json', 'Bearer key'],
      ['application/json', 'application/vnd.amazon.eventstream', 'Bearer key'],
    ])
  })

  test("is not subject to fetch's own limits, and takes no detours", async () => {
    const inits: Record<string, unknown>[] = []
    const recording: Fetch = (url, init) => {
      inits.push({ ...init })
      return (fetch as Fetch)(url, init)
    }
    const { nexus } = nexusAt(simulate().url, { fetch: recording })
    await nexus.message(ask, context(new AbortController().signal))
    expect(inits[0]).toMatchObject({ method: 'POST', timeout: false, redirect: 'manual', proxy: false })
  })
})

describe('a connection', () => {
  test('is used again when an answer has ended', async () => {
    const server = await rawServer((socket) => {
      socket.write(streamHead)
      socket.write(chunk(wholeStream))
      setTimeout(() => socket.write('0\r\n\r\n'), 20)
    })
    const { nexus } = nexusAt(server.url)
    for (let round = 0; round < 3; round += 1) {
      const { signal } = new AbortController()
      expect(await drainAll(nexus, context(signal))).toBe(1)
      await until(() => getEventListeners(signal, 'abort').length === 0)
    }
    expect([server.count(), server.sockets.length]).toEqual([3, 1])
  })

  test('that does not end after the answer has is given up', async () => {
    const server = await rawServer((socket) => {
      socket.write(streamHead)
      socket.write(chunk(wholeStream))
    })
    const { nexus } = nexusAt(server.url)
    expect(await drainAll(nexus, context(new AbortController().signal))).toBe(1)
    await until(() => server.sockets[0]?.destroyed === true || server.sockets[0]?.readyState !== 'open')
  })

  test('of a reader who leaves in the middle is given up', async () => {
    const { nexus } = nexusAt(
      simulate({ scenario: () => ({ content: [{ text: 'x'.repeat(500) }], pace: { frameMs: 2, deltaCharacters: 1 } }) })
        .url,
    )
    const client = new AbortController()
    for await (const _ of await nexus.stream(ask, context(client.signal))) break
    expect(getEventListeners(client.signal, 'abort').length).toBeLessThanOrEqual(1)
    client.abort()
    expect(getEventListeners(client.signal, 'abort')).toEqual([])
  })

  test('leaves no listener behind, whatever became of the call', async () => {
    const { signal } = new AbortController()
    const replies = [
      {},
      { error: { status: 500, message: 'm' } },
      { content: [{ text: 'x' }], fault: { afterFrames: 2, kind: 'exception' as const } },
      { content: [{ text: 'x' }], fault: { afterFrames: 2, kind: 'cut frame' as const } },
    ]
    for (const reply of replies) {
      const { nexus } = nexusAt(simulate({ scenario: () => reply }).url)
      await drainAll(nexus, context(signal)).catch(() => {})
      await nexus.message(ask, context(signal)).catch(() => {})
    }
    await until(() => getEventListeners(signal, 'abort').length === 0)
  })

  test('that is dead is mended once for a request, however often it is tried', async () => {
    for (const [maxRetries, requests] of [
      [0, 1],
      [1, 3],
      [2, 4],
    ] as const) {
      const server = await rawServer((socket) => socket.resetAndDestroy())
      const { nexus } = nexusAt(server.url, { retry: { maxRetries, random: () => 0, sleep: async () => {} } })
      await expect(nexus.message(ask, context(new AbortController().signal))).rejects.toMatchObject({
        status: 502,
        retryable: true,
      })
      expect(server.count()).toBe(requests)
    }
  })

  test('that broke while the model was at work is not mended in secret', async () => {
    const server = await rawServer((socket) => setTimeout(() => socket.resetAndDestroy(), 150))
    const { nexus, records } = nexusAt(server.url, { retry: { maxRetries: 1, random: () => 0, sleep: async () => {} } })
    await nexus.message(ask, context(new AbortController().signal)).catch(() => {})
    expect([server.count(), records.filter(({ event }) => event === 'upstream.retry').length]).toEqual([2, 1])
  })
})

describe('an answer that is none', () => {
  const answering = (status: number, body: string, headers: Record<string, string> = {}): Upstream => {
    const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response(body, { status, headers }) })
    later(() => server.stop(true))
    return nexusAt(`http://127.0.0.1:${server.port}`).nexus
  }
  const json = { 'content-type': 'application/json' }

  test.each([
    [
      '{"message":"Too many requests"}',
      { ...json, 'x-amzn-errortype': 'ThrottlingException' },
      'rate_limit_error',
      429,
      'Too many requests',
    ],
    ['{"message":"gateway says no"}', json, 'api_error', 502, 'gateway says no'],
    ['{}', json, 'api_error', 502, 'AI Nexus answered 200 with something that is no answer.'],
    ['[]', json, 'api_error', 502, 'AI Nexus answered 200 with something that is no answer.'],
    ['{"output":{"message":{}}}', json, 'api_error', 502, 'AI Nexus answered 200 with something that is no answer.'],
    [
      '<html>log in</html>',
      { 'content-type': 'text/html' },
      'api_error',
      502,
      'AI Nexus answered 200 with a web page. Is a proxy or a login page in the way?',
    ],
  ])('%s', async (body, headers, type, status, message) => {
    const upstream = answering(200, body, headers as Record<string, string>)
    const { signal } = new AbortController()
    await expect(upstream.message(ask, context(signal))).rejects.toMatchObject({ type, status, message })
    await expect(upstream.stream(ask, context(signal))).rejects.toMatchObject({ type, status, message })
  })

  test('endless, it is read no further than an error is long', async () => {
    let sent = 0
    const server = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: () =>
        new Response(
          new ReadableStream({
            pull(controller) {
              sent += 65_536
              controller.enqueue(new Uint8Array(65_536).fill(97))
            },
          }),
          { status: 500, headers: { 'content-type': 'text/html' } },
        ),
    })
    later(() => server.stop(true))
    const { nexus } = nexusAt(`http://127.0.0.1:${server.port}`)
    await expect(nexus.stream(ask, context(new AbortController().signal))).rejects.toMatchObject({ status: 500 })
    expect(sent).toBeLessThan(50_000_000)
  })

  test('with a body that stalls, its status is told all the same', async () => {
    const server = await rawServer((socket) =>
      socket.write(
        'HTTP/1.1 429 Too Many\r\nx-amzn-errortype: ThrottlingException\r\nretry-after: 3\r\ncontent-length: 100\r\n\r\n{"mes',
      ),
    )
    const failure = await nexusAt(server.url)
      .nexus.message(ask, context(new AbortController().signal))
      .catch((error: unknown) => error)
    expect(failure).toMatchObject({ type: 'rate_limit_error', retryAfterSeconds: 3 })
  })

  test('slow but steady, a whole answer is waited for', async () => {
    const body = JSON.stringify({
      output: { message: { role: 'assistant', content: [{ text: 'fine' }] } },
      stopReason: 'end_turn',
      usage: {},
    })
    const server = await rawServer((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`)
      for (const [index, piece] of [...(body.match(/.{1,20}/g) ?? [])].entries())
        setTimeout(() => socket.write(piece), 120 * index)
    })
    const { nexus } = nexusAt(server.url, { silenceMs: 400 })
    expect(await nexus.message(ask, context(new AbortController().signal))).toMatchObject({
      content: [{ text: 'fine' }],
    })
  })
})

describe('frames', () => {
  const wording = { model: 'm', maxTokens: undefined }
  const read = async (...frames: Uint8Array[]) => {
    const events = []
    async function* chunks() {
      yield* frames
    }
    for await (const batch of readConverseStream(chunks(), wording)) events.push(...batch)
    return events
  }

  test('wrapped in their own name are unwrapped', async () => {
    expect(
      await read(frame('contentBlockDelta', { contentBlockDelta: { contentBlockIndex: 1, delta: { text: 'x' } } })),
    ).toEqual([{ type: 'contentBlockDelta', contentBlockIndex: 1, delta: { text: 'x' } }])
  })

  test.each([
    ['', 'AI Nexus ended the stream: throttlingException'],
    ['slow down', 'slow down'],
    ['{"message":"slow down"}', 'slow down'],
  ])('that report an exception are known by its name: %p', async (payload, message) => {
    const exception = encodeFrame(
      { ':message-type': 'exception', ':exception-type': 'throttlingException' },
      new TextEncoder().encode(payload),
    )
    await expect(read(exception)).rejects.toMatchObject({ type: 'rate_limit_error', message })
  })

  test('that report an error are one', async () => {
    const error = encodeFrame(
      { ':message-type': 'error', ':error-code': 'internalServerException', ':error-message': 'broken' },
      new Uint8Array(),
    )
    await expect(read(error)).rejects.toMatchObject({ type: 'api_error', message: 'broken' })
  })

  test('with a payload that is no object are damage, and the payload is not quoted', async () => {
    const odd = encodeFrame(
      { ':message-type': 'event', ':event-type': 'messageStart' },
      new TextEncoder().encode('"canary"'),
    )
    await expect(read(odd)).rejects.toThrow(/payload of a messageStart frame is not a JSON object/)
  })

  test('that nobody knows are warned of once', async () => {
    const server = await rawServer((socket) => {
      socket.write(streamHead)
      socket.write(chunk(Buffer.concat([frame('novelty', {}), frame('novelty', {}), wholeStream])))
      socket.write('0\r\n\r\n')
    })
    const { nexus, records } = nexusAt(server.url)
    await drainAll(nexus, context(new AbortController().signal))
    expect(
      records.filter(({ event }) => event === 'upstream.unknown_event').map(({ fields }) => fields['name']),
    ).toEqual(['novelty'])
  })

  test('a line that breaks after the model has stopped takes nothing from the answer', async () => {
    const server = await rawServer((socket) => {
      socket.write(streamHead)
      socket.write(
        chunk(
          Buffer.concat([
            frame('messageStart', {}),
            frame('contentBlockDelta', { delta: { text: 'x' } }),
            frame('messageStop', { stopReason: 'end_turn' }),
          ]),
        ),
      )
      setTimeout(() => socket.resetAndDestroy(), 20)
    })
    let last: unknown
    for await (const batch of await nexusAt(server.url).nexus.stream(ask, context(new AbortController().signal)))
      last = batch.at(-1)
    expect(last).toEqual({ type: 'message_stop' })
  })
})
