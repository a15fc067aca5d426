import { describe, expect, test } from 'bun:test'
import { counterOver, estimated, model, prompt, settle } from '../../support/token-counter.ts'
import { tool } from '../../support/translate.ts'

const many = <T>(length: number, of: (index: number) => T): T[] => Array.from({ length }, (_, index) => of(index))
const allEstimated = (prompts: readonly ReturnType<typeof prompt>[]): Promise<number[]> =>
  Promise.all(prompts.map(estimated))

describe('1.9 own count', () => {
  test('1.9 own count is the result if the upstream has one', async () => {
    const { count, calls, done } = counterOver()
    const counted = count(prompt('Hello'))
    await settle()
    calls[0]?.answer(4711)
    expect(await done(counted)).toBe(4711)
  })

  test('1.9 own count is requested at most four times at once', async () => {
    const { count, calls, done } = counterOver()
    const counted = Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((words) => count(prompt(words))))
    await settle()
    expect(calls.map(({ words }) => words)).toEqual(['a', 'b', 'c', 'd'])
    for (const [index, ask] of calls.entries()) ask.answer(10 + index)
    await settle()
    expect(calls.length).toBe(6)
    for (const [index, ask] of calls.entries()) ask.answer(10 + index)
    expect(await done(counted)).toEqual([10, 11, 12, 13, 14, 15])
  })

  test('1.9 own count of the same prompt is requested once, at the same time and later', async () => {
    const { count, calls, done } = counterOver()
    const counted = Promise.all([count(prompt('same')), count(prompt('same')), count(prompt('other'))])
    await settle()
    expect(calls.map(({ words }) => words)).toEqual(['same', 'other'])
    for (const ask of calls) ask.answer(20)
    expect(await done(counted)).toEqual([20, 20, 20])
    expect(await done(count(prompt('same')))).toBe(20)
    expect(calls.length).toBe(2)
  })

  test('1.9 own count of a prompt is remembered for 500 prompts', async () => {
    const upstream = {
      calls: 0,
      countTokens: async () => {
        upstream.calls += 1
        return 5
      },
    }
    const { count, done } = counterOver({ upstream })
    for (let index = 0; index <= 500; index += 1) await done(count(prompt(`prompt ${index}`)))
    await done(count(prompt('prompt 500')))
    expect(upstream.calls).toBe(501)
    await done(count(prompt('prompt 0')))
    expect(upstream.calls).toBe(502)
  })
})

describe('1.9 own count: a runtime that isolates requests', () => {
  test('counts of the same prompt are requested separately, and later ones are remembered (OP-X4)', async () => {
    const { count, calls, done } = counterOver({ isolatesRequests: true })
    const counted = Promise.all([count(prompt('same')), count(prompt('same'))])
    await settle()
    expect(calls.map(({ words }) => words)).toEqual(['same', 'same'])
    for (const ask of calls) ask.answer(20)
    expect(await done(counted)).toEqual([20, 20])
    expect(await done(count(prompt('same')))).toBe(20)
    expect(calls.length).toBe(2)
  })

  test('a count that fails makes no other an estimate (OP-X4)', async () => {
    const { count, calls, done } = counterOver({ isolatesRequests: true })
    const [first, second] = [count(prompt('foo')), count(prompt('bar'))]
    await settle()
    calls[0]?.answer(8)
    calls[1]?.fail('rate_limit_error')
    expect(await done(first)).toBe(8)
    expect(await done(second)).toBe(await estimated(prompt('bar')))
  })
})

describe('1.9 own count: a burst', () => {
  test('1.9 own count: if one count fails, all are estimates', async () => {
    const { count, calls, done } = counterOver()
    const prompts = [prompt('foo'), prompt('foo', { tools: [tool('Bash')] }), prompt('foo', { tools: [tool('Edit')] })]
    const counted = Promise.all(prompts.map((one) => count(one)))
    await settle()
    calls[0]?.answer(8)
    calls[1]?.answer(700)
    await settle()
    calls[2]?.fail('rate_limit_error')
    expect(await done(counted)).toEqual(await allEstimated(prompts))
  })

  test('1.9 own count: two seconds in all: then all are estimates, and the calls end', async () => {
    const { count, calls, pass } = counterOver()
    const prompts = many(9, (index) => prompt(`slow ${index}`))
    const counted = Promise.all(prompts.map((one) => count(one)))
    await settle()
    calls[0]?.answer(1000)
    await pass(1999)
    expect(calls.some(({ signal }) => signal.aborted)).toBe(false)
    await pass(1)
    expect(await counted).toEqual(await allEstimated(prompts))
    expect(calls.slice(1).every(({ signal }) => signal.aborted)).toBe(true)
    // Four, and the one that took the first one's place: the others were never sent.
    expect(calls.length).toBe(5)
  })

  test('1.9 own count: one that comes late has its own time', async () => {
    const { count, calls, pass, done } = counterOver()
    const early = count(prompt('early'))
    await pass(1500)
    const late = count(prompt('late'))
    await pass(500)
    expect(await early).toBe(await estimated(prompt('early')))
    calls[1]?.answer(77)
    expect(await done(late)).toBe(77)
  })

  test('1.9 own count: a burst that has its counts when its time is up is whole', async () => {
    const { count, calls, pass } = counterOver()
    const counted = count(prompt('just'))
    await pass(1980)
    calls[0]?.answer(7)
    await pass(20)
    expect(await counted).toBe(7)
  })

  test('1.9 own count: calls a few milliseconds apart share a burst, even with quick results', async () => {
    const { count, calls, pass } = counterOver()
    const counted: Promise<number>[] = []
    for (let index = 0; index < 25; index += 1) {
      counted.push(count(prompt(`q${index}`)))
      await pass(2)
      if (index < 10) calls[index]?.answer(5000)
      if (index === 10) calls[index]?.fail('rate_limit_error')
    }
    expect(await Promise.all(counted)).toEqual(await allEstimated(many(25, (index) => prompt(`q${index}`))))
  })

  test('1.9 own count: a burst waits 50 ms for one more call, and not forever', async () => {
    const { count, calls, pass } = counterOver()
    let isAnswered = false
    const first = count(prompt('0')).finally(() => {
      isAnswered = true
    })
    await settle()
    calls[0]?.answer(7)
    await pass(49)
    expect(isAnswered).toBe(false)
    // One more every 40 ms: the first answer does not wait for all of them.
    for (let index = 1; index < 30; index += 1) {
      void count(prompt(`${index}`))
      await pass(20)
      calls[index]?.answer(7)
      await pass(20)
    }
    expect(isAnswered).toBe(true)
    expect(await first).toBe(7)
  })

  test('1.9 own count: late calls of a failed burst are estimates, too', async () => {
    const { count, calls, done } = counterOver()
    const withTools = many(3, (index) => prompt('foo', { tools: [tool(`Tool${index}`)] }))
    const counted = Promise.all(withTools.slice(0, 2).map((one) => count(one)))
    await settle()
    calls[0]?.answer(8)
    await settle()
    const straggler = count(prompt('late'))
    expect(await done(straggler)).toBe(await estimated(prompt('late')))
    expect(await counted).toEqual(await allEstimated(withTools.slice(0, 2)))
    expect(calls.length).toBe(2)
  })

  test('1.9 own count: a call that is refused because of its request does not affect the others', async () => {
    const { count, calls, done } = counterOver()
    const counted = Promise.all(['a', 'bad', 'c'].map((words) => count(prompt(words))))
    await settle()
    calls[1]?.fail('invalid_request_error')
    calls[0]?.answer(10)
    calls[2]?.answer(12)
    expect(await done(counted)).toEqual([10, await estimated(prompt('bad')), 12])
  })

  test('1.9 own count: models do not affect each other', async () => {
    const { count, calls, done } = counterOver()
    const sonnet = count(prompt('a'))
    const haiku = count(prompt('a'), 'claude-haiku-4.5')
    await settle()
    calls[1]?.fail('not_supported')
    await settle()
    calls[0]?.answer(10)
    expect(await done(sonnet)).toBe(10)
    expect(await haiku).toBe(await counterOver({ upstream: undefined }).count(prompt('a'), 'claude-haiku-4.5'))
  })
})

describe('1.9 own count: a client that disconnects', () => {
  test('1.9 own count: does not affect other clients, waiting or running', async () => {
    const { count, calls, done } = counterOver()
    const clients = many(9, () => new AbortController())
    const counted = Promise.all(clients.map((client, index) => count(prompt(`q${index}`), model, client)))
    await settle()
    clients[0]?.abort()
    clients[8]?.abort()
    await settle()
    expect(calls.map(({ signal }) => signal.aborted)).toEqual([true, false, false, false, false])
    for (let index = 1; index < 8; index += 1) {
      calls[index]?.answer(100 + index)
      await settle()
    }
    const [first, ...others] = await done(counted)
    expect(others.slice(0, 7)).toEqual([101, 102, 103, 104, 105, 106, 107])
    expect(first).toBe(await estimated(prompt('q0')))
    expect(calls.map(({ words }) => words)).not.toContain('q8')
  })

  test('1.9 own count: a shared call continues while a client waits for it', async () => {
    const { count, calls, done } = counterOver()
    const clients = many(3, () => new AbortController())
    const counted = Promise.all(clients.map((client) => count(prompt('same'), model, client)))
    await settle()
    clients[0]?.abort()
    await settle()
    expect(calls[0]?.signal.aborted).toBe(false)
    clients[1]?.abort()
    await settle()
    calls[0]?.answer(777)
    expect((await done(counted))[2]).toBe(777)
    expect(calls.length).toBe(1)
  })

  test('1.9 own count: a call without waiting clients ends, and the next one for the same prompt is new', async () => {
    const { count, calls, done } = counterOver()
    const client = new AbortController()
    const left = count(prompt('same'), model, client)
    await settle()
    client.abort()
    const next = count(prompt('same'))
    await settle()
    expect(calls.map(({ signal }) => signal.aborted)).toEqual([true, false])
    calls[1]?.answer(777)
    expect(await done(next)).toBe(777)
    await left
    // A client that has disconnected before causes no call.
    await count(prompt('other'), model, client)
    expect(calls.length).toBe(2)
  })

  test('1.9 own count: a call outlives the burst that started it if another burst waits for it', async () => {
    const { count, calls, pass, done } = counterOver()
    const early = count(prompt('same'))
    await pass(1500)
    const late = count(prompt('same'))
    await pass(500)
    expect(await early).toBe(await estimated(prompt('same')))
    expect(calls.map(({ signal }) => signal.aborted)).toEqual([false])
    calls[0]?.answer(777)
    expect(await done(late)).toBe(777)
  })

  test('1.9 own count: after all clients have disconnected, no more calls start', async () => {
    const { count, calls, client } = counterOver()
    const counted = Promise.all(many(9, (index) => count(prompt(`left ${index}`))))
    await settle()
    client.abort()
    await counted
    await settle()
    expect(calls.length).toBe(4)
    expect(calls.every(({ signal }) => signal.aborted)).toBe(true)
  })
})

describe('1.9 own count: a slow upstream', () => {
  test('1.9 own count: is not requested for half a minute after a timeout', async () => {
    const { count, calls, pass, done } = counterOver()
    const late = count(prompt('late'))
    await pass(2000)
    expect(await late).toBe(await estimated(prompt('late')))
    await pass(29_999)
    expect(await count(prompt('a'))).toBe(await estimated(prompt('a')))
    expect(calls.length).toBe(1)
    await pass(1)
    const fast = count(prompt('b'))
    await settle()
    calls[1]?.answer(12)
    expect(await done(fast)).toBe(12)
  })
})
