import { describe, expect, jest, test } from 'bun:test'
import { createLogger } from '../../../src/base/logger.ts'
import {
  type BatchedReportOptions,
  createBatchedReport,
  type RecordSink,
} from '../../../src/gateway/observers/batched-report.ts'
import { createLosses } from '../../../src/gateway/observers/losses.ts'
import { inFakeTime } from '../../support/fake-time.ts'
import { requestRecord } from '../../support/records.ts'
import { waitUntil } from '../../support/wait-until.ts'

/** Batches that were written, as the ids of their records. */
const start = (options: Partial<BatchedReportOptions> = {}, sink: Partial<RecordSink> = {}) => {
  const batches: string[][] = []
  let loads = 0
  const losses = createLosses({ log: createLogger('silent', () => {}), now: () => 0 })
  const report = createBatchedReport({
    name: 'history',
    capacity: 10,
    everyMs: 1000,
    mostRecords: 3,
    load: async () => {
      loads += 1
      return { write: (records) => void batches.push(records.map(({ requestId }) => requestId)), ...sink }
    },
    defer: setImmediate,
    losses,
    ...options,
  })
  const observe = (...ids: readonly string[]): void => {
    for (const requestId of ids) report.observe(requestRecord({ requestId }), undefined)
  }
  return { report, batches, observe, loads: () => loads, lost: () => losses.counts().get('history') }
}

const never = new Promise<never>(() => {})
const noLimit = (): AbortSignal => new AbortController().signal
const idle = (): Promise<void> => new Promise(setImmediate)

describe('a report in batches', () => {
  test('loads and writes nothing before the time is over, and then all that waits (OP-E3)', async () => {
    const { batches, observe, loads } = start()
    await inFakeTime(async () => {
      observe('a', 'b')
      jest.advanceTimersByTime(999)
      expect([loads(), batches]).toEqual([0, []])
      jest.advanceTimersByTime(1)
    })
    await waitUntil(() => batches.length > 0)
    expect([loads(), batches]).toEqual([1, [['a', 'b']]])
  })

  test('writes a full batch when the process is idle, not while a request is answered', async () => {
    const deferred: (() => void)[] = []
    const { batches, observe, loads } = start({ defer: (work) => deferred.push(work) })
    observe('a', 'b', 'c', 'd')
    await idle()
    expect([loads(), deferred.length]).toEqual([0, 1])
    deferred.shift()?.()
    await waitUntil(() => deferred.length === 1)
    // Requests get their turn between two batches.
    expect(batches).toEqual([['a', 'b', 'c']])
    deferred.shift()?.()
    await waitUntil(() => batches.length === 2)
    expect(batches[1]).toEqual(['d'])
  })

  test('without a time writes the records of one turn together after it', async () => {
    const { batches, observe } = start({ everyMs: 0 })
    observe('a', 'b')
    expect(batches).toEqual([])
    await waitUntil(() => batches.length === 1)
    observe('c')
    await waitUntil(() => batches.length === 2)
    expect(batches).toEqual([['a', 'b'], ['c']])
  })

  test('writes what waits when flushed, and records that come meanwhile', async () => {
    const { report, batches, observe } = start()
    await report.flush()
    observe('a')
    const flushed = report.flush()
    observe('b')
    await flushed
    expect(batches).toEqual([['a'], ['b']])
  })

  test('loses what does not fit, and counts it, while a sink hangs (OP-E3)', async () => {
    const { observe, lost } = start({ everyMs: 0 }, { write: () => never })
    observe('in hand')
    await idle()
    await idle()
    observe(...Array.from({ length: 14 }, (_, index) => `waits ${index}`))
    expect(lost()).toBe(4)
  })

  test('counts the records of a failed write, and writes the next ones (OP-E3)', async () => {
    let isFull = true
    const written: string[] = []
    const { report, observe, lost, loads } = start(
      {},
      {
        write(records) {
          if (isFull) throw new Error('disk full')
          written.push(...records.map(({ requestId }) => requestId))
        },
      },
    )
    observe('a', 'b')
    await report.flush()
    isFull = false
    observe('c')
    await report.flush()
    expect([lost(), written, loads()]).toEqual([2, ['c'], 1])
  })

  test('tries to load again with the next batch', async () => {
    let isThere = false
    const written: string[] = []
    const { report, observe, lost } = start({
      async load() {
        if (!isThere) throw new Error('no file')
        return { write: (records) => void written.push(...records.map(({ requestId }) => requestId)) }
      },
    })
    observe('a')
    await report.flush()
    isThere = true
    observe('b')
    await report.flush()
    expect([lost(), written]).toEqual([1, ['b']])
  })

  test('writes the rest at the end, and then closes its sink (OP-E4)', async () => {
    const ends: string[][][] = []
    const { report, batches, observe, lost } = start({}, { end: () => void ends.push([...batches]) })
    observe('a', 'b', 'c', 'd')
    await report.end(noLimit())
    expect(ends).toEqual([[['a', 'b', 'c'], ['d']]])
    observe('late')
    expect(lost()).toBe(1)
  })

  test('loads nothing at the end without records', async () => {
    const { report, loads } = start()
    await report.end(noLimit())
    expect(loads()).toBe(0)
  })

  test.each<[string, Partial<BatchedReportOptions>, Partial<RecordSink>]>([
    ['a write that hangs', {}, { write: () => never }],
    ['a load that hangs', { load: () => never }, {}],
    ['an end that hangs', {}, { write: () => never, end: () => never }],
  ])('does not wait for %s after the limit, and counts what is lost once (OP-E4)', async (_, options, sink) => {
    const { report, observe, lost } = start(options, sink)
    const limit = new AbortController()
    observe('a', 'b', 'c', 'd')
    const ended = report.end(limit.signal)
    await idle()
    limit.abort()
    await ended
    expect(lost()).toBe(4)
  })

  test('counts a write once that fails after the limit (OP-E4)', async () => {
    const { promise, reject } = Promise.withResolvers<void>()
    const { report, observe, lost } = start({}, { write: () => promise })
    observe('a')
    await report.end(AbortSignal.abort())
    reject(new Error('late'))
    await idle()
    expect(lost()).toBe(1)
  })
})
