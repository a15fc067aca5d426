import { describe, expect, jest, test } from 'bun:test'
import fc from 'fast-check'
import { clientClosed, GatewayError } from '../../../src/base/errors.ts'
import { type Entrant, type Place, RequestQueue } from '../../../src/gateway/policy/request-queue.ts'
import type { RequestFacts } from '../../../src/gateway/request-record.ts'
import { inFakeTime } from '../../support/fake-time.ts'

interface Setup {
  readonly maximum?: number
  readonly capacity?: number
  readonly waitMs?: number
  readonly isolatesRequests?: boolean
}

interface Sent {
  readonly client?: string
  readonly limit?: number
  readonly isSubagent?: boolean
  readonly model?: string
}

/** Runs what waits for a promise. */
const tick = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve()
}

/** A queue, and the log of what happens to the requests in it. */
const createBench = ({ maximum = 1, capacity = 10, waitMs = 30_000, isolatesRequests }: Setup = {}) => {
  let at = 0
  const queue = new RequestQueue({ maximum, capacity, waitMs, now: () => at, random: () => 0.5, isolatesRequests })
  const places = new Map<string, Place>()
  const events: string[] = []
  const facts = new Map<string, RequestFacts>()
  const aborts = new Map<string, AbortController>()
  return {
    queue,
    events,
    places,
    facts: (name: string): RequestFacts => facts.get(name) ?? {},
    ask(name: string, { client = 'alice', limit, isSubagent = false, model = 'opus' }: Sent = {}): void {
      facts.set(name, {})
      const running = { update: (more: RequestFacts) => void Object.assign(facts.get(name) ?? {}, more) }
      const entrant: Entrant = { client, clientName: client, clientLimit: limit, isSubagent, running }
      const abort = new AbortController()
      aborts.set(name, abort)
      queue.enter(entrant, model, abort.signal).then(
        (place) => {
          places.set(name, place)
          events.push(name)
          if (abort.signal.aborted) place.leave()
        },
        (error: GatewayError) => events.push(`${name} ${error.status}`),
      )
    },
    leave: (name: string): void => places.get(name)?.leave(),
    /** As a call does it: its place is free at once. */
    abort(name: string, reason?: GatewayError): void {
      aborts.get(name)?.abort(reason)
      places.get(name)?.leave()
    },
    /** Milliseconds, of the clock and of timers. */
    async pass(milliseconds: number): Promise<void> {
      at += milliseconds
      jest.advanceTimersByTime(milliseconds)
      await tick()
    },
  }
}

const throttled = (seconds: number): GatewayError =>
  new GatewayError('rate_limit_error', 'Slow down.', { retryAfterSeconds: seconds })

describe('places upstream (OP-L12)', () => {
  test('a request beyond the maximum is refused where none may wait', async () => {
    const { queue, ask, events, facts, leave } = createBench({ maximum: 2, capacity: 0 })
    for (const name of ['a', 'b', 'c']) ask(name)
    await tick()
    expect(events.toSorted()).toEqual(['a', 'b', 'c 529'])
    expect(facts('c')).toEqual({ limit: 'concurrency' })
    expect(queue.active).toBe(2)
    leave('a')
    leave('a')
    expect(queue.active).toBe(1)
    ask('d')
    await tick()
    expect(events.at(-1)).toBe('d')
  })

  test('the refusal says what runs, and asks to come again in 1 to 5 seconds', () => {
    const running = { update: () => {} }
    const entrant = { client: 'client:alice', clientName: 'alice', clientLimit: 1, isSubagent: false, running }
    const waits = [0, 0.5, 0.999].map((random) => {
      const queue = new RequestQueue({ maximum: 9, capacity: 0, waitMs: 0, now: () => 0, random: () => random })
      void queue.enter(entrant, '', new AbortController().signal)
      expect(queue.refusalOf({ ...entrant, client: 'bob' })).toBeUndefined()
      const { message, type, status, shouldRetry, retryAfterSeconds } = queue.refusalOf(entrant) ?? {}
      expect(message).toBe("Client 'alice' already runs 1 request. Try again in a moment.")
      expect([type, status, shouldRetry]).toEqual(['overloaded_error', 529, true])
      return retryAfterSeconds
    })
    expect(waits).toEqual([1, 3, 5])
  })

  test('a client has at most its own places, and others pass it', async () => {
    const { ask, events, leave, queue } = createBench({ maximum: 3 })
    ask('a1', { limit: 1 })
    ask('a2', { limit: 1 })
    ask('b1', { client: 'bob' })
    await tick()
    expect([events, queue.queued]).toEqual([['a1', 'b1'], 1])
    leave('a1')
    await tick()
    expect(events).toEqual(['a1', 'b1', 'a2'])
  })
})

describe('the queue (OP-L13)', () => {
  test('serves clients in turn, the main thread before subagents, then in order of arrival', async () => {
    const { ask, events, leave } = createBench()
    ask('first')
    for (const name of ['sub1', 'sub2']) ask(name, { isSubagent: true })
    for (const name of ['bob1', 'bob2', 'bob3']) ask(name, { client: 'bob' })
    for (const name of ['main1', 'main2']) ask(name)
    await tick()
    for (let served = 0; served < 8; served += 1) {
      leave(events.at(-1) ?? '')
      await tick()
    }
    expect(events).toEqual(['first', 'main1', 'bob1', 'main2', 'bob2', 'sub1', 'bob3', 'sub2'])
  })

  test('a burst of 500 subagents starves neither the main thread nor another client', async () => {
    const { ask, events, leave, queue } = createBench({ maximum: 4, capacity: 500 })
    for (let count = 0; count < 500; count += 1) ask(`sub${count}`, { isSubagent: true })
    ask('main')
    ask('other', { client: 'bob' })
    await tick()
    expect(events).toHaveLength(4)
    leave('sub0')
    leave('sub1')
    await tick()
    expect(events.slice(4).sort()).toEqual(['main', 'other'])
    for (let next = 2; queue.active > 0; next += 1) {
      leave(events[next] ?? '')
      await tick()
    }
    expect(new Set(events).size).toBe(502)
    expect(events.filter((event) => event.includes(' '))).toEqual([])
  })

  test('a full queue of subagents makes room for the main thread and for other clients', async () => {
    const { ask, events, facts } = createBench({ capacity: 3 })
    ask('first')
    for (const name of ['s1', 's2', 's3', 's4']) ask(name, { isSubagent: true })
    await tick()
    expect(events).toEqual(['first', 's4 529'])
    ask('main')
    await tick()
    expect(events.slice(2)).toEqual(['s3 529'])
    ask('bob1', { client: 'bob' })
    await tick()
    expect(events.slice(3)).toEqual(['s2 529'])
    ask('bob2', { client: 'bob' })
    await tick()
    expect(events.slice(4)).toEqual(['bob2 529'])
    expect(facts('s2').limit).toBe('queue')
  })

  test('a request that waits too long gets 529, and its record says how long it waited', () =>
    inFakeTime(async () => {
      const { ask, events, facts, pass, queue, leave } = createBench({ waitMs: 2500 })
      ask('a')
      ask('b')
      await pass(2499)
      expect(queue.queued).toBe(1)
      await pass(1)
      await tick()
      expect(events).toEqual(['a', 'b 529'])
      expect(facts('b')).toEqual({ limit: 'queue', queuedMs: 2500 })
      leave('a')
      expect([queue.active, queue.queued, jest.getTimerCount()]).toEqual([0, 0, 0])
    }))

  test('a client that disconnects leaves the queue, and its place', async () => {
    const { ask, events, abort, queue } = createBench()
    for (const name of ['a', 'b', 'c']) ask(name)
    await tick()
    abort('b')
    abort('a')
    await tick()
    expect(events.toSorted()).toEqual(['a', 'b 499', 'c'])
    abort('c')
    expect([queue.active, queue.queued]).toEqual([0, 0])
    ask('late')
    abort('late')
    await tick()
    expect([queue.active, queue.queued]).toEqual([0, 0])
  })

  test('requests that wait are refused when the server drains, and later ones that would wait', () =>
    inFakeTime(async () => {
      const { ask, events, queue, places, leave } = createBench({ maximum: 2 })
      for (const name of ['a', 'b', 'c', 'd']) ask(name)
      await tick()
      places.get('a')?.refused(throttled(5))
      queue.drain(new GatewayError('overloaded_error', 'The server is stopping.'))
      places.get('a')?.refused(throttled(5))
      ask('e')
      await tick()
      expect(events.toSorted()).toEqual(['a', 'b', 'c 529', 'd 529', 'e 529'])
      // No timer keeps the program running.
      expect([queue.active, queue.queued, jest.getTimerCount()]).toEqual([2, 0, 0])
      leave('a')
      ask('f')
      await tick()
      expect(events.at(-1)).toBe('f')
    }))

  test('never gives out more places than there are, and never loses one', () =>
    inFakeTime(async () => {
      const step = fc.oneof(
        fc.record({
          kind: fc.constant('ask' as const),
          client: fc.constantFrom('alice', 'bob', 'carol'),
          isSubagent: fc.boolean(),
          model: fc.constantFrom('opus', 'haiku'),
        }),
        fc.record({
          kind: fc.constantFrom('leave' as const, 'abort' as const, 'throttled' as const, 'answered' as const),
          which: fc.nat({ max: 30 }),
        }),
        fc.record({ kind: fc.constant('pass' as const), milliseconds: fc.nat({ max: 4000 }) }),
      )
      await fc.assert(
        fc.asyncProperty(
          fc.record({ maximum: fc.integer({ min: 1, max: 4 }), capacity: fc.nat({ max: 5 }) }),
          fc.array(step, { maxLength: 60 }),
          async (sizes, steps) => {
            const bench = createBench({ ...sizes, waitMs: 5000 })
            const { queue, places } = bench
            const limits: Record<string, number> = { alice: 2, bob: 9, carol: 1 }
            let sent = 0
            for (const one of steps) {
              if (one.kind === 'ask') {
                const { client, isSubagent, model } = one
                bench.ask(`${sent++}`, { client, limit: limits[client] ?? 0, isSubagent, model })
              } else if (one.kind === 'pass') await bench.pass(one.milliseconds)
              else {
                const name = `${one.which}`
                if (one.kind === 'leave') bench.leave(name)
                if (one.kind === 'abort') bench.abort(name)
                if (one.kind === 'throttled') places.get(name)?.refused(throttled(3))
                if (one.kind === 'answered') places.get(name)?.answered()
              }
              await tick()
              expect(queue.active).toBeLessThanOrEqual(sizes.maximum)
              expect(queue.queued).toBeLessThanOrEqual(sizes.capacity)
            }
            // The longest pause and the longest wait end; then all places are given back.
            await bench.pass(5000)
            for (const name of places.keys()) bench.leave(name)
            await tick()
            for (const name of places.keys()) bench.leave(name)
            expect([queue.active, queue.queued]).toEqual([0, 0])
            expect(bench.events).toHaveLength(sent)
          },
        ),
        { numRuns: 300 },
      )
      expect(jest.getTimerCount()).toBe(0)
    }))
})

describe('a model that the upstream throttles (OP-L14)', () => {
  test('new requests for it wait, and those for other models do not', () =>
    inFakeTime(async () => {
      const { ask, events, places, pass } = createBench({ maximum: 9 })
      ask('a')
      await tick()
      places.get('a')?.refused(throttled(4))
      ask('b')
      ask('c', { model: 'haiku' })
      await tick()
      expect(events).toEqual(['a', 'c'])
      await pass(3999)
      expect(events).toEqual(['a', 'c'])
      await pass(1)
      await tick()
      expect(events).toEqual(['a', 'c', 'b'])
    }))

  test('the first success ends the wait', async () => {
    const { ask, events, places } = createBench({ maximum: 9 })
    ask('a')
    await tick()
    places.get('a')?.refused(throttled(10))
    ask('b')
    await tick()
    places.get('a')?.answered()
    await tick()
    expect(events).toEqual(['a', 'b'])
  })

  test('no request for it waits where the runtime isolates requests: a timer could end with its request (OP-X4)', async () => {
    const { ask, events, places } = createBench({ maximum: 9, isolatesRequests: true })
    ask('a')
    await tick()
    places.get('a')?.refused(throttled(4))
    ask('b')
    await tick()
    expect(events).toEqual(['a', 'b'])
  })

  test('a longer wait is left to the client, and so is any where there is no queue', async () => {
    const long = createBench({ maximum: 9 })
    const none = createBench({ maximum: 9, capacity: 0 })
    for (const [{ ask, events, places }, seconds] of [
      [long, 11],
      [none, 5],
    ] as const) {
      ask('a')
      await tick()
      places.get('a')?.refused(throttled(seconds))
      places.get('a')?.refused(new GatewayError('api_error', 'Failed.', { retryAfterSeconds: 5 }))
      places.get('a')?.refused(new GatewayError('rate_limit_error', 'Slow down.'))
      places.get('a')?.refused(clientClosed(undefined))
      ask('b')
      await tick()
      expect(events).toEqual(['a', 'b'])
    }
  })
})
