import { describe, expect, jest, test } from 'bun:test'
import { startDeadline } from '../../src/upstreams/deadlines.ts'

const place = { host: 'nexus.example', isPlain: false }
const limits = { connectMs: 300, silenceMs: 1000 }
const start = (signal = new AbortController().signal, more: Partial<typeof limits> = {}) =>
  startDeadline({ ...limits, ...more }, place, signal, () => {})

describe('deadlines', () => {
  test('count only while somebody listens', () => {
    jest.useFakeTimers()
    try {
      const deadline = start()
      jest.advanceTimersByTime(900)
      deadline.heard()
      jest.advanceTimersByTime(60_000)
      expect(deadline.expired).toBeUndefined()
      deadline.listen()
      jest.advanceTimersByTime(999)
      expect(deadline.signal.aborted).toBe(false)
      jest.advanceTimersByTime(1001)
      expect(deadline.expired?.message).toBe('AI Nexus sent nothing for 1 s.')
      expect(deadline.signal.aborted).toBe(true)
      deadline.stop()
    } finally {
      jest.useRealTimers()
    }
  })

  test('a connection, the first byte and silence each have their own', () => {
    jest.useFakeTimers()
    try {
      const refused = start()
      refused.connecting()
      jest.advanceTimersByTime(299)
      expect(refused.expired).toBeUndefined()
      jest.advanceTimersByTime(2)
      expect(refused.expired).toMatchObject({
        status: 504,
        shouldRetry: true,
        retryable: false,
        message: expect.stringMatching(
          /^No connection to nexus\.example came about within 0\.3 s\. Is the endpoint right/,
        ),
      })

      const mute = start()
      mute.connecting()
      jest.advanceTimersByTime(200)
      mute.connected()
      jest.advanceTimersByTime(999)
      expect(mute.expired).toBeUndefined()
      jest.advanceTimersByTime(2)
      expect(mute.expired?.message).toBe('AI Nexus did not begin to answer within 1 s.')

      const impatient = start(undefined, { silenceMs: 100 })
      impatient.connecting()
      jest.advanceTimersByTime(101)
      expect(impatient.expired?.message).toContain('within 0.1 s')

      const early = start()
      early.connecting()
      early.heard()
      early.connected()
      early.listen()
      jest.advanceTimersByTime(1001)
      expect(early.expired?.message).toBe('AI Nexus sent nothing for 1 s.')
      for (const deadline of [refused, mute, impatient, early]) deadline.stop()
    } finally {
      jest.useRealTimers()
    }
  })

  test("hand on the caller's wish to end, and forget the caller", () => {
    const caller = new AbortController()
    const deadline = start(caller.signal)
    caller.abort('gone')
    expect(deadline.signal.aborted).toBe(true)
    expect(deadline.expired).toBeUndefined()
    deadline.stop()
    const early = start(caller.signal)
    expect(early.signal.aborted).toBe(true)
    early.stop()
  })
})
