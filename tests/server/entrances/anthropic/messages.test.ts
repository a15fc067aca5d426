import { describe, expect, test } from 'bun:test'
import { Secret } from '../../../../src/base/secret.ts'
import { request, startChain } from '../../../support/chain.ts'
import { grammarFault, readEvents, withoutPings } from '../../../support/sse.ts'
import { waitUntil } from '../../../support/wait-until.ts'

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
  ])('1.1 model, T1, 2 model name: %s reaches Nexus as %s and is named in the response', async (requested, used) => {
    const { post, simulator } = startChain()
    const whole = (await (await post(request({ model: requested }))).json()) as { model: string }
    const [start] = await readEvents(await post(stream({ model: requested })))
    expect(simulator.journal.map(({ modelId }) => modelId)).toEqual([used, used])
    expect(whole.model).toBe(requested)
    expect(start).toMatchObject({ message: { model: requested } })
  })

  test.each(['gpt-5', 'constructor', 'x'])('4.2 model: %s is unknown', async (model) => {
    const { post, simulator } = startChain()
    const response = await post(request({ model }))
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({
      error: {
        type: 'not_found_error',
        message: `model: ${model} not found. Available: claude-sonnet-4-6, claude-opus-4-6, claude-haiku-4-5.`,
      },
    })
    expect(simulator.journal.length).toBe(0)
  })
})

describe('a streamed response', () => {
  test('3.3 shapes, 2 id, T5: headers, ids, and events in the grammar', async () => {
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

  test('3.2 cut, 3.2 corrupt, 3.4 after: every frame boundary and every broken frame gives a valid prefix and one error', async () => {
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
      reset: /^The connection to 127\.0\.0\.1:\d+ broke during the response \(\w+\)\. Try again\.$/,
      exception: /^The simulated stream failed\.$/,
      error: /^The simulated stream failed\.$/,
    }
    // messageStart, six deltas and stops of thinking and text, six of the tool, messageStop, metadata.
    for (const kind of ['cut', 'cut frame', 'corrupt', 'reset', 'exception', 'error'] as const) {
      for (let afterFrames = 1; afterFrames < 14; afterFrames += 1) {
        fault = { afterFrames, kind }
        const response = await post(stream())
        // A reset may arrive before earlier data: then no answer has started, and the failure is a status.
        if (kind === 'reset' && response.status === 502) {
          expect(await response.json()).toMatchObject({
            error: { message: expect.stringMatching(/^The connection to 127\.0\.0\.1:\d+ broke/) },
          })
          continue
        }
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

  test('3.4 before: an answer that broke before its first frame is a status', async () => {
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

  test('3.2 end: comes from messageStop, not from the end of the connection', async () => {
    const { post } = startChain({
      scenario: () => ({ content: [{ text: 'x' }], fault: { afterFrames: 99, kind: 'hang' } }),
    })
    expect((await readEvents(await post(stream()))).at(-1)?.type).toBe('message_stop')
  })

  test('2 malformed: an error after a tool call, an answer after text', async () => {
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

test("finds the session of a request that Anthropic's own gateway forwards without its header (SI-B2)", async () => {
  const { post, records } = startChain({ config: { clientToken: new Secret('the-client-token') } })
  const session = '0c2cf7f2-4d5e-4b86-9d5a-0f3a3f6f1c11'
  const user_id = JSON.stringify({ device_id: 'a'.repeat(64), account_uuid: '', session_id: session })
  const headers = {
    'x-api-key': 'the-client-token',
    'user-agent': 'claude-cli/2.1.332 (external, cli) cc-gateway/2.1.332',
  }
  expect((await post(request({ metadata: { user_id } }), { headers })).status).toBe(200)
  const line = () => records.find(({ event }) => event === 'request.answered')
  await waitUntil(() => line() !== undefined)
  expect(line()?.fields['session']).toBe(session)
})
