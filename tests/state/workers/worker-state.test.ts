import { expect, test } from 'bun:test'
import { createMemoryStore } from '../../../src/state/memory-store.ts'
import { createKeeper } from '../../../src/state/workers/keeper.ts'
import { answerFrom, createWorkerState } from '../../../src/state/workers/worker-state.ts'

test('a worker gets the answers of the keeper, and shares it with the others (OP-K7)', async () => {
  const keeper = createKeeper(createMemoryStore({ now: () => 0, date: () => 0 }))
  const [one, other] = [1, 2].map(() => createWorkerState((question) => answerFrom(keeper, structuredClone(question))))
  const rate = { most: 1, everyMs: 10 }
  expect(await one?.take('bucket', rate)).toEqual({ isAllowed: true, fullInMs: 10 })
  expect(await other?.take('bucket', rate)).toEqual({ isAllowed: false, fullInMs: 10 })
  expect(await one?.add('account', { tokens: 1, requests: 2, cost: 3 }, 1)).toEqual({ tokens: 1, requests: 2, cost: 3 })
  expect(await other?.read('account')).toEqual({ tokens: 1, requests: 2, cost: 3 })
})

test('without its parent, a worker gets no answer (OP-K7)', async () => {
  const state = createWorkerState(async () => undefined)
  expect(await state.take('bucket', { most: 1, everyMs: 1 })).toBeUndefined()
  expect([state.kind, state.isUp()]).toEqual(['workers', true])
})
