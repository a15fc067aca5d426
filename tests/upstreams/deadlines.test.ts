import { describe, expect, jest, test } from 'bun:test'
import { startDeadline } from '../../src/upstreams/deadlines.ts'

describe('deadlines', () => {
  test('count only while somebody listens', () => {
    jest.useFakeTimers()
    try {
      const deadline = startDeadline(1000, new AbortController().signal, () => {})
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

  test("hand on the caller's wish to end, and forget the caller", () => {
    const caller = new AbortController()
    const deadline = startDeadline(10_000, caller.signal, () => {})
    caller.abort('gone')
    expect(deadline.signal.aborted).toBe(true)
    expect(deadline.expired).toBeUndefined()
    deadline.stop()
    const early = startDeadline(10_000, caller.signal, () => {})
    expect(early.signal.aborted).toBe(true)
    early.stop()
  })
})
