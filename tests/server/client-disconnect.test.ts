import { describe, expect, test } from 'bun:test'
import { type Chain, type ChainOptions, request, startChain } from '../support/chain.ts'
import { fileHost, sourcesFrom } from '../support/file-host.ts'
import { rawServer } from '../support/raw-server.ts'
import { requestWith, urlBlock } from '../support/url-sources.ts'
import { waitUntil } from '../support/wait-until.ts'

/** T7: a client that disconnects ends all work for it at once, in every phase. */

const disconnectLimitMs = 100

/** Posts, waits for a phase of the request, disconnects, and returns the milliseconds until all work has ended. */
const msFromDisconnectToEnd = async (
  { post, shutdown, records }: Chain,
  body: object,
  isThere: () => boolean,
  hasEnded: () => boolean,
): Promise<number> => {
  const client = new AbortController()
  const before = records.filter(({ event }) => event === 'request.cancelled').length
  const pending = post(body, { signal: client.signal })
    .then((response) => response.text())
    .catch(() => undefined)
  await waitUntil(isThere)
  const leftAt = performance.now()
  client.abort()
  await waitUntil(() => hasEnded() && shutdown.running() === 0)
  const took = performance.now() - leftAt
  await pending
  await waitUntil(() => records.filter(({ event }) => event === 'request.cancelled').length === before + 1)
  expect(records.filter(({ level }) => level === 'error')).toEqual([])
  return took
}

/** A busy machine may be late once. */
const fastest = async (round: () => Promise<number>): Promise<number> =>
  Math.min(await round(), await round(), await round())

describe.each([true, false])('T7 a client that disconnects (stream: %p)', (stream) => {
  test('while the upstream is silent', async () => {
    const chain = startChain({ scenario: () => ({ pace: { firstMs: 60_000 } }) })
    const { journal } = chain.simulator
    const round = (): Promise<number> => {
      const count = journal.length + 1
      return msFromDisconnectToEnd(
        chain,
        request({ stream }),
        () => journal.length === count,
        () => journal.at(-1)?.outcome === 'cancelled',
      )
    }
    expect(await fastest(round)).toBeLessThan(disconnectLimitMs)
  })

  test('during a wait between attempts: there is no other attempt', async () => {
    const error = { status: 429, type: 'ThrottlingException', message: 'm', headers: { 'retry-after': '9' } }
    const chain = startChain({ config: { maxRetries: 2 }, scenario: () => ({ error }) })
    const retries = (): number => chain.records.filter(({ event }) => event === 'upstream.retry').length
    const round = (): Promise<number> => {
      const count = retries() + 1
      return msFromDisconnectToEnd(
        chain,
        request({ stream }),
        () => retries() === count,
        () => true,
      )
    }
    expect(await fastest(round)).toBeLessThan(disconnectLimitMs)
    expect(chain.simulator.journal.length).toBe(3)
  })

  test('during the second attempt of a request that was changed', async () => {
    const complaint = 'The model returned the following errors: `temperature` is deprecated for this model.'
    const chain = startChain({
      scenario: ({ body }) =>
        body.inferenceConfig?.temperature === undefined
          ? { pace: { firstMs: 60_000 } }
          : { error: { status: 400, type: 'ValidationException', message: complaint } },
    })
    const { journal } = chain.simulator
    const took = await msFromDisconnectToEnd(
      chain,
      request({ stream, temperature: 0.5 }),
      () => journal.length === 2,
      () => journal.at(-1)?.outcome === 'cancelled',
    )
    expect(took).toBeLessThan(disconnectLimitMs * 5)
    expect(chain.records.some(({ event }) => event === 'upstream.degraded')).toBe(false)
  })

  test('while its URLs are fetched', async () => {
    const host = await fileHost(() => undefined)
    const chain = startChain({ inlineUrlSources: sourcesFrom(host) })
    const round = (): Promise<number> => {
      const count = host.requests.length + 1
      return msFromDisconnectToEnd(
        chain,
        { ...requestWith(urlBlock('image')), stream },
        () => host.requests.length === count,
        () => host.connections.closed === count,
      )
    }
    expect(await fastest(round)).toBeLessThan(disconnectLimitMs)
    expect(chain.simulator.journal).toEqual([])
  })

  test('while an error is read', async () => {
    const sockets: { destroyed: boolean }[] = []
    let isRead = false
    const { url: endpointUrl } = await rawServer((socket) => {
      sockets.push(socket)
      socket.write('HTTP/1.1 500 X\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"message"', () => {
        isRead = true
      })
    })
    const chain = startChain({ endpointUrl })
    const took = await msFromDisconnectToEnd(
      chain,
      request({ stream }),
      () => isRead,
      () => sockets.every(({ destroyed }) => destroyed),
    )
    expect(took).toBeLessThan(disconnectLimitMs * 5)
  })
})

test('requests leave nothing behind after every kind of end', async () => {
  const fault = { afterFrames: 2, kind: 'exception' as const }
  const ways: ChainOptions['scenario'][] = [
    undefined,
    () => ({ error: { status: 500, message: 'm' } }),
    () => ({ error: { status: 400, type: 'ValidationException', message: 'm' } }),
    () => ({ content: [{ text: 'x' }], fault }),
  ]
  for (const scenario of ways) {
    const { post, shutdown } = startChain({ ...(scenario && { scenario }), commitMs: 5 })
    for (const stream of [true, false]) await (await post(request({ stream }))).text()
    await (await post(request({ stream: true, max_tokens: 'no' }))).text()
    await waitUntil(() => shutdown.running() === 0)
  }
})
