import { expect, test } from 'bun:test'
import type { RequestRecord } from '../../../../src/gateway/request-record.ts'
import { createLiveRequests, mostViewers } from '../../../../src/server/ops/dashboard/live-requests.ts'
import { createRecentUsage } from '../../../../src/usage/recent-usage.ts'
import type { RequestPage } from '../../../../src/usage/usage-report.ts'
import { requestRecord } from '../../../support/records.ts'

const createTest = () => {
  const clock = { now: 0, hasBegun: false }
  const recent = createRecentUsage()
  const live = createLiveRequests({
    reader: recent,
    shutdown: { hasBegun: () => clock.hasBegun },
    now: () => clock.now,
    everyMs: 1,
  })
  const end = (record: Partial<RequestRecord>): void => {
    const whole = requestRecord({ endpoint: 'messages', method: 'POST', ...record })
    recent.observe(whole, undefined)
    live.observe(whole, undefined)
  }
  return { live, end, clock }
}

/** Reads the pages of a stream; texts that are not events are its pings. */
const reading = (stream: ReadableStream<Uint8Array>) => {
  const reader = stream.getReader()
  const next = async (): Promise<readonly string[] | string> => {
    const { value, done } = await reader.read()
    if (done) return 'closed'
    const text = new TextDecoder().decode(value)
    if (!text.startsWith('data: ')) return text
    return (JSON.parse(text.slice('data: '.length)) as RequestPage).requests.map(({ id }) => id)
  }
  return { next, leave: () => reader.cancel() }
}

test('a viewer gets the newest requests first, then those that end, once a second (OP-D3)', async () => {
  const { live, end } = createTest()
  end({ requestId: 'req_1' })
  const viewer = reading((await live.open(undefined))!)
  expect(await viewer.next()).toEqual(['req_1'])
  end({ requestId: 'req_2' })
  end({ requestId: 'req_3' })
  end({ requestId: 'req_4', endpoint: 'models' })
  expect(await viewer.next()).toEqual(['req_3', 'req_2'])
  await viewer.leave()
})

test('a viewer of one client gets no rows of others (OP-D5)', async () => {
  const { live, end } = createTest()
  end({ requestId: 'req_1', client: 'alice' })
  end({ requestId: 'req_2', client: 'bob' })
  const viewer = reading((await live.open('bob'))!)
  expect(await viewer.next()).toEqual(['req_2'])
  end({ requestId: 'req_3', client: 'alice' })
  end({ requestId: 'req_4', client: 'bob' })
  expect(await viewer.next()).toEqual(['req_4'])
  await viewer.leave()
})

test('a viewer that may no longer read gets no row, and its stream ends (OP-D5)', async () => {
  const { live, end } = createTest()
  let mayRead = true
  const viewer = reading((await live.open('bob', () => mayRead))!)
  expect(await viewer.next()).toEqual([])
  mayRead = false
  end({ requestId: 'req_1', client: 'bob' })
  expect(await viewer.next()).toBe('closed')
})

test('a sixth viewer is refused until another leaves (OP-D3)', async () => {
  const { live } = createTest()
  const viewers = await Promise.all(Array.from({ length: mostViewers }, () => live.open(undefined)))
  expect(await live.open(undefined)).toBeUndefined()
  await viewers[0]!.cancel()
  const next = await live.open(undefined)
  expect(next).toBeDefined()
  for (const stream of [...viewers.slice(1), next]) await stream!.cancel()
})

test('a stream gets a ping in silence, and ends after an hour (OP-D3)', async () => {
  const { live, clock } = createTest()
  const viewer = reading((await live.open(undefined))!)
  expect(await viewer.next()).toEqual([])
  clock.now = 15_000
  expect(await viewer.next()).toBe(':\n\n')
  clock.now = 3_600_000
  expect([await viewer.next(), await viewer.next()]).toEqual([':\n\n', 'closed'])
})

test('a shutdown ends the streams, so that it waits for none (OP-D3)', async () => {
  const { live, clock } = createTest()
  const viewer = reading((await live.open(undefined))!)
  await viewer.next()
  clock.hasBegun = true
  let text = await viewer.next()
  while (text !== 'closed') text = await viewer.next()
})
