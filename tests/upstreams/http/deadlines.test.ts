import { describe, expect, jest, test } from 'bun:test'
import { Deadline } from '../../../src/upstreams/http/deadlines.ts'
import { Chunks, readText } from '../../../src/upstreams/http/response-body.ts'
import { inFakeTime } from '../../support/fake-time.ts'

const origin = { name: 'AI Nexus', host: 'nexus.example', isPlain: false, isLocal: false }
const limits = { connectMs: 300, silenceMs: 1000 }
const start = (signal = new AbortController().signal, more: Partial<typeof limits> = {}) =>
  new Deadline({ ...limits, ...more }, origin, signal, () => {})

describe('deadlines', () => {
  test('count only while we read', () =>
    inFakeTime(() => {
      const deadline = start()
      jest.advanceTimersByTime(900)
      deadline.activity()
      jest.advanceTimersByTime(60_000)
      expect(deadline.expired).toBeUndefined()
      deadline.startRead()
      jest.advanceTimersByTime(999)
      expect(deadline.signal.aborted).toBe(false)
      jest.advanceTimersByTime(1001)
      expect(deadline.expired?.message).toBe('AI Nexus sent nothing for 1 s.')
      expect(deadline.signal.aborted).toBe(true)
      deadline.stop()
    }))

  test('a connection, the first byte and silence each have their own', () =>
    inFakeTime(() => {
      const refused = start()
      refused.startConnect()
      jest.advanceTimersByTime(299)
      expect(refused.expired).toBeUndefined()
      jest.advanceTimersByTime(2)
      expect(refused.expired).toMatchObject({
        status: 504,
        shouldRetry: true,
        retryable: false,
        message: expect.stringMatching(/^Connecting to nexus\.example timed out after 0\.3 s\. Check the endpoint URL/),
      })

      const mute = start()
      mute.startConnect()
      jest.advanceTimersByTime(200)
      mute.connected()
      jest.advanceTimersByTime(999)
      expect(mute.expired).toBeUndefined()
      jest.advanceTimersByTime(2)
      expect(mute.expired?.message).toBe('AI Nexus did not begin to answer within 1 s.')

      const unconnected = start(undefined, { silenceMs: 100 })
      unconnected.startConnect()
      jest.advanceTimersByTime(101)
      expect(unconnected.expired?.message).toContain('timed out after 0.1 s')

      const early = start()
      early.startConnect()
      early.activity()
      early.connected()
      early.startRead()
      jest.advanceTimersByTime(1001)
      expect(early.expired?.message).toBe('AI Nexus sent nothing for 1 s.')
      for (const deadline of [refused, mute, unconnected, early]) deadline.stop()
    }))

  test("pass the caller's abort on, and remove the listener", () => {
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

describe('the body of a response', () => {
  const silenceMs = 60_000
  const bodyTimeouts = { connectMs: 1, drainMs: 1, excerptMs: 1, deadConnectionMs: 1 }

  test('chunk by chunk, also has one for the first byte after its head (AU-N9)', () =>
    inFakeTime(async () => {
      const deadline = start(undefined, { silenceMs })
      jest.advanceTimersByTime(silenceMs - 1000)
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
      const chunks = new Chunks(new Response(readable), { origin, deadline, bodyTimeouts })
      const next = chunks.next()
      jest.advanceTimersByTime(silenceMs - 1)
      expect(deadline.expired).toBeUndefined()
      void writable.getWriter().write(new Uint8Array(1))
      expect((await next).done).toBe(false)
      deadline.stop()
    }))

  /** A call whose response head arrives at the last moment, and what is read of its body. */
  const late = (clock: (write: (text: string) => void, end: () => void) => void): Promise<string> => {
    const deadline = start(undefined, { silenceMs })
    jest.advanceTimersByTime(silenceMs - 1000)
    let body: ReadableStreamDefaultController<Uint8Array> | undefined
    const bytes = new ReadableStream<Uint8Array>({
      start(controller) {
        body = controller
        deadline.signal.addEventListener('abort', () => controller.error(deadline.signal.reason))
      },
    })
    const response = new Response(bytes, { headers: { 'content-length': '4' } })
    const text = readText(response, { origin, deadline, bodyTimeouts }, silenceMs)
    clock(
      (part) => body?.enqueue(new TextEncoder().encode(part)),
      () => body?.close(),
    )
    return text
  }

  test('that is short has its own time limit, after any wait', () =>
    inFakeTime(async () => {
      const text = late((write, end) => {
        write('ab')
        jest.advanceTimersByTime(2000)
        write('cd')
        end()
      })
      expect(await text).toBe('abcd')
    }))

  test('that is short and stops in the middle had begun', () =>
    inFakeTime(async () => {
      const text = late((write) => {
        write('ab')
        jest.advanceTimersByTime(silenceMs + 1)
        jest.advanceTimersByTime(silenceMs + 1)
      })
      await expect(text).rejects.toThrow('AI Nexus sent nothing for 60 s.')
    }))
})
