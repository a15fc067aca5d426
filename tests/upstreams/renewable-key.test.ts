import { describe, expect, test } from 'bun:test'
import { Secret } from '../../src/base/secret.ts'
import { createRenewableKey } from '../../src/upstreams/renewable-key.ts'

/** A key from a helper: one fetch at a time, and never more than useful. */

const first = new Secret('first-0123456789')

/** Each fetch ends when the test says so. */
const world = (maxAgeMs?: number) => {
  const questions: PromiseWithResolvers<Secret>[] = []
  const clock = { now: 0 }
  const key = createRenewableKey({
    first,
    maxAgeMs,
    now: () => clock.now,
    fetchKey: () => {
      const question = Promise.withResolvers<Secret>()
      questions.push(question)
      return question.promise
    },
  })
  return { key, questions, clock }
}

describe('a refused key', () => {
  test('is fetched once for all requests that need it, and later ones get the new one', async () => {
    const { key, questions } = world()
    const second = new Secret('second-0123456789')
    const all = Promise.all([key.renew(first), key.renew(first), key.renew(first)])
    questions[0]?.resolve(second)
    expect(await all).toEqual([second, second, second])
    expect(await key.renew(first)).toBe(second)
    expect([await key.get(), questions.length]).toEqual([second, 1])
  })

  test('that the helper returns again is not another one, and is not fetched again for a while', async () => {
    const { key, questions, clock } = world()
    const renewed = key.renew(first)
    questions[0]?.resolve(new Secret('first-0123456789'))
    expect(await renewed).toBeUndefined()
    expect(await key.renew(first)).toBeUndefined()
    expect(questions.length).toBe(1)
    clock.now = 10_000
    const again = key.renew(first)
    questions[1]?.resolve(new Secret('third-0123456789'))
    expect((await again)?.equals('third-0123456789')).toBe(true)
  })

  test('stays if the fetch fails', async () => {
    const { key, questions } = world()
    const renewed = key.renew(first)
    questions[0]?.reject(new Error('no'))
    expect(await renewed).toBeUndefined()
    expect(await key.get()).toBe(first)
  })
})

describe('the age of a key', () => {
  test('without a limit it is never fetched', async () => {
    const { key, questions, clock } = world()
    clock.now = Number.MAX_SAFE_INTEGER
    expect([await key.get(), questions.length]).toEqual([first, 0])
  })

  test('beyond its limit it is fetched once, and its age starts again', async () => {
    const { key, questions, clock } = world(1000)
    clock.now = 999
    expect(await key.get()).toBe(first)
    clock.now = 1000
    const both = Promise.all([key.get(), key.get()])
    questions[0]?.resolve(new Secret('second-0123456789'))
    expect((await both).map((secret) => secret.equals('second-0123456789'))).toEqual([true, true])
    clock.now = 1999
    await key.get()
    expect(questions.length).toBe(1)
  })

  test('if the fetch fails, the current key stays in use for the same time again', async () => {
    const { key, questions, clock } = world(1000)
    clock.now = 1000
    const present = key.get()
    questions[0]?.reject(new Error('no'))
    expect(await present).toBe(first)
    expect([await key.get(), questions.length]).toEqual([first, 1])
  })
})
