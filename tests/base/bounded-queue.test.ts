import { expect, test } from 'bun:test'
import { type BoundedQueueOptions, createBoundedQueue } from '../../src/base/bounded-queue.ts'
import { waitUntil } from '../support/wait-until.ts'

const start = (options: Partial<BoundedQueueOptions<string>> = {}) => {
  const started: string[] = []
  const lost: string[] = []
  const finish = new Map<string, (reason?: string) => void>()
  const queue = createBoundedQueue<string>({
    capacity: 2,
    concurrency: 1,
    process: (item) => {
      started.push(item)
      return new Promise((resolve) => finish.set(item, resolve))
    },
    onLost: (reason) => lost.push(reason),
    ...options,
  })
  return { queue, started, lost, finish: (item: string, reason?: string) => finish.get(item)?.(reason) }
}

const never = (): AbortSignal => new AbortController().signal

test('processes as many items at once as it may, in their order', async () => {
  const { queue, started, finish } = start({ concurrency: 2 })
  for (const item of ['a', 'b', 'c', 'd']) queue.add(item)
  expect(started).toEqual(['a', 'b'])
  finish('b')
  await waitUntil(() => started.length === 3)
  finish('a')
  await waitUntil(() => started.length === 4)
  expect(started).toEqual(['a', 'b', 'c', 'd'])
})

test('loses what does not fit, and accepts items again when there is room', async () => {
  const { queue, started, lost, finish } = start()
  for (const item of ['a', 'b', 'c', 'd', 'e']) queue.add(item)
  expect(lost).toEqual(['queue full', 'queue full'])
  finish('a')
  await waitUntil(() => started.length === 2)
  queue.add('f')
  expect(lost.length).toBe(2)
})

test('reports the reason of a lost item, and the name of an error, and goes on', async () => {
  const { queue, started, lost, finish } = start()
  queue.add('a')
  finish('a', 'HTTP 500')
  await waitUntil(() => lost.length === 1)
  expect(lost).toEqual(['HTTP 500'])
  queue.add('b')
  expect(started).toEqual(['a', 'b'])
  const failing = start({ process: () => Promise.reject(new TypeError('secret')) })
  failing.queue.add('a')
  await waitUntil(() => failing.lost.length === 1)
  expect(failing.lost).toEqual(['TypeError'])
})

test('ends when all items are processed, and accepts no others', async () => {
  const { queue, started, lost, finish } = start()
  queue.add('a')
  queue.add('b')
  const ended = queue.end(never())
  queue.add('c')
  expect(lost).toEqual(['shutdown'])
  finish('a')
  await waitUntil(() => started.length === 2)
  finish('b')
  await ended
  expect([started, lost]).toEqual([['a', 'b'], ['shutdown']])
  await start().queue.end(never())
})

test('loses the rest when the time to end is over', async () => {
  const lost: string[] = []
  const queue = createBoundedQueue<string>({
    capacity: 5,
    concurrency: 1,
    process: (_, signal) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
    onLost: (reason) => lost.push(reason),
  })
  for (const item of ['a', 'b', 'c']) queue.add(item)
  const limit = new AbortController()
  const ended = queue.end(limit.signal)
  limit.abort()
  await ended
  expect(lost).toEqual(['shutdown', 'shutdown', 'shutdown'])
  await start().queue.end(AbortSignal.abort())
})
