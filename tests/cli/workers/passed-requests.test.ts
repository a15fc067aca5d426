import { describe, expect, test } from 'bun:test'
import { createChannel } from '../../../src/cli/workers/channel.ts'
import { createPassedRequests, createPassRequest, isShared } from '../../../src/cli/workers/passed-requests.ts'
import type { ParentServices } from '../../../src/cli/workers/services.ts'

type Answer = Parameters<typeof createPassedRequests>[0]

/** A worker and its parent in one process. `parent` answers for the parent. */
const passTo = (parent: Answer) => {
  const passed = createPassedRequests(parent)
  const services: Pick<ParentServices, 'request' | 'chunk' | 'cancel'> = passed
  const worker = createChannel<ParentServices, object>({}, (message) =>
    queueMicrotask(() => own.receive(structuredClone(message))),
  )
  const own = createChannel<object, typeof services>(services, (message) =>
    queueMicrotask(() => worker.receive(structuredClone(message))),
  )
  const pass = createPassRequest(worker, () => new Response('of the worker'))
  const send = async (path: string, init?: RequestInit): Promise<Response> =>
    pass(new Request(`http://localhost:4141${path}`, init), () => '192.0.2.7')
  return { send, passed, worker }
}

describe('the paths that all workers share', () => {
  test.each([
    '/metrics',
    '/metrics/',
    '/token-stats?x=1',
    '/health',
    '/healthz',
    '/test-connection',
    '/cache-audit',
    '/dashboard',
  ])('%s goes to the parent (OP-K7)', (path) => expect(isShared(`http://localhost:4141${path}`)).toBe(true))

  test.each(['/dashboard/api/live', '/dashboard/login'])('%s goes to the parent (OP-K7)', (path) =>
    expect(isShared(`https://localhost${path}`)).toBe(true),
  )

  test.each(['/', '/v1/messages', '/ready', '/metrics2', '/v1/metrics', '/dashboards', '/?/metrics'])(
    '%s stays with the worker (OP-K7)',
    (path) => expect(isShared(`http://localhost:4141${path}`)).toBe(false),
  )
})

describe('a request that a worker passes on', () => {
  test('arrives whole, and so does its answer (OP-K7)', async () => {
    const { send } = passTo(async (request, peer) => {
      const { method, url, headers } = request
      const seen = { method, url, host: headers.get('host'), peer: peer(), body: await request.text() }
      const answer = new Headers({ 'x-request-id': 'a' })
      for (const cookie of ['a=1', 'b=2']) answer.append('set-cookie', cookie)
      return Response.json(seen, { status: 303, headers: answer })
    })
    const headers = { host: 'claude.example' }
    const answer = await send('/dashboard/login?a=b', { method: 'POST', body: 'token=x', headers })
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([303, ['a=1', 'b=2']])
    expect<unknown>(await answer.json()).toEqual({
      method: 'POST',
      url: 'http://localhost:4141/dashboard/login?a=b',
      host: 'claude.example',
      peer: '192.0.2.7',
      body: 'token=x',
    })
  })

  test('has at most the beginning of a large body (OP-K7)', async () => {
    const { send } = passTo(async (request) => new Response(String((await request.bytes()).byteLength)))
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(1000)),
    })
    const answer = await send('/dashboard/login', { method: 'POST', body })
    expect(await answer.text()).toBe('9000')
  })

  test('may have an answer without a body (OP-K7)', async () => {
    const { send } = passTo(() => new Response(null, { status: 204 }))
    expect((await send('/metrics')).status).toBe(204)
  })

  test('streams events as they come, until the client disconnects (OP-K7)', async () => {
    let hasLeft = false
    const events = new ReadableStream({
      pull: (controller) => controller.enqueue(new TextEncoder().encode('data: 1\n\n')),
      cancel() {
        hasLeft = true
      },
    })
    const { send } = passTo(() => new Response(events, { headers: { 'content-type': 'text/event-stream' } }))
    const reader = (await send('/dashboard/api/live')).body?.getReader()
    for (let index = 0; index < 3; index += 1)
      expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('data: 1\n\n')
    await reader?.cancel()
    while (!hasLeft) await Bun.sleep(1)
  })

  test('is cancelled when its client disconnects, and when the worker ends (OP-K7)', async () => {
    let cancelled = 0
    const { send, passed } = passTo(
      ({ signal }) =>
        new Promise((resolve) =>
          signal.addEventListener('abort', () => {
            cancelled += 1
            resolve(new Response())
          }),
        ),
    )
    const controller = new AbortController()
    const first = send('/test-connection', { signal: controller.signal })
    await Bun.sleep(1)
    controller.abort()
    await first
    expect(cancelled).toBe(1)
    const second = send('/test-connection')
    await Bun.sleep(1)
    passed.close()
    await second
    expect(cancelled).toBe(2)
  })

  test('is a probe that the worker answers if the parent does not; others fail with 503 (OP-K7, OP-K1)', async () => {
    const { send, worker } = passTo(() => new Response('of the parent'))
    worker.close()
    expect(await (await send('/health')).text()).toBe('of the worker')
    const other = await send('/metrics')
    expect([other.status, other.headers.get('retry-after')]).toEqual([503, '1'])
  })
})
