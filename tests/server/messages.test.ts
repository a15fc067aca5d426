import { describe, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { request, startChain } from '../support/chain.ts'
import { grammarFault, readEvents, withoutPings } from '../support/sse.ts'

const stream = (members: object = {}): object => request({ stream: true, ...members })

describe('model names', () => {
  test.each([
    ['claude-sonnet-4-6', 'claude-sonnet-4.6'],
    ['claude-sonnet-4.6', 'claude-sonnet-4.6'],
    ['Claude-Sonnet-4.6', 'claude-sonnet-4.6'],
    ['claude-opus-4-6[1m]', 'claude-opus-4.6'],
    ['sonnet', 'claude-sonnet-4.6'],
    ['opus[1m]', 'claude-opus-4.6'],
    ['opusplan', 'claude-opus-4.6'],
    ['default', 'claude-sonnet-4.6'],
    ['claude-opus-4-8', 'claude-opus-4.6'],
    ['claude-fable-5-1', 'claude-opus-4.6'],
    ['claude-sonnet-4-5-20250929', 'claude-sonnet-4.6'],
    ['claude-3-5-haiku-20241022', 'claude-haiku-4.5'],
    ['us.anthropic.claude-haiku-4-5-20251001-v1:0', 'claude-haiku-4.5'],
    ['arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.anthropic.claude-opus-4-6-v1', 'claude-opus-4.6'],
    ['claude-2.1', 'claude-sonnet-4.6'],
  ])('%s reaches Nexus as %s and is named in the reply', async (asked, used) => {
    const { post, simulator } = startChain()
    const whole = (await (await post(request({ model: asked }))).json()) as { model: string }
    const [start] = await readEvents(await post(stream({ model: asked })))
    expect(simulator.journal.map(({ modelId }) => modelId)).toEqual([used, used])
    expect(whole.model).toBe(asked)
    expect(start).toMatchObject({ message: { model: asked } })
  })

  test.each(['gpt-5', 'constructor', 'x'])('%s is nobody', async (model) => {
    const { post, simulator } = startChain()
    const response = await post(request({ model }))
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({
      error: {
        type: 'not_found_error',
        message: `model: ${model} is not known here. Ask for one of claude-sonnet-4-6, claude-opus-4-6, claude-haiku-4-5.`,
      },
    })
    expect(simulator.journal.length).toBe(0)
  })
})

describe('a streamed reply', () => {
  test('headers, ids, and events in the grammar', async () => {
    const { post } = startChain()
    const response = await post(stream())
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe('no-cache')
    expect(response.headers.get('x-accel-buffering')).toBe('no')
    expect(response.headers.get('request-id')).toBe(response.headers.get('x-amzn-requestid'))
    const text = await response.text()
    expect(text.split('\n\n').every((event) => event === '' || /^event: \w+\ndata: \{.*\}$/.test(event))).toBe(true)
  })

  test('names, ids and texts cannot start an event of their own', async () => {
    const evil = 'x\n\nevent: message_stop\ndata: {"type":"message_stop"}\n\n\r\r\u2028'
    const { post } = startChain({
      scenario: () => ({ content: [{ text: evil }, { tool: 'T', input: { [evil]: evil }, id: 'tooluse_1' }] }),
    })
    const events = await readEvents(await post(stream()))
    expect(grammarFault(events)).toBeUndefined()
    expect(events.flatMap((event) => ((event['delta'] as { text?: string })?.text ?? []) as string[]).join('')).toBe(
      evil,
    )
  })

  test('every frame boundary and every broken frame gives a lawful prefix and one error', async () => {
    const content = [{ thinking: 'hm' }, { text: 'some words' }, { tool: 'T', input: { a: 1 }, id: 'tooluse_1' }]
    let fault:
      | { afterFrames: number; kind: 'cut' | 'cut frame' | 'corrupt' | 'reset' | 'exception' | 'error' }
      | undefined
    const { post } = startChain({
      scenario: () => ({ content, pace: { deltaCharacters: 4 }, ...(fault && { fault }) }),
    })
    const complete = withoutPings(await readEvents(await post(stream())))
    expect(complete.at(-1)?.type).toBe('message_stop')
    const words = {
      cut: /^Bedrock stream ended before messageStop$/,
      'cut frame': /^Truncated or corrupt event stream: stream ends \d+ bytes into an unfinished frame$/,
      corrupt: /^Truncated or corrupt event stream: message checksum is 0x[0-9a-f]{8}, the frame says 0x[0-9a-f]{8}$/,
      reset: /^The connection to 127\.0\.0\.1:\d+ failed \(\w+\)\.$/,
      exception: /^The simulated stream failed\.$/,
      error: /^The simulated stream failed\.$/,
    }
    // messageStart, six deltas and stops of thinking and text, six of the tool, messageStop, metadata.
    for (const kind of ['cut', 'cut frame', 'corrupt', 'reset', 'exception', 'error'] as const) {
      for (let afterFrames = 1; afterFrames < 14; afterFrames += 1) {
        fault = { afterFrames, kind }
        const response = await post(stream())
        const events = withoutPings(await readEvents(response))
        expect(grammarFault(events)).toBeUndefined()
        expect(events.at(-1)).toMatchObject({
          type: 'error',
          error: { type: 'api_error', message: expect.stringMatching(words[kind]) },
        })
        expect(events.slice(1, -1)).toEqual(complete.slice(1, events.length - 1))
      }
    }
  })

  test('an answer that broke before its first frame is a status', async () => {
    for (const [kind, status] of [
      ['cut', 500],
      ['corrupt', 500],
      ['reset', 502],
      ['exception', 500],
    ] as const) {
      const { post } = startChain({ scenario: () => ({ content: [{ text: 'x' }], fault: { afterFrames: 0, kind } }) })
      const response = await post(stream())
      expect(response.status).toBe(status)
      expect(await response.json()).toMatchObject({ type: 'error' })
    }
  })

  test('the end is told by messageStop, not by the end of the connection', async () => {
    const { post } = startChain({
      scenario: () => ({ content: [{ text: 'x' }], fault: { afterFrames: 99, kind: 'hang' } }),
    })
    expect((await readEvents(await post(stream()))).at(-1)?.type).toBe('message_stop')
  })

  test('malformed output: an error where a tool call was sent, an answer where there is text', async () => {
    let content: object[] = [{ text: 'fine' }]
    const { post } = startChain({ scenario: () => ({ content: content as never, stopReason: 'malformed_tool_use' }) })
    expect((await readEvents(await post(stream()))).at(-2)).toMatchObject({ delta: { stop_reason: 'end_turn' } })
    content = [{ tool: 'T', id: 'tooluse_1' }]
    expect((await readEvents(await post(stream()))).at(-1)).toMatchObject({
      type: 'error',
      error: { type: 'api_error' },
    })
    expect((await post(request())).status).toBe(500)
    content = [{ text: 'fine' }, { tool: 'T', id: 'tooluse_1' }]
    expect(await (await post(request())).json()).toMatchObject({
      content: [{ type: 'text', text: 'fine' }],
      stop_reason: 'end_turn',
    })
  })
})

describe('silence', () => {
  test('pings go out while the upstream thinks', async () => {
    const { post } = startChain({
      pingMs: 20,
      scenario: () => ({ content: [{ text: 'abcd' }], pace: { frameMs: 70, deltaCharacters: 2 } }),
    })
    const types = (await readEvents(await post(stream()))).map(({ type }) => type)
    expect(types.filter((type) => type === 'ping').length).toBeGreaterThan(4)
    expect(types.at(-1)).toBe('message_stop')
  })

  test('a stream is begun when nothing comes for long, and a late failure is an event', async () => {
    const { post } = startChain({
      pingMs: 10,
      commitMs: 30,
      scenario: () => ({
        pace: { firstMs: 120 },
        error: { status: 503, type: 'ServiceUnavailableException', message: 'busy' },
      }),
    })
    const response = await post(stream())
    expect(response.status).toBe(200)
    const events = await readEvents(response)
    expect(events[0]?.type).toBe('ping')
    expect(withoutPings(events)).toEqual([
      {
        type: 'error',
        error: { type: 'overloaded_error', message: 'busy' },
        request_id: expect.stringMatching(/^req_/),
      },
    ])
  })

  test('an upstream that never begins, and one that falls silent, run into the deadline', async () => {
    const never = startChain({ config: { timeoutSeconds: 0.5 }, scenario: () => ({ pace: { firstMs: 60_000 } }) })
    const response = await never.post(stream())
    expect(response.status).toBe(504)
    expect(await response.json()).toMatchObject({
      error: { type: 'timeout_error', message: 'AI Nexus did not begin to answer within 0.5 s.' },
    })
    const silent = startChain({
      config: { timeoutSeconds: 0.5 },
      scenario: () => ({ content: [{ text: 'x' }], fault: { afterFrames: 2, kind: 'hang' } }),
    })
    expect((await readEvents(await silent.post(stream()))).at(-1)).toMatchObject({
      type: 'error',
      error: { type: 'timeout_error', message: 'AI Nexus sent nothing for 0.5 s.' },
    })
  })
})

describe('a client that leaves', () => {
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await Bun.sleep(1)
  }

  test('ends the upstream call in mid-stream', async () => {
    const { post, simulator, records } = startChain({
      scenario: () => ({ content: [{ text: 'x'.repeat(1000) }], pace: { frameMs: 5, deltaCharacters: 1 } }),
    })
    const client = new AbortController()
    const response = await post(stream(), { signal: client.signal })
    const reader = response.body?.getReader()
    await reader?.read()
    client.abort()
    await until(() => simulator.journal[0]?.outcome === 'cancelled')
    await until(() => records.some(({ event }) => event === 'request.cancelled'))
  })

  test('during a wait for the next try, or in the middle of its request, is no error of ours', async () => {
    const { post, url, records } = startChain({
      config: { maxRetries: 2 },
      scenario: () => ({
        error: { status: 429, type: 'ThrottlingException', message: 'm', headers: { 'retry-after': '9' } },
      }),
    })
    const client = new AbortController()
    const pending = post(request(), { signal: client.signal }).catch(() => undefined)
    await until(() => records.some(({ event }) => event === 'upstream.retry'))
    client.abort()
    await pending
    await until(() => records.some(({ event }) => event === 'request.cancelled'))
    const { hostname, port } = new URL(url)
    const head =
      'POST /v1/messages HTTP/1.1\r\nHost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"a"'
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => socket.write(head, () => socket.destroy()))
      socket.on('close', () => resolve())
    })
    await until(() => records.some(({ event, fields }) => event === 'request.refused' && fields['status'] === 499))
    expect(records.filter(({ level }) => level === 'error')).toEqual([])
  })

  test('ends the upstream call before it has answered, streamed or not', async () => {
    for (const isStream of [true, false]) {
      const { post, simulator } = startChain({ scenario: () => ({ pace: { firstMs: 60_000 } }) })
      const client = new AbortController()
      const pending = post(request({ stream: isStream }), { signal: client.signal }).catch(() => undefined)
      await until(() => simulator.journal.length === 1)
      client.abort()
      await pending
      await until(() => simulator.journal[0]?.outcome === 'cancelled')
    }
  })
})

describe('retries', () => {
  test('throttling is tried again, within the limit, and every try is logged', async () => {
    let failures = 2
    const { post, simulator, records } = startChain({
      config: { maxRetries: 2 },
      scenario: () => {
        failures -= 1
        return failures >= 0
          ? { error: { status: 429, type: 'ThrottlingException', message: 'slow', headers: { 'retry-after': '0' } } }
          : { content: [{ text: 'at last' }] }
      },
    })
    expect(await (await post(request())).json()).toMatchObject({ content: [{ text: 'at last' }] })
    expect(simulator.journal.length).toBe(3)
    expect(records.filter(({ event }) => event === 'upstream.retry').map(({ fields }) => fields['attempt'])).toEqual([
      1, 2,
    ])
  })

  test.each([
    [429, 'ThrottlingException', {}, 3],
    [503, 'ServiceUnavailableException', {}, 3],
    [500, 'InternalServerException', {}, 3],
    [400, 'ValidationException', {}, 1],
    [403, 'AccessDeniedException', {}, 1],
    [429, 'ThrottlingException', { 'retry-after': '60' }, 1],
  ])('%i %s %p is tried %i times', async (status, type, headers, tries) => {
    const quick = { 'retry-after': '0' }
    const { post, simulator } = startChain({
      config: { maxRetries: 2 },
      scenario: () => ({ error: { status, type, message: 'm', headers: { ...quick, ...headers } } }),
    })
    await post(stream())
    expect(simulator.journal.length).toBe(tries)
  })

  test('never after the first event', async () => {
    const { post, simulator } = startChain({
      config: { maxRetries: 2 },
      scenario: () => ({
        content: [{ text: 'x' }],
        fault: { afterFrames: 1, kind: 'exception', type: 'throttlingException' },
      }),
    })
    await readEvents(await post(stream()))
    expect(simulator.journal.length).toBe(1)
  })
})

test('more requests than connections are told to come again, and the places become free', async () => {
  let isHanging = true
  const { post, simulator } = startChain({
    maximumConnections: 2,
    scenario: () => (isHanging ? { content: [{ text: 'x' }], fault: { afterFrames: 2, kind: 'hang' } } : undefined),
  })
  const client = new AbortController()
  const streams = await Promise.all([
    post(stream(), { signal: client.signal }),
    post(stream(), { signal: client.signal }),
  ])
  const refused = await post(request())
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([529, '1'])
  expect(simulator.journal.length).toBe(2)
  isHanging = false
  client.abort()
  await Promise.all(streams.map((response) => response.text().catch(() => '')))
  while ((await post(request())).status !== 200) await Bun.sleep(1)
  for (let round = 0; round < 5; round += 1)
    expect((await post(stream({ model: round % 2 === 0 ? 'sonnet' : 'haiku' }))).status).toBe(200)
})

describe('an upstream that is none', () => {
  test('nobody there', async () => {
    const { post, records } = startChain({ endpointUrl: 'http://127.0.0.1:1' })
    const response = await post(request())
    expect(records.find(({ event }) => event === 'request.failed')?.fields['reason']).toContain('connection refused')
    expect(response.status).toBe(502)
    expect(response.headers.get('x-should-retry')).toBe('true')
    expect(await response.json()).toMatchObject({
      error: { type: 'api_error', message: expect.stringContaining('Nothing answers at 127.0.0.1:1') },
    })
  })

  const serve = (answer: () => Response): string => {
    const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: answer })
    return `http://127.0.0.1:${server.port}`
  }

  test('a login page, a redirect, a wrong content type', async () => {
    const page = startChain({
      endpointUrl: serve(() => new Response('<html>log in</html>', { headers: { 'content-type': 'text/html' } })),
    })
    expect((await page.post(request())).status).toBe(502)
    expect(await (await page.post(stream())).json()).toMatchObject({
      error: { message: expect.stringContaining('answered 200 with a web page') },
    })
    let redirected = false
    const elsewhere = serve(() => {
      redirected = true
      return new Response()
    })
    const moved = startChain({
      endpointUrl: serve(() => new Response(null, { status: 307, headers: { location: elsewhere } })),
    })
    expect((await moved.post(request())).status).toBe(502)
    expect(redirected).toBe(false)
  })
})
