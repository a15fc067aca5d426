import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { SharedAccount } from '../../../src/gateway/policy/shared-account.ts'
import { plus } from '../../../src/state/sums.ts'
import { startSharedState } from '../../support/shared-state.ts'

const until = 1_000_000
const name = 'budget:alice:day:2026-11-29'

const start = (count: number) => {
  const clock = { at: 0 }
  const state = startSharedState(clock)
  const servers = Array.from({ length: count }, () => {
    const link = state.link()
    let own = { tokens: 0, requests: 0, cost: 0 }
    const account = new SharedAccount({ state: link, name, until, readOwn: () => own })
    return {
      link,
      account,
      /** Books a request, as after an answer. */
      book(tokens: number): Promise<boolean> {
        own = plus(own, { tokens, requests: 1, cost: tokens / 4 })
        return account.settle()
      },
      used: () => plus(own, account.others),
    }
  })
  const [first = servers[0], second = servers[0]] = servers
  if (first === undefined || second === undefined) throw new Error('no server')
  return { state, servers, first, second }
}

describe('an account that servers share', () => {
  test('has what all of them booked (OP-R1)', async () => {
    const { state, first, second } = start(2)
    await first.book(10)
    await second.book(20)
    await first.book(2)
    expect(await second.account.settle()).toBe(true)
    const sums = { tokens: 32, requests: 3, cost: 8 }
    expect([first.used(), second.used(), state.read(name)]).toEqual([sums, sums, sums])
  })

  test('has the last known sum and what the server itself booked since, during an outage (OP-R5)', async () => {
    const { state, first, second } = start(2)
    await first.book(10)
    await second.book(20)
    second.link.goAway()
    await first.book(100)
    expect(await second.book(5)).toBe(false)
    expect(second.used()).toEqual({ tokens: 35, requests: 3, cost: 8.75 })
    second.link.comeBack()
    expect(await second.account.settle()).toBe(true)
    const sums = { tokens: 135, requests: 4, cost: 33.75 }
    expect([second.used(), state.read(name)]).toEqual([sums, sums])
  })

  test('adds what was booked during an outage once, also where only the answer was lost (OP-R5)', async () => {
    const { state, first, second } = start(2)
    first.link.losesAnswers = true
    await first.book(10)
    first.link.losesAnswers = false
    await first.account.settle()
    first.link.goAway()
    await first.book(1)
    await second.book(5)
    first.link.comeBack()
    await first.account.settle()
    await second.account.settle()
    expect(state.read(name).tokens).toBe(16)
    expect([first.used().tokens, second.used().tokens]).toEqual([16, 16])
  })

  test('does not forget what was used when the state loses its data (OP-R5)', async () => {
    const { state, first, second } = start(2)
    await first.book(40)
    await second.book(60)
    await first.account.settle()
    state.lose()
    await first.book(5)
    expect(first.used()).toEqual({ tokens: 105, requests: 3, cost: 26.25 })
    await second.book(10)
    await first.account.settle()
    expect(first.used().tokens).toBeWithin(105, 116)
    expect(second.used().tokens).toBeWithin(105, 116)
  })

  test('takes no answer that an answer to a later call has overtaken (OP-R5)', async () => {
    const { first, second } = start(2)
    const { promise, resolve } = Promise.withResolvers<void>()
    first.link.hold = promise
    const early = first.account.settle()
    first.link.hold = undefined
    await second.book(20)
    await first.account.settle()
    resolve()
    await early
    expect(first.used().tokens).toBe(20)
    await first.account.settle()
    expect(first.used().tokens).toBe(20)
  })

  test('never counts more than all servers booked, and all of it once nothing is on its way (OP-R1, OP-R5)', async () => {
    const step = fc.record({
      server: fc.nat({ max: 2 }),
      what: fc.constantFrom('book', 'book', 'settle', 'away', 'back', 'losing', 'answering'),
      tokens: fc.integer({ min: 0, max: 100 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { servers, state } = start(3)
        let total = 0
        const calls: Promise<unknown>[] = []
        for (const { server, what, tokens } of steps) {
          const one = servers[server]
          if (one === undefined) continue
          if (what === 'book') {
            total += tokens
            calls.push(one.book(tokens))
          } else if (what === 'settle') await one.account.settle()
          else if (what === 'away') one.link.goAway()
          else if (what === 'back') one.link.comeBack()
          else one.link.losesAnswers = what === 'losing'
          for (const { used } of servers) expect(used().tokens).toBeLessThanOrEqual(total)
        }
        await Promise.all(calls)
        for (const { link } of servers) {
          link.losesAnswers = false
          link.comeBack()
        }
        for (const { account } of servers) await account.settle()
        expect(state.read(name).tokens).toBe(total)
        expect(servers.map(({ used }) => used().tokens)).toEqual([total, total, total])
      }),
    )
  })
})
