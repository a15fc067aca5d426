import { expect, test } from 'bun:test'
import { createConcurrencyLimit } from '../../src/base/concurrency-limit.ts'

test('work runs in turn, and work whose signal aborts before its turn does not run', async () => {
  const limited = createConcurrencyLimit(1)
  const first = Promise.withResolvers<void>()
  const ran: string[] = []
  const run = (name: string, signal?: AbortSignal, work = async () => {}): Promise<void> =>
    limited(async () => {
      ran.push(name)
      await work()
    }, signal)
  const leaving = new AbortController()
  const running = run('first', undefined, () => first.promise)
  const left = run('left', leaving.signal)
  const last = run('last', new AbortController().signal)
  leaving.abort(new Error('left'))
  await expect(left).rejects.toThrow('left')
  await expect(run('gone', AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone')
  first.resolve()
  await Promise.all([running, last])
  expect(ran).toEqual(['first', 'last'])
})

test('a turn that comes together with the abort goes to the next work', async () => {
  const limited = createConcurrencyLimit(1)
  const first = Promise.withResolvers<void>()
  const leaving = new AbortController()
  const running = limited(() => first.promise.then(() => leaving.abort(new Error('left'))))
  const left = limited(async () => 'left', leaving.signal).catch(() => 'not run')
  const last = limited(async () => 'last')
  first.resolve()
  await running
  expect([await left, await last]).toEqual(['not run', 'last'])
})
