import { describe, expect, test } from 'bun:test'
import { Secret } from '../../../../src/base/secret.ts'
import { createOtlpSender, type SenderOptions } from '../../../../src/gateway/observers/otel/otlp-sender.ts'
import type { Fetch } from '../../../../src/upstreams/http/post.ts'
import { type Collector, startCollector } from '../../../support/collector.ts'

const body = new TextEncoder().encode('{"resourceSpans":[]}')

type SendOptions = Partial<Omit<SenderOptions, 'target'>> & { readonly target?: Partial<SenderOptions['target']> }

/** Sends to the collector. Waits are recorded, and take no time but that of the clock. */
const sendTo = (url: string, options: SendOptions = {}) => {
  const waits: number[] = []
  let time = 0
  const send = createOtlpSender({
    fetch: fetch as Fetch,
    async sleep(milliseconds) {
      waits.push(milliseconds)
      time += milliseconds
    },
    random: () => 0.5,
    now: () => time,
    timeoutMs: 30_000,
    ending: new AbortController().signal,
    stopped: new AbortController().signal,
    ...options,
    target: { url: `${url}/v1/traces`, headers: new Map(), timeoutMs: 10_000, isCompressed: false, ...options.target },
  })
  return { send, waits }
}

const counts = ({ exports }: Collector): number => exports.length

describe('a request of OTLP', () => {
  test('is JSON with the headers of the configuration (OP-O6)', async () => {
    const collector = startCollector()
    const { send } = sendTo(collector.url, { target: { headers: new Map([['x-key', new Secret('CANARY')]]) } })
    expect(await send(body)).toEqual({ rejected: 0 })
    const [sent] = collector.exports
    expect([sent?.path, sent?.text, sent?.headers.get('content-type'), sent?.headers.get('x-key')]).toEqual([
      '/v1/traces',
      '{"resourceSpans":[]}',
      'application/json',
      'CANARY',
    ])
    expect(sent?.headers.get('user-agent')).toMatch(/^nexus-claude-api\//)
  })

  test('is compressed if the configuration wants it (OP-O6)', async () => {
    const collector = startCollector()
    await sendTo(collector.url, { target: { isCompressed: true } }).send(body)
    const [sent] = collector.exports
    expect([sent?.headers.get('content-encoding'), sent?.text]).toEqual(['gzip', '{"resourceSpans":[]}'])
  })

  test.each([429, 502, 503, 504])(
    'is repeated after a %d, at growing intervals, until its time is over (OP-O6)',
    async (status) => {
      const collector = startCollector(() => new Response('busy', { status }))
      const { send, waits } = sendTo(collector.url)
      expect(await send(body)).toEqual({ lost: `HTTP ${status}`, rejected: 0 })
      expect([waits, counts(collector)]).toEqual([[1000, 1500, 2250, 3375], 5])
    },
  )

  test('waits as long as the collector asks for (OP-O6)', async () => {
    const collector = startCollector((count) =>
      count === 1 ? new Response('', { status: 429, headers: { 'retry-after': '7' } }) : undefined,
    )
    const { send, waits } = sendTo(collector.url)
    expect([await send(body), waits]).toEqual([{ rejected: 0 }, [7000]])
  })

  test.each([400, 401, 404, 500, 501])(
    'is lost with a %d, which no other attempt would change (OP-O6)',
    async (status) => {
      const collector = startCollector(() => new Response('words', { status }))
      const { send } = sendTo(collector.url)
      expect([await send(body), counts(collector)]).toEqual([{ lost: `HTTP ${status}`, rejected: 0 }, 1])
    },
  )

  test('is never sent to the target of a redirect (OP-O6)', async () => {
    const other = startCollector()
    const collector = startCollector(() => Response.redirect(`${other.url}/v1/traces`, 307))
    const { send } = sendTo(collector.url, { target: { headers: new Map([['x-key', new Secret('CANARY')]]) } })
    expect([await send(body), counts(other)]).toEqual([{ lost: 'HTTP 307', rejected: 0 }, 0])
  })

  test('is lost if the collector is away, or does not answer in time (OP-O6)', async () => {
    const away = sendTo('http://127.0.0.1:1', { target: { timeoutMs: 2000 } })
    expect([await away.send(body), away.waits]).toEqual([{ lost: 'ECONNREFUSED', rejected: 0 }, [1000]])
    const hanging = startCollector(() => new Promise<Response>(() => {}))
    expect(await sendTo(hanging.url, { timeoutMs: 20 }).send(body)).toEqual({ lost: 'timeout', rejected: 0 })
  })

  test('is not repeated at the end of the process, and its wait ends then (OP-O6, OP-E4)', async () => {
    const collector = startCollector(() => new Response('', { status: 503 }))
    const ending = new AbortController()
    const { send } = sendTo(collector.url, {
      ending: ending.signal,
      sleep: (_, signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason), { once: true })
          ending.abort()
        }),
    })
    expect([await send(body), counts(collector)]).toEqual([{ lost: 'HTTP 503', rejected: 0 }, 1])
    await send(body)
    expect(counts(collector)).toBe(2)
  })

  test('goes around a proxy to a collector on this machine (OP-O6)', async () => {
    const requested: unknown[] = []
    const recorded: Fetch = async (_, { proxy, redirect, timeout }) => {
      requested.push({ proxy, redirect, timeout })
      return new Response('{}')
    }
    for (const url of ['http://localhost:4318', 'https://collector.example'])
      await sendTo(url, { fetch: recorded }).send(body)
    const usual = { redirect: 'manual', timeout: false }
    expect(requested).toEqual([
      { ...usual, proxy: false },
      { ...usual, proxy: undefined },
    ])
  })
})

describe('the answer of a collector', () => {
  test.each([
    [{ partialSuccess: { rejectedSpans: '3', errorMessage: 'words' } }, 3],
    [{ partialSuccess: { rejectedDataPoints: 2 } }, 2],
    [{ partialSuccess: { errorMessage: 'a warning' } }, 0],
    [{ partialSuccess: { rejectedSpans: 'many' } }, 0],
    [{ partialSuccess: null }, 0],
    ['garbage', 0],
  ])('%j rejects %d (OP-O6)', async (answer, rejected) => {
    const collector = startCollector(() => Response.json(answer))
    expect(await sendTo(collector.url).send(body)).toEqual({ rejected })
  })

  test.each([
    ['no JSON', () => new Response('<html>')],
    ['nothing', () => new Response(null, { status: 204 })],
    ['too long', () => new Response('{"partialSuccess":{"rejectedSpans":1}}'.padEnd(70_000))],
  ])('that is %s counts as a success (OP-O6)', async (_, answer) => {
    const collector = startCollector(answer)
    expect(await sendTo(collector.url).send(body)).toEqual({ rejected: 0 })
  })
})
