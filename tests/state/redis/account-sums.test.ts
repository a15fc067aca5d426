import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { createAccountSums } from '../../../src/state/redis/account-sums.ts'
import type { Sums } from '../../../src/state/shared-state.ts'

const until = 1_800_000_000_000
const none: Sums = { tokens: 0, requests: 0, cost: 0 }

/** Adds each batch once, like the script; `fate` decides whether the batch or its answer gets lost. */
const createServer = (fate: () => 'works' | 'batch lost' | 'answer lost') => {
  let sums = none
  let last = 0
  return {
    sums: () => sums,
    async send(_account: string, batch: { readonly number: number; readonly sums: Sums }): Promise<Sums | undefined> {
      const result = fate()
      await Promise.resolve()
      if (result === 'batch lost') return undefined
      if (batch.number > last) {
        const { tokens, requests, cost } = batch.sums
        sums = { tokens: sums.tokens + tokens, requests: sums.requests + requests, cost: sums.cost + cost }
        last = batch.number
      }
      return result === 'works' ? sums : undefined
    },
  }
}

describe('additions to an account', () => {
  test('count exactly once, whatever gets lost on the way (OP-R5)', async () => {
    const step = fc.record({
      tokens: fc.integer({ min: 0, max: 1000 }),
      fate: fc.constantFrom('works', 'batch lost', 'answer lost'),
      waits: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        let fates = steps.map(({ fate }) => fate)
        const server = createServer(() => fates.shift() ?? 'works')
        const accounts = createAccountSums({ send: server.send })
        let added = 0
        for (const { tokens, waits } of steps) {
          added += tokens
          const answer = accounts.add('alice', { tokens, requests: 1, cost: 0 }, until)
          if (!waits) continue
          const found = await answer
          // An answer contains all that was added before.
          if (found !== undefined) expect(found.tokens).toBe(added)
        }
        fates = []
        await accounts.settle('alice')
        await accounts.settleAll()
        expect(server.sums()).toEqual({ tokens: added, requests: steps.length, cost: 0 })
        expect(accounts.unsettled).toBe(0)
      }),
    )
  })

  test('are sent together while an answer is on its way (OP-R7)', async () => {
    let batches = 0
    const server = createServer(() => 'works')
    const accounts = createAccountSums({
      send(name, batch) {
        batches += 1
        return server.send(name, batch)
      },
    })
    const one = { tokens: 1, requests: 1, cost: 1 }
    const answers = await Promise.all(Array.from({ length: 100 }, () => accounts.add('alice', one, until)))
    expect(batches).toBe(2)
    expect(answers.at(0)).toEqual(one)
    expect(answers.at(-1)).toEqual({ tokens: 100, requests: 100, cost: 100 })
  })

  test('of different accounts do not wait for each other', async () => {
    const hanging = Promise.withResolvers<undefined>()
    const accounts = createAccountSums({ send: async (name) => (name === 'alice' ? hanging.promise : none) })
    const alice = accounts.add('alice', none, until)
    expect(await accounts.add('bob', none, until)).toEqual(none)
    hanging.resolve(undefined)
    expect(await alice).toBeUndefined()
    expect(accounts.unsettled).toBe(1)
  })
})
