import { describe, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { join } from 'node:path'
import { listenOrExplain, tryToListen } from '../../src/cli/server-lifecycle.ts'
import { listen } from '../../src/runtime/bun.ts'
import type { Reply } from '../../src/simulator/reply.ts'
import { simulate } from '../support/chain.ts'
import { entry, type RunningCli, startCli } from '../support/cli.ts'
import { httpChunk, streamResponseHead, wholeStream } from '../support/nexus.ts'
import { rawServer } from '../support/raw-server.ts'
import { grammarFault, readEvents, withoutPings } from '../support/sse.ts'
import { waitUntil } from '../support/wait-until.ts'

/** Tests the shutdown of the program in a separate process with short times: a grace period of 300 ms. */

const shortTimesProgram = join(import.meta.dir, '..', 'support', 'short-times-program.ts')
const address = /(?:Address +|"address":")(http:\/\/127\.0\.0\.1:(\d+))/

interface Program extends RunningCli {
  readonly url: string
  readonly post: (isStream: boolean) => Promise<Response>
}

const ask = (url: string, stream: boolean): Promise<Response> =>
  fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sonnet', max_tokens: 9, messages: [{ role: 'user', content: 'Hello' }], stream }),
  })

const startProgramAt = async (endpointUrl: string, program = shortTimesProgram): Promise<Program> => {
  const running = startCli(['start', '-p', '0', '--endpoint-url', endpointUrl, '--api-key', 'any'], {}, program)
  const [, url = ''] = await running.says(address)
  return { ...running, url, post: (isStream) => ask(url, isStream) }
}

/** Starts the program with a simulated Nexus that sends the same response to every request. */
const start = (reply: Reply, program = shortTimesProgram): Promise<Program> =>
  startProgramAt(simulate({ scenario: () => reply }).url, program)

const slowReply = (characters: number): Reply => ({
  content: [{ text: 'x'.repeat(characters) }],
  pace: { frameMs: 20, deltaCharacters: 1 },
})
const stopped = { type: 'overloaded_error', message: 'nexus-claude-api is stopping: try again in a moment.' }

/** Reads the first event, so that the stream has begun. */
const afterFirstEvent = async (response: Response): Promise<Response> => {
  const [first, rest] = response.body?.tee() ?? []
  const reader = first?.getReader()
  await reader?.read()
  void reader?.cancel()
  return new Response(rest)
}

test('a certificate that the listener refuses is not called a wrong address (OP-W4)', async () => {
  const tls = { cert: '-----BEGIN CERTIFICATE-----', key: '' }
  const place = { hostname: '127.0.0.1', port: 0 }
  const start = () => listen({ ...place, tls, fetch: () => new Response() })
  await expect(listenOrExplain(start, place)).rejects.toThrow(
    /^tls\.cert or tls\.key cannot be used for HTTPS \(ERR_OSSL_\w+\)\. Check both files\.$/,
  )
})

describe('the shutdown', () => {
  test('A10 of an idle server does not mention running requests', async () => {
    const program = startCli(['start', '-p', '0', '--simulate'])
    await program.says(address)
    program.kill('SIGINT')
    const { code, err } = await program.ended
    expect([code, err]).toEqual([0, expect.not.stringContaining('Stopping') as never])
  })

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('after %s lets a running stream finish', async (signal) => {
    const program = await start(slowReply(6))
    const response = await afterFirstEvent(await program.post(true))
    program.kill(signal)
    await program.says(/Stopping/)
    const events = await readEvents(response)
    expect(grammarFault(events)).toBeUndefined()
    expect(events.at(-1)?.type).toBe('message_stop')
    expect((await program.ended).code).toBe(0)
  })

  test('waits for a token count, too', async () => {
    const upstream = await rawServer(() => {})
    const program = await startProgramAt(upstream.url, entry)
    const counted = fetch(`${program.url}/v1/messages/count_tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'sonnet', messages: [{ role: 'user', content: 'Hello' }] }),
    })
    await waitUntil(() => upstream.count() > 0)
    program.kill('SIGTERM')
    await program.says(/Stopping/)
    // This Nexus does not count tokens: the response is an estimate.
    upstream.sockets[0]?.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n')
    expect(await (await counted).json()).toEqual({ input_tokens: expect.any(Number) })
    expect((await program.ended).code).toBe(0)
  })

  test('ends longer streams with an error event', async () => {
    const program = await start({ ...slowReply(500), pace: { firstMs: 20, frameMs: 20, deltaCharacters: 1 } })
    const response = await afterFirstEvent(await program.post(true))
    program.kill('SIGTERM')
    const events = await readEvents(response)
    expect(grammarFault(events)).toBeUndefined()
    expect(withoutPings(events).at(-1)).toEqual({
      type: 'error',
      error: stopped,
      request_id: expect.stringMatching(/^req_/),
    })
    const { code, err } = await program.ended
    expect(code).toBe(0)
    expect(err).toMatch(/ 200 POST .* ended in overloaded_error: nexus-claude-api is stopping/)
    expect(err).not.toContain('internal_error')
  })

  test('answers waiting requests with an error status', async () => {
    const silent = await start({ pace: { firstMs: 60_000 } })
    const pending = silent.post(false)
    const begunStream = await silent.post(true)
    silent.kill('SIGTERM')
    const answer = await pending
    expect([answer.status, answer.headers.get('retry-after'), await answer.json()]).toMatchObject([
      529,
      '1',
      { type: 'error', error: stopped },
    ])
    expect(withoutPings(await readEvents(begunStream))).toMatchObject([{ type: 'error', error: stopped }])
    expect((await silent.ended).code).toBe(0)
  })

  test('closes the port at once, and does not wait for connections without a request', async () => {
    const program = await start(slowReply(12))
    const { port } = new URL(program.url)
    const idle = connect(Number(port), '127.0.0.1')
    const half = connect(Number(port), '127.0.0.1', () => half.write('POST /v1/messages HTTP/1.1\r\nHost: l'))
    const late = connect(Number(port), '127.0.0.1', () => late.write('GET /v1/messages HTTP/1.1\r\nHost: l'))
    for (const socket of [idle, half, late]) socket.on('error', () => {})
    let answer = ''
    late.on('data', (data) => {
      answer += data.toString()
    })
    const response = await afterFirstEvent(await program.post(true))
    program.kill('SIGTERM')
    await program.says(/Stopping/)
    await expect(program.post(false)).rejects.toThrow()
    late.write('ocalhost\r\n\r\n')
    await waitUntil(() => answer.includes('overloaded_error'))
    expect(answer).toMatch(/^HTTP\/1\.1 529 [\s\S]*retry-after: 1\r\n/i)
    await response.text()
    expect((await program.ended).code).toBe(0)
  })

  test('tells probes and clients at once, and accepts requests for --drain-delay: 50 streams end whole (OP-K3)', async () => {
    const upstream = simulate({ scenario: () => ({ ...slowReply(30), pace: { frameMs: 100, deltaCharacters: 1 } }) })
    const drain = ['--drain-delay', '1.5', '--drain-timeout', '20', '--endpoint-url', upstream.url, '--api-key', 'any']
    const program = startCli(['start', '-p', '0', ...drain])
    const [, url = ''] = await program.says(address)
    const begun = await Promise.all(Array.from({ length: 50 }, async () => afterFirstEvent(await ask(url, true))))
    program.kill('SIGTERM')
    await program.says(/Stopping: accepting requests for another 1\.5 s\. Press Ctrl-C again to stop at once\./)
    const ready = await fetch(`${url}/ready`)
    expect([ready.status, ready.headers.get('connection'), await ready.json()]).toEqual([
      503,
      'close',
      { status: 'draining' },
    ])
    expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ status: 'healthy', draining: true, active: 50 })
    const late = await Promise.all([true, false, true].map((stream) => ask(url, stream)))
    expect(late.map(({ status, headers }) => [status, headers.get('connection')])).toEqual(
      late.map(() => [200, 'close']),
    )
    const whole = [...begun, late[0], late[2]].map(async (response) => {
      const events = await readEvents(response ?? new Response())
      return [grammarFault(events), events.at(-1)?.type]
    })
    expect(await Promise.all(whole)).toEqual(whole.map(() => [undefined, 'message_stop']))
    expect(await late[1]?.json()).toMatchObject({ type: 'message', stop_reason: 'end_turn' })
    expect((await program.ended).code).toBe(0)
    await expect(fetch(`${url}/ready`)).rejects.toThrow()
  })

  test('ends running answers after --drain-timeout (OP-K3)', async () => {
    const upstream = simulate({ scenario: () => slowReply(5000) })
    const drain = ['--drain-timeout', '0.2', '--endpoint-url', upstream.url, '--api-key', 'any']
    const program = startCli(['start', '-p', '0', ...drain])
    const [, url = ''] = await program.says(address)
    const response = await afterFirstEvent(await ask(url, true))
    program.kill('SIGTERM')
    expect(withoutPings(await readEvents(response)).at(-1)).toMatchObject({ type: 'error', error: stopped })
    expect((await program.ended).code).toBe(0)
  })

  test('ends at once after a second signal within --drain-delay (OP-K3)', async () => {
    const program = startCli(['start', '-p', '0', '--simulate', '--drain-delay', '600'])
    await program.says(address)
    program.kill('SIGTERM')
    await program.says(/accepting requests for another 600 s/)
    program.kill('SIGTERM')
    expect((await program.ended).code).toBe(0)
  })

  test('ends at once after the second signal', async () => {
    // The real program, with a grace period of 30 seconds.
    const program = await start(slowReply(5000), entry)
    const response = await afterFirstEvent(await program.post(true))
    program.kill('SIGINT')
    await program.says(/Stopping/)
    program.kill('SIGINT')
    const { code, err } = await program.ended
    expect(code).toBe(0)
    expect(err.match(/ 499 POST \/v1\/messages sonnet -> sonnet-4\.6 client left /g)?.length).toBe(1)
    await response.text().catch(() => '')
  })

  test('logs each running request as cancelled', async () => {
    const upstream = await rawServer(() => {})
    const given = ['--endpoint-url', upstream.url, '--api-key', 'any', '--log-format', 'json']
    const program = startCli(['start', '-p', '0', ...given], {}, entry)
    const [, url = ''] = await program.says(address)
    const kinds = [true, false, true, false]
    const responses = kinds.map((stream) => ask(url, stream).catch(() => undefined))
    await waitUntil(() => upstream.sockets.length === kinds.length)
    program.kill('SIGTERM')
    await program.says(/Stopping/)
    program.kill('SIGTERM')
    const { code, err } = await program.ended
    expect(code).toBe(0)
    const records = err
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ event }) => event.startsWith('request.'))
    const cancelled = { event: 'request.cancelled', status: 499, used: 'claude-sonnet-4.6' }
    expect(records.map(({ event, status, used }) => ({ event, status, used }))).toEqual(kinds.map(() => cancelled))
    expect(records.map(({ stream }) => stream).sort()).toEqual([false, false, true, true])
    expect(new Set(records.map(({ requestId }) => requestId)).size).toBe(kinds.length)
    await Promise.all(responses)
  })
})

test('the server logs an uncaught exception in one line without its message, and goes on', async () => {
  const program = await start({ content: [{ text: 'fine' }] })
  program.kill('SIGUSR1')
  await program.says(/internal_error name=TypeError stack=.*short-times-program/)
  program.kill('SIGUSR2')
  await program.says(/internal_error name=RangeError stack=/)
  expect((await program.post(false)).status).toBe(200)
  expect((await program.post(true)).status).toBe(200)
  program.kill('SIGTERM')
  const { code, err } = await program.ended
  expect(code).toBe(0)
  expect(err).not.toContain('canary')
  expect(err.match(/internal_error/g)?.length).toBe(2)
})

test('T7 the server sends pings while an upstream is silent, at their interval', async () => {
  const upstream = await rawServer(() => {})
  const program = await startProgramAt(upstream.url)
  const askedAt = performance.now()
  const [seen, whole] = (await program.post(true)).body?.tee() ?? []
  let pings = 0
  for await (const piece of seen?.pipeThrough(new TextDecoderStream()) ?? []) {
    pings += piece.split('event: ping').length - 1
    if (pings > 8) break
  }
  upstream.sockets[0]?.end(
    Buffer.concat([Buffer.from(streamResponseHead), httpChunk(wholeStream), Buffer.from('0\r\n\r\n')]),
  )
  const events = await readEvents(new Response(whole))
  const silenceMs = performance.now() - askedAt
  expect(pings).toBeGreaterThan(8)
  // One at the beginning, then at most one for each 40 ms of silence.
  expect(events.filter(({ type }) => type === 'ping').length).toBeLessThanOrEqual(1 + silenceMs / 40)
  expect(events.at(-1)?.type).toBe('message_stop')
})

test('the address that a starting server checks answers that it is not ready (OP-K2)', async () => {
  const listener = tryToListen({ hostname: '127.0.0.1', port: 0 })
  const response = await fetch(`http://127.0.0.1:${listener.port}/ready`)
  await listener.stop(true)
  expect([response.status, response.headers.get('retry-after'), await response.json()]).toEqual([
    503,
    '1',
    { status: 'starting' },
  ])
})
