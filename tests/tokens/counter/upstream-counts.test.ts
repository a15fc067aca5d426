import { describe, expect, test } from 'bun:test'
import { counterOver, estimated, model, prompt, proven, settle } from '../../support/counter.ts'
import { tool } from '../../support/translate.ts'

const many = <T>(length: number, of: (index: number) => T): T[] => Array.from({ length }, (_, index) => of(index))
const allEstimated = (prompts: readonly ReturnType<typeof prompt>[]): Promise<number[]> =>
  Promise.all(prompts.map(estimated))

describe('1.9 own count', () => {
  test('1.9 own count is the answer where it has one', async () => {
    const { count, asked, done } = counterOver()
    const counted = count(prompt('Hello'))
    await settle()
    asked[0]?.answer(4711)
    expect(await done(counted)).toBe(4711)
  })

  test('1.9 own count of a model is asked for alone at first, then four at once', async () => {
    const { count, asked, done } = counterOver()
    const counted = Promise.all(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((words) => count(prompt(words))))
    await settle()
    expect(asked.map(({ words }) => words)).toEqual(['a'])
    asked[0]?.answer(10)
    await settle()
    expect(asked.map(({ words }) => words)).toEqual(['a', 'b', 'c', 'd', 'e'])
    for (const [index, ask] of asked.entries()) ask.answer(10 + index)
    await settle()
    expect(asked.length).toBe(7)
    for (const [index, ask] of asked.entries()) ask.answer(10 + index)
    expect(await done(counted)).toEqual([10, 11, 12, 13, 14, 15, 16])
  })

  test('1.9 own count: a first question that fails for its own sake leaves its place to the next', async () => {
    const { count, asked, done } = counterOver()
    const counted = Promise.all(['odd', 'even', 'more'].map((words) => count(prompt(words))))
    await settle()
    asked[0]?.fail('invalid_request_error')
    await settle()
    expect(asked.map(({ words }) => words)).toEqual(['odd', 'even'])
    asked[1]?.answer(20)
    await settle()
    asked[2]?.answer(30)
    expect(await done(counted)).toEqual([await estimated(prompt('odd')), 20, 30])
  })

  test('1.9 own count of the same prompt is asked for once, at the same time and later', async () => {
    const { count, asked, done } = await proven()
    const counted = Promise.all([count(prompt('same')), count(prompt('same')), count(prompt('other'))])
    await settle()
    expect(asked.map(({ words }) => words)).toEqual(['same', 'other'])
    for (const ask of asked) ask.answer(20)
    expect(await done(counted)).toEqual([20, 20, 20])
    expect(await done(count(prompt('same')))).toBe(20)
    expect(asked.length).toBe(2)
  })

  test('1.9 own count of a prompt is remembered for 500 prompts', async () => {
    const upstream = {
      asked: 0,
      countTokens: async () => {
        upstream.asked += 1
        return 5
      },
    }
    const { count, done } = counterOver({ upstream })
    for (let index = 0; index <= 500; index += 1) await done(count(prompt(`prompt ${index}`)))
    await done(count(prompt('prompt 500')))
    expect(upstream.asked).toBe(501)
    await done(count(prompt('prompt 0')))
    expect(upstream.asked).toBe(502)
  })
})

describe('1.9 own count: a burst', () => {
  test('1.9 own count: by one of the two: where one count fails, all are estimates', async () => {
    const { count, asked, done } = await proven()
    const prompts = [prompt('foo'), prompt('foo', { tools: [tool('Bash')] }), prompt('foo', { tools: [tool('Edit')] })]
    const counted = Promise.all(prompts.map((one) => count(one)))
    await settle()
    asked[0]?.answer(8)
    asked[1]?.answer(700)
    await settle()
    asked[2]?.fail('rate_limit_error')
    expect(await done(counted)).toEqual(await allEstimated(prompts))
  })

  test('1.9 own count: two seconds in all: then all are estimates, and the calls end', async () => {
    const { count, asked, pass } = await proven()
    const prompts = many(9, (index) => prompt(`slow ${index}`))
    const counted = Promise.all(prompts.map((one) => count(one)))
    await settle()
    asked[0]?.answer(1000)
    await pass(1999)
    expect(asked.some(({ signal }) => signal.aborted)).toBe(false)
    await pass(1)
    expect(await counted).toEqual(await allEstimated(prompts))
    expect(asked.slice(1).every(({ signal }) => signal.aborted)).toBe(true)
    // Four, and the one that took the first one's place: the others were not asked for any more.
    expect(asked.length).toBe(5)
  })

  test('1.9 own count: one that comes late has its own time', async () => {
    const { count, asked, pass, done } = await proven()
    const early = count(prompt('early'))
    await pass(1500)
    const late = count(prompt('late'))
    await pass(500)
    expect(await early).toBe(await estimated(prompt('early')))
    asked[1]?.answer(77)
    expect(await done(late)).toBe(77)
  })

  test('1.9 own count: a burst that has its counts when its time is up is whole', async () => {
    const { count, asked, pass } = await proven()
    const counted = count(prompt('just'))
    await pass(1980)
    asked[0]?.answer(7)
    await pass(20)
    expect(await counted).toBe(7)
  })

  test('1.9 own count: questions a few milliseconds apart have one ruler, however quick the answers', async () => {
    const { count, asked, pass } = await proven()
    const counted: Promise<number>[] = []
    for (let index = 0; index < 25; index += 1) {
      counted.push(count(prompt(`q${index}`)))
      await pass(2)
      if (index < 10) asked[index]?.answer(5000)
      if (index === 10) asked[index]?.fail('rate_limit_error')
    }
    expect(await Promise.all(counted)).toEqual(await allEstimated(many(25, (index) => prompt(`q${index}`))))
  })

  test('1.9 own count: a burst waits 50 ms for one more question, and not for ever', async () => {
    const { count, asked, pass } = await proven()
    let isAnswered = false
    const first = count(prompt('0')).finally(() => {
      isAnswered = true
    })
    await settle()
    asked[0]?.answer(7)
    await pass(49)
    expect(isAnswered).toBe(false)
    // One more every 40 ms: the first answer does not wait for all of them.
    for (let index = 1; index < 30; index += 1) {
      void count(prompt(`${index}`))
      await pass(20)
      asked[index]?.answer(7)
      await pass(20)
    }
    expect(isAnswered).toBe(true)
    expect(await first).toBe(7)
  })

  test("1.9 own count: a failed burst's stragglers are estimates, too", async () => {
    const { count, asked, done, pass } = await proven()
    const withTools = many(3, (index) => prompt('foo', { tools: [tool(`Tool${index}`)] }))
    const counted = Promise.all(withTools.slice(0, 2).map((one) => count(one)))
    await settle()
    asked[0]?.answer(8)
    await settle()
    const straggler = count(prompt('late'))
    expect(await done(straggler)).toBe(await estimated(prompt('late')))
    expect(await counted).toEqual(await allEstimated(withTools.slice(0, 2)))
    expect(asked.length).toBe(2)
    await pass(50)
    const next = count(prompt('next'))
    await settle()
    asked[2]?.answer(9)
    expect(await done(next)).toBe(9)
  })

  test('1.9 own count: a question that is refused for its own sake leaves the others alone', async () => {
    const { count, asked, done } = await proven()
    const counted = Promise.all(['a', 'bad', 'c'].map((words) => count(prompt(words))))
    await settle()
    asked[1]?.fail('invalid_request_error')
    asked[0]?.answer(10)
    asked[2]?.answer(12)
    expect(await done(counted)).toEqual([10, await estimated(prompt('bad')), 12])
  })

  test('1.9 own count: one model is nothing to another', async () => {
    const { count, asked, done } = await proven()
    const sonnet = count(prompt('a'))
    const haiku = count(prompt('a'), 'claude-haiku-4.5')
    await settle()
    asked[1]?.fail('not_supported')
    await settle()
    asked[0]?.answer(10)
    expect(await done(sonnet)).toBe(10)
    expect(await haiku).toBe(await counterOver({ upstream: undefined }).count(prompt('a'), 'claude-haiku-4.5'))
  })
})

describe('1.9 own count: whoever leaves', () => {
  test('1.9 own count: one of many leaves the others alone, waiting or asked for', async () => {
    const { count, asked, done } = await proven()
    const clients = many(9, () => new AbortController())
    const counted = Promise.all(clients.map((client, index) => count(prompt(`q${index}`), model, client)))
    await settle()
    clients[0]?.abort()
    clients[8]?.abort()
    await settle()
    expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, false, false, false, false])
    for (let index = 1; index < 8; index += 1) {
      asked[index]?.answer(100 + index)
      await settle()
    }
    const [first, ...others] = await done(counted)
    expect(others.slice(0, 7)).toEqual([101, 102, 103, 104, 105, 106, 107])
    expect(first).toBe(await estimated(prompt('q0')))
    expect(asked.map(({ words }) => words)).not.toContain('q8')
  })

  test('1.9 own count: a call that is shared goes on while anybody waits for it', async () => {
    const { count, asked, done } = await proven()
    const clients = many(3, () => new AbortController())
    const counted = Promise.all(clients.map((client) => count(prompt('same'), model, client)))
    await settle()
    clients[0]?.abort()
    await settle()
    expect(asked[0]?.signal.aborted).toBe(false)
    clients[1]?.abort()
    await settle()
    asked[0]?.answer(777)
    expect((await done(counted))[2]).toBe(777)
    expect(asked.length).toBe(1)
  })

  test('1.9 own count: a call that nobody waits for ends, and the next one for the same is another', async () => {
    const { count, asked, done } = await proven()
    const client = new AbortController()
    const left = count(prompt('same'), model, client)
    await settle()
    client.abort()
    const next = count(prompt('same'))
    await settle()
    expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, false])
    asked[1]?.answer(777)
    expect(await done(next)).toBe(777)
    await left
    // Who has left before it asks is no reason to ask.
    await count(prompt('other'), model, client)
    expect(asked.length).toBe(2)
  })

  test('1.9 own count: a call outlives the burst that asked for it, if another waits', async () => {
    const { count, asked, pass, done } = await proven()
    const early = count(prompt('same'))
    await pass(1500)
    const late = count(prompt('same'))
    await pass(500)
    expect(await early).toBe(await estimated(prompt('same')))
    expect(asked.map(({ signal }) => signal.aborted)).toEqual([false])
    asked[0]?.answer(777)
    expect(await done(late)).toBe(777)
  })

  test('1.9 own count: nothing more is asked for clients that have all left', async () => {
    const { count, asked, client } = await proven()
    const counted = Promise.all(many(9, (index) => count(prompt(`left ${index}`))))
    await settle()
    client.abort()
    await counted
    await settle()
    expect(asked.length).toBe(4)
    expect(asked.every(({ signal }) => signal.aborted)).toBe(true)
  })
})

describe('1.9 own count: a slow upstream', () => {
  /** Its model's last count took so long. */
  const slow = async (milliseconds: number) => {
    const over = await proven()
    const one = over.count(prompt('slow'))
    await over.pass(milliseconds)
    over.asked[0]?.answer(5)
    await over.done(one)
    over.asked.length = 0
    return over
  }

  test('1.9 own count: nobody waits for a burst that would come too late', async () => {
    const { count, asked, clock } = await slow(400)
    const before = clock.ms
    const prompts = many(25, (index) => prompt(`q${index}`))
    expect(await Promise.all(prompts.map((one) => count(one)))).toEqual(await allEstimated(prompts))
    expect(clock.ms).toBe(before)
    expect(asked.length).toBe(4)
    expect(asked.every(({ signal }) => signal.aborted)).toBe(true)
  })

  test('1.9 own count: a burst that it can count in time is asked for', async () => {
    const { count, asked, done } = await slow(400)
    const counted = Promise.all(many(16, (index) => count(prompt(`q${index}`))))
    for (let index = 0; index < 16; index += 1) {
      await settle()
      asked[index]?.answer(100 + index)
    }
    expect(await done(counted)).toEqual(many(16, (index) => 100 + index))
  })

  test('1.9 own count: one call now and then shows whether it has become faster', async () => {
    const { count, asked, pass, done } = await proven()
    const late = count(prompt('late'))
    await pass(2000)
    expect(await late).toBe(await estimated(prompt('late')))
    await pass(30_000)
    // Two seconds would be too late: an estimate at once, and a call that nobody waits for.
    expect(await count(prompt('a'))).toBe(await estimated(prompt('a')))
    await pass(60)
    expect(await count(prompt('b'))).toBe(await estimated(prompt('b')))
    expect(asked.map(({ words }) => words)).toEqual(['late', 'a'])
    await pass(1940)
    expect(asked[1]?.signal.aborted).toBe(true)
    // Its end is no failure, after which nobody would be asked.
    await pass(28_000)
    await count(prompt('c'))
    await settle()
    asked[2]?.answer(5)
    await pass(60)
    const fast = count(prompt('d'))
    await settle()
    asked[3]?.answer(12)
    expect(await done(fast)).toBe(12)
  })
})
