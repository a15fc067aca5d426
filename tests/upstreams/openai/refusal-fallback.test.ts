import { describe, expect, test } from 'bun:test'
import { createLogger, type LogRecord } from '../../../src/base/logger.ts'
import { type ChatDialect, unknownDialect } from '../../../src/translate/capabilities/chat-dialect.ts'
import { toAnswerError } from '../../../src/upstreams/openai/errors.ts'
import { createOverrideMemory } from '../../../src/upstreams/openai/override-memory.ts'
import { createRefusalFallback } from '../../../src/upstreams/openai/refusal-fallback.ts'

const refusal = (message: string, status = 400) =>
  toAnswerError(
    { status, headers: new Headers(), body: JSON.stringify({ error: { message } }) },
    {
      provider: 'api.example.com',
      model: 'm',
      path: '/v1/chat/completions',
      secrets: [],
      toClientWords: (words) => words,
      isBareOverflow: false,
    },
  )

const noStreamOptions = 'Unknown parameter: stream_options'
const noTopK = 'Unknown parameter: top_k'
const noUserId = 'Unknown parameter: safety_identifier'

/** What a request of ours would hold, by its dialect. */
const bodyOf = ({ streamOptions, topK, userIdMember, replay }: ChatDialect): string =>
  JSON.stringify({ streamOptions, topK, userIdMember, replay })

const setUp = () => {
  const records: LogRecord[] = []
  const log = createLogger('debug', (record) => records.push(record))
  let time = 0
  const memory = createOverrideMemory(log, () => time)
  const sendWithFallback = createRefusalFallback(memory, log)
  const bodies: string[] = []
  const dialect: ChatDialect = { ...unknownDialect, topK: true, replay: 'content' }
  return {
    records,
    memory,
    bodies,
    later: (milliseconds: number) => {
      time += milliseconds
    },
    /** A server that refuses each body of which `judge` gives a message. */
    request: (judge: (sent: Partial<ChatDialect>) => string | undefined) =>
      sendWithFallback({
        modelId: 'm',
        requestId: 'req_1',
        dialect,
        prepare: (current) => ({ body: bodyOf(current) }),
        async send({ body }) {
          bodies.push(body)
          const message = judge(JSON.parse(body))
          if (message !== undefined) throw refusal(message)
          return 'response'
        },
      }),
  }
}

describe('a refused request', () => {
  test('is sent again without the refused part, and the next one begins without it (OU-H3)', async () => {
    const { request, bodies, memory, records } = setUp()
    const judge = ({ streamOptions }: Partial<ChatDialect>) => (streamOptions === true ? noStreamOptions : undefined)
    expect(await request(judge)).toBe('response')
    expect(await request(judge)).toBe('response')
    expect(bodies.map((body) => JSON.parse(body).streamOptions)).toEqual([true, false, false])
    expect(memory.degraded()).toEqual([
      { model: 'm', without: 'stream_options', note: 'The usage of streams is estimated (OU-H3).' },
    ])
    expect(records.map(({ event }) => event)).toEqual(['upstream.resent', 'upstream.degraded'])
  })

  test('causes at most two overrides (OU section 1.10)', async () => {
    const { request, bodies, memory } = setUp()
    const judge = ({ streamOptions, topK }: Partial<ChatDialect>) =>
      streamOptions === true ? noStreamOptions : topK === true ? noTopK : noUserId
    await expect(request(judge)).rejects.toThrow(noUserId)
    expect(bodies).toHaveLength(3)
    // Both were answered by another refusal, so both were right.
    expect(memory.degraded().map(({ without }) => without)).toEqual(['stream_options', 'top_k'])
  })

  test('causes no override if the same refusal comes again', async () => {
    const { request, bodies, memory } = setUp()
    await expect(request(() => noStreamOptions)).rejects.toThrow(noStreamOptions)
    expect(bodies).toHaveLength(2)
    expect(memory.degraded()).toEqual([])
  })

  test('is not sent again if the body would be the same', async () => {
    const { request, bodies } = setUp()
    await expect(request(() => "'parallel_tool_calls' is not supported")).rejects.toThrow('parallel_tool_calls')
    expect(bodies).toHaveLength(1)
  })

  test('is not sent again if no part can be left out', async () => {
    const { request, bodies } = setUp()
    await expect(request(() => 'messages: your prompt is strange')).rejects.toThrow('strange')
    expect(bodies).toHaveLength(1)
  })

  test('that may concern one conversation expires after ten minutes (OU-Q99)', async () => {
    const { request, memory, later } = setUp()
    const judge = ({ replay }: Partial<ChatDialect>) =>
      replay === 'none' ? undefined : 'messages.1.reasoning_details: invalid'
    await request(judge)
    expect(memory.apply('m', unknownDialect).replay).toBe('none')
    expect(memory.degraded()).toHaveLength(1)
    later(10 * 60 * 1000)
    expect(memory.apply('m', { ...unknownDialect, replay: 'details' }).replay).toBe('details')
    expect(memory.degraded()).toEqual([])
  })

  test('uses bounded memory for invented model names', () => {
    const { memory } = setUp()
    for (let index = 0; index < 200; index += 1) {
      memory.remember(`model-${index}`, {
        without: 'top_k',
        note: 'x',
        change: { topK: false },
        isPassing: false,
      })
    }
    expect(memory.degraded()).toHaveLength(100)
  })
})
