import { describe, expect, test } from 'bun:test'
import type { Fetch } from '../../../src/upstreams/http/post.ts'
import type { Upstream } from '../../../src/upstreams/upstream.ts'
import { simulate } from '../../support/chain.ts'
import { afterTest } from '../../support/cleanup.ts'
import { callContext, nexusAt, smallRequest } from '../../support/nexus.ts'
import { rawServer } from '../../support/raw-server.ts'

/** The requests to Nexus, and invalid responses. */

describe('a request', () => {
  test('T1 T2 goes to the encoded model, with the headers that AWS requires', async () => {
    const seen: { url: string; headers: Headers }[] = []
    const server = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch(received) {
        seen.push({ url: received.url, headers: received.headers })
        return Response.json({ message: 'no' }, { status: 400 })
      },
    })
    afterTest(() => server.stop(true))
    const { nexus } = nexusAt(`http://127.0.0.1:${server.port}/prefix`)
    const arn = 'arn:aws:bedrock:eu-central-1:123456789012:application-inference-profile/abc'
    await nexus.message(smallRequest, callContext(new AbortController().signal, arn)).catch(() => {})
    await nexus.stream(smallRequest, callContext(new AbortController().signal)).catch(() => {})
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

  test("has none of fetch's own limits, and uses no redirect or proxy", async () => {
    const inits: Record<string, unknown>[] = []
    const recording: Fetch = (url, init) => {
      inits.push({ ...init })
      return (fetch as Fetch)(url, init)
    }
    const { nexus } = nexusAt(simulate().url, { fetch: recording })
    await nexus.message(smallRequest, callContext(new AbortController().signal))
    expect(inits[0]).toMatchObject({ method: 'POST', timeout: false, redirect: 'manual', proxy: false })
  })
})

describe('an invalid response', () => {
  const answering = (status: number, body: string, headers: Record<string, string> = {}): Upstream => {
    const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response(body, { status, headers }) })
    afterTest(() => server.stop(true))
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
    ['{}', json, 'api_error', 502, 'AI Nexus answered 200 with an invalid response.'],
    ['[]', json, 'api_error', 502, 'AI Nexus answered 200 with an invalid response.'],
    ['{"output":{"message":{}}}', json, 'api_error', 502, 'AI Nexus answered 200 with an invalid response.'],
    [
      '<html>log in</html>',
      { 'content-type': 'text/html' },
      'api_error',
      502,
      'AI Nexus answered 200 with a web page. Check whether a proxy or a login page interferes.',
    ],
  ])('%s', async (body, headers, type, status, message) => {
    const upstream = answering(200, body, headers as Record<string, string>)
    const { signal } = new AbortController()
    await expect(upstream.message(smallRequest, callContext(signal))).rejects.toMatchObject({ type, status, message })
    await expect(upstream.stream(smallRequest, callContext(signal))).rejects.toMatchObject({ type, status, message })
  })

  test('that is endless is read only as far as an error is long', async () => {
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
    afterTest(() => server.stop(true))
    const { nexus } = nexusAt(`http://127.0.0.1:${server.port}`)
    await expect(nexus.stream(smallRequest, callContext(new AbortController().signal))).rejects.toMatchObject({
      status: 500,
    })
    expect(sent).toBeLessThan(50_000_000)
  })

  test('with a body that stalls still reports its status', async () => {
    const server = await rawServer((socket) =>
      socket.write(
        'HTTP/1.1 429 Too Many\r\nx-amzn-errortype: ThrottlingException\r\nretry-after: 3\r\ncontent-length: 100\r\n\r\n{"mes',
      ),
    )
    const failure = await nexusAt(server.url)
      .nexus.message(smallRequest, callContext(new AbortController().signal))
      .catch((error: unknown) => error)
    expect(failure).toMatchObject({ type: 'rate_limit_error', retryAfterSeconds: 3 })
  })

  test('that is slow but steady is read completely', async () => {
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
    expect(await nexus.message(smallRequest, callContext(new AbortController().signal))).toMatchObject({
      content: [{ text: 'fine' }],
    })
  })
})
