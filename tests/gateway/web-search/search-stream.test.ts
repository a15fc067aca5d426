import { describe, expect, test } from 'bun:test'
import type { Reply, Scenario } from '../../../src/simulator/reply.ts'
import type { Upstream } from '../../../src/upstreams/upstream.ts'
import type { EventBatch, MessageStreamEvent } from '../../../src/wire/anthropic/events.ts'
import { simulate } from '../../support/chain.ts'
import { nexusAt } from '../../support/nexus.ts'
import { waitUntil } from '../../support/wait-until.ts'
import {
  contextOf,
  eventsOf,
  type FindPages,
  inTurns,
  pagesAbout,
  searchingOver,
  searchRequest,
  startSearching,
  wants,
} from '../../support/web-search.ts'

/** The stream of an answer while the server searches. */

const oneSearch = inTurns([{ text: 'I look.' }, wants('a')], [{ text: 'So.' }])

/** Time that passes only by `wake`. */
const stoppedTime = () => {
  const sleepers = new Set<() => void>()
  const sleeps: number[] = []
  let onSleep = (): void => {}
  const sleep = (milliseconds: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      sleeps.push(milliseconds)
      const wake = (): void => {
        sleepers.delete(wake)
        resolve()
      }
      sleepers.add(wake)
      signal.addEventListener('abort', () => {
        sleepers.delete(wake)
        reject(signal.reason)
      })
      onSleep()
    })
  return {
    sleep,
    sleeps,
    sleepers,
    wake: () => {
      for (const wake of sleepers) wake()
    },
    /** Resolves when something sleeps. */
    asleep: async () => {
      if (sleepers.size > 0) return
      await new Promise<void>((resolve) => {
        onSleep = resolve
      })
    },
  }
}

const shortOf = (event: MessageStreamEvent): string =>
  event.type === 'content_block_start' ? event.content_block.type : event.type

/** Reads one event after another, however they arrive. */
const begin = async (upstream: Upstream, context = contextOf()) => {
  const iterator = (await upstream.stream(searchRequest({ stream: true }), context))[Symbol.asyncIterator]()
  const waiting: MessageStreamEvent[] = []
  const next = async (): Promise<MessageStreamEvent> => {
    while (waiting.length === 0) {
      const { done, value } = await iterator.next()
      if (done === true) throw new Error('The stream is over.')
      waiting.push(...value)
    }
    return waiting.shift() as MessageStreamEvent
  }
  return {
    next,
    return: () => iterator.return?.(),
    /** The kinds of events until one of this kind, which is the last. */
    async until(kind: string): Promise<string[]> {
      const read: string[] = []
      while (read.at(-1) !== kind) read.push(shortOf(await next()))
      return read
    },
  }
}

/** What the promise rejects with. */
const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => {
      throw new Error('It did not fail.')
    },
    (error: unknown) => error,
  )

describe('while a search runs', () => {
  test('the client gets a ping at once and every 5 s, until the next event (WS-23)', async () => {
    const time = stoppedTime()
    const search = Promise.withResolvers<void>()
    const { upstream } = startSearching(oneSearch, {
      sleep: time.sleep,
      find: async ({ query }) => {
        await search.promise
        return pagesAbout(query)
      },
    })
    const iterator = await begin(upstream)
    await iterator.until('server_tool_use')
    expect(await iterator.until('ping')).toEqual(['content_block_delta', 'content_block_stop', 'ping'])
    for (let pings = 0; pings < 3; pings += 1) {
      const next = iterator.until('ping')
      await time.asleep()
      time.wake()
      expect(await next).toEqual(['ping'])
    }
    search.resolve()
    expect(await iterator.until('web_search_tool_result')).toEqual(['web_search_tool_result'])
    await iterator.until('message_stop')
    expect(new Set(time.sleeps)).toEqual(new Set([5000]))
    expect(time.sleepers.size).toBe(0)
  })

  test('the client gets pings also after the start of the next call, which it does not see (WS-23)', async () => {
    const time = stoppedTime()
    const { nexus } = nexusAt(simulate({ scenario: oneSearch as Scenario }).url)
    const hasBegun = Promise.withResolvers<void>()
    const { promise: never } = Promise.withResolvers<never>()
    /** The start of the call, and nothing more. */
    async function* startOf(batches: AsyncIterable<EventBatch>): AsyncGenerator<EventBatch> {
      for await (const batch of batches) {
        yield batch.filter(({ type }) => type === 'message_start' || type === 'ping')
        hasBegun.resolve()
        await never
      }
    }
    let calls = 0
    const slow: Upstream = {
      ...nexus,
      async stream(sent, context) {
        calls += 1
        const batches = await nexus.stream(sent, context)
        return calls === 1 ? batches : startOf(batches)
      },
    }
    const iterator = await begin(searchingOver(slow, { sleep: time.sleep }).upstream)
    await iterator.until('web_search_tool_result')
    await iterator.until('content_block_stop')
    const first = iterator.until('ping')
    await hasBegun.promise
    await time.asleep()
    time.wake()
    expect(await first).toEqual(['ping'])
    const second = iterator.until('ping')
    await time.asleep()
    time.wake()
    expect(await second).toEqual(['ping'])
  })

  test('the client has the text before it, the search with its whole input, and later the results (WS-21, WS-22)', async () => {
    const search = Promise.withResolvers<void>()
    const { upstream } = startSearching(oneSearch, {
      find: async ({ query }) => {
        await search.promise
        return pagesAbout(query)
      },
    })
    const iterator = await begin(upstream)
    const events: MessageStreamEvent[] = []
    while (events.filter(({ type }) => type === 'content_block_stop').length < 2) events.push(await iterator.next())
    const caller = { type: 'direct' }
    const id = 'srvtoolu_nca1_tooluse_5f_a'
    expect(events.filter(({ type }) => type !== 'ping').slice(1)).toEqual([
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '', citations: null } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'I look.' } },
      { type: 'content_block_stop', index: 0 },
      {
        type: 'content_block_start',
        index: 1,
        content_block: { type: 'server_tool_use', id, name: 'web_search', input: {}, caller },
      },
      { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '{"query":"a"}' } },
      { type: 'content_block_stop', index: 1 },
    ] as never)
    search.resolve()
    await iterator.until('ping')
    const page = { type: 'web_search_result', encrypted_content: expect.stringMatching(/^nca1_[\w-]+$/) }
    expect([await iterator.next(), await iterator.next()]).toEqual([
      {
        type: 'content_block_start',
        index: 2,
        content_block: {
          type: 'web_search_tool_result',
          tool_use_id: id,
          caller,
          content: [
            { ...page, url: 'https://one.example/a', title: 'a one', page_age: '2026-11-01' },
            { ...page, url: 'https://two.example/a', title: 'a two', page_age: null },
          ],
        },
      },
      { type: 'content_block_stop', index: 2 },
    ] as never)
    await iterator.until('message_stop')
  })

  test('the input is one delta, in however many pieces the model writes it (WS-22)', async () => {
    const pace = { deltaCharacters: 1 }
    const { upstream } = startSearching(
      inTurns({ content: [wants('abc')], pace }, { content: [{ text: 'So.' }], pace }),
    )
    const events = await eventsOf(upstream, searchRequest())
    const deltas = events.flatMap((event) => (event.type === 'content_block_delta' ? [event.delta] : []))
    expect(deltas.filter(({ type }) => type === 'input_json_delta')).toEqual([
      { type: 'input_json_delta', partial_json: '{"query":"abc"}' },
    ])
    expect(deltas.filter(({ type }) => type === 'text_delta')).toHaveLength(3)
  })
})

/** A provider that never answers, and what it learns. */
const hanging = () => {
  const started = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  const find: FindPages = (_query, signal) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        ended.resolve()
        reject(signal.reason)
      })
      started.resolve()
    })
  return { find, started: started.promise, ended: ended.promise }
}

describe('a client that disconnects', () => {
  test('ends the search of a stream (WS-18)', async () => {
    const { find, started, ended } = hanging()
    const { upstream, journal } = startSearching(oneSearch, { find })
    const client = new AbortController()
    const iterator = await begin(upstream, contextOf({ signal: client.signal }))
    const rest = failureOf(iterator.until('message_stop'))
    await started
    client.abort(new Error('left'))
    await ended
    expect(await rest).toMatchObject({ status: 499 })
    expect(journal).toHaveLength(1)
  })

  test('ends the search if the reader only stops reading (WS-18)', async () => {
    const { find, started, ended } = hanging()
    const { upstream, journal } = startSearching(oneSearch, { find })
    const iterator = await begin(upstream)
    const rest = failureOf(iterator.until('message_stop'))
    await started
    await iterator.return()
    await ended
    expect(await rest).toBeInstanceOf(Error)
    expect(journal).toHaveLength(1)
  })

  test('ends the search of a whole answer (WS-18)', async () => {
    const { find, started, ended } = hanging()
    const { upstream } = startSearching(oneSearch, { find })
    const client = new AbortController()
    const answer = failureOf(upstream.message(searchRequest(), contextOf({ signal: client.signal })))
    await started
    client.abort(new Error('left'))
    await ended
    expect(await answer).toMatchObject({ status: 499 })
  })

  test('ends the call of the model after a search (WS-18)', async () => {
    const hangs: Reply = { content: [{ text: 'So.' }], fault: { kind: 'hang', afterFrames: 2 } }
    const { upstream, journal } = startSearching(inTurns([wants('a')], hangs))
    const client = new AbortController()
    const iterator = await begin(upstream, contextOf({ signal: client.signal }))
    await iterator.until('text')
    const rest = failureOf(iterator.until('message_stop'))
    client.abort(new Error('left'))
    expect(await rest).toBeInstanceOf(Error)
    await waitUntil(() => journal.at(1)?.outcome === 'cancelled')
  })
})

describe('an error of the upstream', () => {
  const throttled: Reply = { error: { status: 429, type: 'ThrottlingException', message: 'Too many requests' } }

  test('in the first call is a status (WS-26)', async () => {
    const { upstream } = startSearching(inTurns(throttled))
    const failure = await failureOf(begin(upstream))
    expect(failure).toMatchObject({ type: 'rate_limit_error', status: 429 })
  })

  test('in a later call comes after the results, and has the id of that call (WS-26)', async () => {
    const { upstream } = startSearching(inTurns([{ text: 'I look.' }, wants('a')], throttled))
    const ids: string[] = []
    const iterator = await begin(upstream, contextOf({ onUpstreamId: (id) => ids.push(id) }))
    await iterator.until('web_search_tool_result')
    const failure = await failureOf(iterator.until('message_stop'))
    expect(failure).toMatchObject({ type: 'rate_limit_error', status: 429 })
    expect(new Set(ids).size).toBe(2)
  })

  test('in a later call is a status for a whole answer (WS-26)', async () => {
    const { upstream } = startSearching(inTurns([wants('a')], throttled))
    const failure = await failureOf(upstream.message(searchRequest(), contextOf()))
    expect(failure).toMatchObject({ type: 'rate_limit_error', status: 429 })
  })

  test('in the middle of a later call ends the stream with it (WS-26)', async () => {
    const fault = { kind: 'exception', afterFrames: 2, type: 'throttlingException', message: 'Too many' } as const
    const { upstream } = startSearching(inTurns([wants('a')], { content: [{ text: 'So.' }], fault }))
    const iterator = await begin(upstream)
    await iterator.until('text')
    const failure = await failureOf(iterator.until('message_stop'))
    expect(failure).toMatchObject({ type: 'rate_limit_error' })
  })
})
