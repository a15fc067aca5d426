import { describe, expect, test } from 'bun:test'
import type { ForwardTelemetry } from '../../../src/gateway/sign-in/telemetry-forwarder.ts'
import { recordingServer } from '../../support/anthropic.ts'
import { signedIn, startSignInServer } from '../../support/sign-in.ts'

const paths = ['/v1/metrics', '/v1/logs', '/v1/traces']
const eightMegabytes = 8 * 1024 * 1024

const start = async (options: Parameters<typeof startSignInServer>[0] = {}) => {
  const server = startSignInServer(options)
  const { accessToken } = await signedIn(server.core)
  const send = (
    path: string,
    body: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>,
    headers: Record<string, string> = {},
  ): Promise<Response> =>
    fetch(server.url + path, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${accessToken}`, ...headers },
    })
  return { ...server, send }
}

describe("a client's own telemetry (SI-O1)", () => {
  test.each(paths)('is thrown away at %s, with an empty 200, and is in no log', async (path) => {
    const { send, records, url } = await start()
    for (const [body, type] of [
      ['{"the-users-text": 1}', 'application/json'],
      ['\u0000the-users-text', 'application/x-protobuf'],
      ['', 'application/json'],
    ] as const) {
      const response = await send(path, body, { 'content-type': type })
      expect([response.status, await response.text()]).toEqual([200, ''])
    }
    expect(JSON.stringify(records)).not.toContain('the-users-text')
    expect((await fetch(url + path, { method: 'POST', body: '{}' })).status).toBe(401)
  })

  test('of more than 8 MB gets a 413, whatever length it names', async () => {
    const { send } = await start()
    const most = new Uint8Array(eightMegabytes)
    expect((await send('/v1/logs', most)).status).toBe(200)
    expect((await send('/v1/logs', new Uint8Array(eightMegabytes + 1))).status).toBe(413)
    let sent = 0
    const unnamed = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent > eightMegabytes) return controller.close()
        sent += 1024 * 1024
        controller.enqueue(new Uint8Array(1024 * 1024))
      },
    })
    expect((await send('/v1/logs', unnamed)).status).toBe(413)
  })

  test('stays here, whatever the upstream does with paths that it does not know', async () => {
    const upstream = recordingServer(() => Response.json({}))
    const chain = {
      config: { upstream: 'anthropic' as const },
      endpointUrl: upstream.url,
      apiKey: 'sk-ant-api-upstream',
    }
    const { send, url } = await start({ chain })
    for (const path of paths) expect((await send(path, '{}')).status).toBe(200)
    expect((await fetch(`${url}/protocol`)).status).toBe(200)
    expect(upstream.received).toEqual([])
  })

  test('goes to the forwarder as it is, without the token', async () => {
    const forwarded: Parameters<ForwardTelemetry>[] = []
    const { send } = await start({ forwardTelemetry: (...given) => void forwarded.push(given) })
    const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' }
    const body = new Uint8Array([0x1f, 0x8b, 0, 255])
    expect((await send('/v1/metrics', body, headers)).status).toBe(200)
    expect(forwarded.map(([signal, sent]) => [signal, { ...sent, body: [...sent.body] }])).toEqual([
      ['metrics', { body: [...body], contentType: 'application/x-protobuf', contentEncoding: 'gzip' }],
    ])
  })
})
