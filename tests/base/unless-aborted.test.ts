import { describe, expect, test } from 'bun:test'
import { unlessAborted } from '../../src/base/unless-aborted.ts'

const endless = new Promise<never>(() => {})
const live = (): AbortSignal => new AbortController().signal

describe('work that waits for no longer than a signal', () => {
  test('settles like the work', async () => {
    expect(await unlessAborted(Promise.resolve(1), live())).toBe(1)
    await expect(unlessAborted(Promise.reject(new Error('failed')), live())).rejects.toThrow('failed')
  })

  test('rejects with the reason of the signal, before and during the work', async () => {
    await expect(unlessAborted(endless, AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone')
    const leaving = new AbortController()
    const waiting = unlessAborted(endless, leaving.signal)
    leaving.abort(new Error('left'))
    await expect(waiting).rejects.toThrow('left')
  })
})
