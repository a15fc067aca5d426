import { describe, expect, test } from 'bun:test'
import { GatewayError } from '../../../src/base/errors.ts'
import type { CallContext } from '../../../src/upstreams/upstream.ts'
import type { MessagesRequest } from '../../../src/wire/anthropic/request.ts'
import { request } from '../../support/chain.ts'
import { callContext } from '../../support/nexus.ts'
import { grammarFault, readEvents, type SseEvent, withoutPings } from '../../support/sse.ts'
import { waitUntil } from '../../support/wait-until.ts'
import {
  type Answer,
  answers,
  disconnects,
  type Failure,
  refusals,
  streamErrorBehaviour,
  streamErrors,
  streamErrorText,
} from './behaviours.ts'
import { breaks, type RunningUpstream, type UpstreamRow } from './row.ts'

/** Checks every behaviour of every upstream, directly and through the whole server. */

type Json = Record<string, unknown>

const callOn = ({ modelId }: RunningUpstream, signal = new AbortController().signal): CallContext =>
  callContext(signal, modelId)

const requestWith = (more: object = {}): MessagesRequest => request(more) as MessagesRequest

/** The message that a client collects from a stream. */
const collected = (events: readonly SseEvent[]): Json => {
  const content: Json[] = []
  let inputs = ''
  let message: Json = {}
  for (const event of withoutPings(events)) {
    const last = content.at(-1) ?? {}
    const delta = (event['delta'] ?? {}) as Record<string, string>
    if (event.type === 'message_start') message = { ...(event['message'] as Json) }
    if (event.type === 'content_block_start') {
      content.push({ ...(event['content_block'] as Json) })
      inputs = ''
    }
    if (event.type === 'content_block_delta') {
      inputs += delta['partial_json'] ?? ''
      for (const member of ['text', 'thinking'])
        if (delta[member] !== undefined) last[member] = `${last[member] ?? ''}${delta[member]}`
      if (delta['signature'] !== undefined) last['signature'] = delta['signature']
    }
    if (event.type === 'content_block_stop' && inputs !== '') last['input'] = JSON.parse(inputs)
    if (event.type === 'message_delta') {
      const { context_management, usage } = event
      message = { ...message, ...delta, context_management, usage }
    }
  }
  return { ...message, content }
}

/** Without the parts that differ per upstream: ids, figures, seals, the explanation of a refusal. */
const comparable = ({ id, usage, content, stop_details, ...rest }: Json): Json => {
  expect(id).toEqual(expect.stringMatching(/^msg_/))
  expect(usage).toMatchObject({ input_tokens: expect.any(Number), output_tokens: expect.any(Number) })
  const blocks = (content as Json[]).map((block) => {
    for (const seal of ['signature', 'data']) {
      if (seal in block) expect(block[seal]).toEqual(expect.stringMatching(/^[A-Za-z0-9+/=_.-]*$/))
    }
    return {
      ...block,
      ...('signature' in block && { signature: 'sealed' }),
      ...('data' in block && { data: 'sealed' }),
    }
  })
  const details = stop_details as Json | null
  return { ...rest, content: blocks, stop_details: details && { ...details, explanation: 'any' } }
}

/** A block with the members that Anthropic's blocks always have. */
const wholeBlock = (block: object): object => {
  const { type } = block as Json
  if (type === 'text') return { citations: null, ...block }
  return type === 'tool_use' ? { caller: { type: 'direct' }, ...block } : block
}

const expectedOf = ({ content, stop }: Answer): Json => ({
  type: 'message',
  role: 'assistant',
  model: requestWith().model,
  content: content.map(wholeBlock),
  stop_sequence: null,
  stop_details: null,
  container: null,
  context_management: null,
  diagnostics: null,
  ...stop,
})

const post = ({ url }: RunningUpstream, body: unknown, signal?: AbortSignal): Promise<Response> =>
  fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  })

interface Streamed {
  readonly events: readonly SseEvent[]
  readonly error?: unknown
}

/** Reads a stream to its end or its error. */
const drained = async (batches: AsyncIterable<readonly object[]>): Promise<Streamed> => {
  const events: SseEvent[] = []
  try {
    for await (const batch of batches) events.push(...(batch as SseEvent[]))
    return { events }
  } catch (error) {
    return { events, error }
  }
}

const rejection = async (act: Promise<unknown>): Promise<GatewayError> => {
  const error: unknown = await act.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof GatewayError)) throw new Error(`no GatewayError: ${String(error)}`)
  return error
}

const describeAnswers = ({ start, lacks = [] }: UpstreamRow): void => {
  const names = answers.map(({ name }) => name)
  for (const name of lacks) if (!names.includes(name)) throw new Error(`no answer has the name '${name}'`)
  describe('answers', () => {
    for (const answer of answers.filter(({ name }) => !lacks.includes(name))) {
      test(answer.name, async () => {
        const { request: more = {}, behaviour, pictures = [] } = answer
        const expected = expectedOf(answer)
        const running = start(behaviour)
        const { events } = await drained(await running.upstream.stream(requestWith(more), callOn(running)))
        expect(grammarFault(events)).toBeUndefined()
        expect(comparable(collected(events))).toEqual(expected)
        const whole = await running.upstream.message(requestWith(more), callOn(running))
        expect(comparable({ ...whole })).toEqual(expected)

        const served = await readEvents(await post(running, { ...requestWith(more), stream: true }))
        expect(grammarFault(served)).toBeUndefined()
        expect(comparable(collected(served))).toEqual(expected)
        expect(comparable((await (await post(running, requestWith(more))).json()) as Json)).toEqual(expected)
        expect(running.requestCount()).toBe(4)
        expect(running.pictures()).toEqual(Array.from({ length: 4 }, () => pictures).flat())
        if (behaviour.eventDelayMs !== undefined) expect(served.some(({ type }) => type === 'ping')).toBe(true)
      })
    }
  })
}

const expectFailure = (error: GatewayError, { words, ...failure }: Failure): void => {
  expect(error).toMatchObject(failure)
  if (words !== undefined) expect(error.message).toMatch(words)
}

/** Checks the server's error response: Anthropic's shape, and the headers that control the client's retries. */
const expectFailureResponse = async (response: Response, failure: Failure): Promise<void> => {
  const { type, status, words = /./, shouldRetry, retryAfterSeconds } = failure
  expect(response.status).toBe(status)
  expect(await response.json()).toEqual({
    type: 'error',
    error: { type, message: expect.stringMatching(words) },
    request_id: expect.stringMatching(/^req_/),
  })
  if (shouldRetry !== undefined) expect(response.headers.get('x-should-retry')).toBe(String(shouldRetry))
  if (retryAfterSeconds !== undefined) expect(response.headers.get('retry-after')).toBe(String(retryAfterSeconds))
}

const describeRefusals = ({ start, brokenStatus = 500, isForwarded = false }: UpstreamRow): void => {
  describe('before the first event', () => {
    for (const { name, behaviour, failure: usual, isOfStreams = false } of refusals) {
      const failure = usual.status === 500 ? { ...usual, status: brokenStatus } : usual
      test(`${name}: ${failure.status} ${failure.type}`, async () => {
        const running = start(behaviour)
        expectFailure(await rejection(running.upstream.stream(requestWith(), callOn(running))), failure)
        if (isOfStreams && isForwarded) return
        await expectFailureResponse(await post(running, { ...requestWith(), stream: true }), failure)
        if (isOfStreams) return
        expectFailure(await rejection(running.upstream.message(requestWith(), callOn(running))), failure)
        await expectFailureResponse(await post(running, requestWith()), failure)
      })
    }
  })
}

/** Checks the events before an error: a part of the text. */
const expectValidPart = (events: readonly SseEvent[]): void => {
  expect(grammarFault(events)).toBeUndefined()
  const [block] = collected(events)['content'] as Json[]
  expect(String(block?.['text']).length).toBeGreaterThan(0)
  expect(streamErrorText).toStartWith(String(block?.['text']))
}

const describeStreamErrors = ({ start, isForwarded = false }: UpstreamRow): void => {
  describe('after the first event', () => {
    for (const how of breaks) {
      test(`a stream that is ${how}: the valid part, then ${streamErrors[how]}`, async () => {
        const running = start(streamErrorBehaviour(how))
        const { events, error } = await drained(await running.upstream.stream(requestWith(), callOn(running)))
        expect(error).toBeInstanceOf(GatewayError)
        expect((error as GatewayError).typeInStream).toBe(streamErrors[how] as GatewayError['typeInStream'])
        expectValidPart([...events, { type: 'error' }])
        if (isForwarded) return
        const served = await readEvents(await post(running, { ...requestWith(), stream: true }))
        const last = { type: 'error', error: { type: streamErrors[how], message: expect.any(String) } }
        expect(served.at(-1)).toMatchObject(last)
        expectValidPart(served)
      })
    }
  })
}

/** However a client disconnects, the call to the provider ends, too. */
const describeDisconnects = ({ start }: UpstreamRow): void => {
  describe('T7 a client that disconnects', () => {
    test.each([['stream'], ['message']] as const)('before the first event of a %s', async (way) => {
      const running = start(disconnects.early)
      const client = new AbortController()
      const pending = rejection(
        running.upstream[way](requestWith(), callOn(running, client.signal)) as Promise<unknown>,
      )
      await waitUntil(() => running.requestCount() > 0)
      client.abort()
      expect((await pending).status).toBe(499)
      await running.clientLeft()
    })

    test('before the call begins', async () => {
      const running = start({ output: [] })
      expect(
        (await rejection(running.upstream.stream(requestWith(), callOn(running, AbortSignal.abort())))).status,
      ).toBe(499)
    })

    test('in mid-stream: the iterable throws', async () => {
      const running = start(disconnects.midway)
      const client = new AbortController()
      const batches = await running.upstream.stream(requestWith(), callOn(running, client.signal))
      const read = async (): Promise<void> => {
        for await (const _ of batches) client.abort()
      }
      expect((await rejection(read())).status).toBe(499)
      await running.clientLeft()
    })

    test('in mid-stream: the reader stops reading', async () => {
      const running = start(disconnects.midway)
      const client = new AbortController()
      for await (const _ of await running.upstream.stream(requestWith(), callOn(running, client.signal))) break
      client.abort()
      await running.clientLeft()
    })

    test.each([[true], [false]])('from the server before its response (stream %p)', async (stream) => {
      const running = start(disconnects.early)
      const client = new AbortController()
      const pending = post(running, { ...requestWith(), stream }, client.signal).catch(() => undefined)
      await waitUntil(() => running.requestCount() > 0)
      client.abort()
      await pending
      await running.clientLeft()
    })

    test('from the server in mid-stream', async () => {
      const running = start(disconnects.midway)
      const client = new AbortController()
      const response = await post(running, { ...requestWith(), stream: true }, client.signal)
      await response.body?.getReader().read()
      client.abort()
      await running.clientLeft()
    })
  })
}

/** The test file of each upstream calls this with its row. */
export const describeUpstream = (row: UpstreamRow): void => {
  describe(`upstream ${row.name}`, () => {
    describeAnswers(row)
    describeRefusals(row)
    describeStreamErrors(row)
    describeDisconnects(row)
  })
}
