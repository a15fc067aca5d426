import { describe, expect, test } from 'bun:test'
import { Budgets, billedTokens } from '../../../src/gateway/policy/budgets.ts'
import { budgetOptions, type Clock, identity } from '../../support/limits.ts'
import { requestRecord, usage } from '../../support/records.ts'
import { startSharedState } from '../../support/shared-state.ts'

const noon = Date.UTC(2026, 10, 29, 12, 0, 0)
const hourMs = 3_600_000
const start = (setup: Parameters<typeof budgetOptions>[1], at = noon) => {
  const clock: Clock = { at }
  const options = budgetOptions(clock, setup)
  const budgets = new Budgets(options)
  const use = (members: Parameters<typeof requestRecord>[0] = {}): void =>
    budgets.book(requestRecord({ at: clock.at, ...members }))
  const tokens = (count: number): { readonly usage: typeof usage } => ({
    usage: { input_tokens: count, cache_read_input_tokens: 0, cache_creation_input_tokens: 0, output_tokens: 0 },
  })
  return { clock, budgets, use, tokens, logged: options.logged }
}

describe('the tokens of a budget (OP-L7)', () => {
  test('are input, cache writes, output and a tenth of cache reads, rounded up', () => {
    expect(billedTokens(usage)).toBe(10 + 3000 + 40 + 20)
    expect(billedTokens({ ...usage, cache_read_input_tokens: 30 })).toBe(3053)
    expect(billedTokens({ ...usage, cache_read_input_tokens: 31 })).toBe(3054)
    expect(
      billedTokens({ input_tokens: 1, output_tokens: 2, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 }),
    ).toBe(3)
  })
})

describe('a budget (OP-L8)', () => {
  test('allows requests until it is used up, and then refuses all until the day turns', () => {
    const { budgets, use, tokens, clock } = start({ quota: { tokensPerDay: 1000 } })
    expect(budgets.check(undefined)).toEqual({ near: [] })
    use(tokens(799))
    expect(budgets.check(undefined)).toEqual({ near: [] })
    // Running requests may exceed the budget.
    use(tokens(701))
    expect(budgets.check(undefined).refusal).toBeDefined()
    clock.at = Date.UTC(2026, 10, 29, 23, 59, 59, 999)
    expect(budgets.check(undefined).refusal).toBeDefined()
    clock.at += 1
    expect(budgets.check(undefined)).toEqual({ near: [] })
  })

  test('books a cut answer with what is known, and nothing for a request that was never sent', () => {
    const { budgets, use, tokens } = start({ quota: { tokensPerDay: 100, requestsPerDay: 3 } })
    use({ outcome: 'cancelled', status: 499, ...tokens(50) })
    use({ outcome: 'cancelled', status: 499, usage: undefined })
    use({ outcome: 'refused', status: 400, attempts: 0 })
    expect(budgets.check(undefined)).toEqual({ near: [] })
    use(tokens(49))
    expect(budgets.check(undefined).refusal?.budget).toMatchObject({ name: 'requests', used: 3, limit: 3 })
  })

  test('does not book an answer of yesterday on today', () => {
    const { budgets, use, tokens, clock } = start({ quota: { tokensPerDay: 100 } }, Date.UTC(2026, 10, 29, 23, 59))
    const at = clock.at
    clock.at += hourMs
    use({ at, ...tokens(100) })
    expect(budgets.check(undefined)).toEqual({ near: [] })
  })

  test('is for each client, and a limit of its own wins over the one for all', () => {
    const { budgets, use, tokens } = start({ quota: { tokensPerDay: 100 } })
    for (const client of ['alice', 'bob', 'carol']) use({ client, ...tokens(100) })
    expect(budgets.check(identity('alice')).refusal).toBeDefined()
    expect(budgets.check(identity('bob', { tokensPerDay: 101 })).refusal).toBeUndefined()
    expect(budgets.check(identity('carol', { tokensPerDay: 0 })).refusal).toBeUndefined()
    expect(budgets.check(identity('dave')).refusal).toBeUndefined()
  })

  test('is one for all clients that share a token', () => {
    const { budgets, use, tokens } = start({ quota: { tokensPerDay: 100 } })
    use(tokens(60))
    use({ client: 'default', ...tokens(40) })
    expect(budgets.check(identity('default')).refusal?.error.message).toStartWith('The daily budget of this server is')
    expect(budgets.check(undefined).refusal).toBeDefined()
  })

  test('in money lasts a month, and the longest period is reported', () => {
    const { budgets, use, clock } = start({ quota: { costPerMonth: 2.5, requestsPerDay: 2 } })
    use({ cost: 1.25 })
    use({ cost: 1.3, at: clock.at })
    const { refusal } = budgets.check(undefined)
    expect(refusal?.error.message).toBe(
      'The monthly budget of this server is used up: 2.55 of 2.50 USD (estimate). It begins again at 2026-12-01T00:00:00Z; to raise it, run: nexus-claude-api config set quota.costPerMonth <amount>',
    )
    expect(refusal?.secondsLeft).toBe(36 * 3600)
    clock.at += 35 * hourMs
    expect(budgets.check(undefined).refusal?.budget.name).toBe('cost')
    clock.at += hourMs
    expect(budgets.check(undefined)).toEqual({ near: [] })
  })
})

describe('the days of a budget (OP-L7)', () => {
  test.each([
    // Berlin is one hour ahead of UTC in winter.
    ['Europe/Berlin', '2026-11-29T22:59:59Z', '2026-11-29T23:00:00Z', 1],
    // The clock goes forward: the day has 23 hours.
    ['Europe/Berlin', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z', 23 * 3600],
    // The clock goes back: the day has 25 hours.
    ['Europe/Berlin', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z', 25 * 3600],
    ['Asia/Kolkata', '2026-11-29T12:00:00Z', '2026-11-29T18:30:00Z', 6.5 * 3600],
    ['America/Los_Angeles', '2026-11-29T07:00:00Z', '2026-11-29T08:00:00Z', 3600],
    // The clock skips midnight.
    ['America/Santiago', '2026-09-06T03:00:00Z', '2026-09-06T04:00:00Z', 3600],
  ])('are those of %s at %s', (zone, now, end, seconds) => {
    const { budgets, use, tokens, clock } = start({ zone, quota: { tokensPerDay: 1 } }, Date.parse(now))
    use(tokens(1))
    const { refusal } = budgets.check(undefined)
    expect(refusal?.error.message).toContain(`It begins again at ${end};`)
    expect(refusal?.error.retryAfterSeconds).toBe(seconds)
    clock.at = Date.parse(end) - 1
    expect(budgets.check(undefined).refusal).toBeDefined()
    clock.at += 1
    expect(budgets.check(undefined).refusal).toBeUndefined()
  })

  test('and its months are those of the zone', () => {
    const { budgets, use } = start(
      { zone: 'Asia/Tokyo', quota: { costPerMonth: 1 } },
      Date.parse('2026-12-31T15:30:00Z'),
    )
    use({ cost: 1 })
    expect(budgets.check(undefined).refusal?.error.message).toContain('It begins again at 2027-01-31T15:00:00Z;')
  })
})

describe('a used-up budget (OP-L9)', () => {
  test('is a 429 billing_error that names client, figures, end and remedy, and asks for no retry (SI-Q2)', () => {
    const { budgets, use, tokens } = start({ quota: { tokensPerDay: 2_000_000 } })
    use({ client: 'alice', ...tokens(2_000_000) })
    const { error } = budgets.check(identity('alice')).refusal ?? {}
    expect(error?.message).toBe(
      "The daily budget of client 'alice' is used up: 2,000,000 of 2,000,000 tokens. It begins again at 2026-11-30T00:00:00Z; to raise it, run: nexus-claude-api config set quota.tokensPerDay <count>",
    )
    const own = budgets.check(identity('alice', { tokensPerDay: 1_000_000 })).refusal
    expect(own?.error.message).toEndWith('; to raise it, change tokensPerDay of the client in the file of clients')
    expect(error).toMatchObject({ type: 'billing_error', status: 429, shouldRetry: false, retryAfterSeconds: 43_200 })
  })
})

describe('a budget that is nearly used up (OP-L10)', () => {
  test('is named in a header from 80 % on, and logged once for each client and day', () => {
    const { budgets, use, tokens, logged, clock } = start({ quota: { tokensPerDay: 1000, requestsPerDay: 100 } })
    use({ client: 'alice', ...tokens(799) })
    expect(budgets.check(identity('alice')).near).toEqual([])
    expect(logged).toEqual([])
    use({ client: 'alice', ...tokens(1) })
    use({ client: 'alice', ...tokens(10) })
    expect(budgets.check(identity('alice')).near).toEqual(['tokens;used=810;limit=1000;reset=1795996800'])
    const line = {
      level: 'info',
      event: 'budget.near',
      fields: { client: 'alice', budget: 'tokens', period: 'day', used: 800, limit: 1000 },
    }
    expect(logged).toMatchObject([line])
    clock.at += 24 * hourMs
    use({ client: 'alice', ...tokens(900) })
    expect(logged).toHaveLength(2)
  })

  test('is the one of the client itself', () => {
    const { budgets, use, tokens, logged } = start({})
    budgets.check(identity('alice', { costPerMonth: 10 }))
    use({ client: 'alice', cost: 8, ...tokens(5) })
    expect(budgets.check(identity('alice', { costPerMonth: 10 })).near).toEqual([
      'cost;used=8.00;limit=10.00;reset=1796083200',
    ])
    expect(logged).toHaveLength(1)
  })
})

describe('what was used before the start (OP-L11)', () => {
  const quota = { tokensPerDay: 1000, costPerMonth: 5 }

  test('counts, if the history knows it, from the beginning of the day and the month', async () => {
    const { budgets, use, tokens } = start({ quota })
    const periods: string[] = []
    const restored = budgets.restore(async (since, until) => {
      periods.push([since, until].map((time) => new Date(time).toISOString().slice(0, 10)).join())
      return [
        { client: 'alice', tokens: 900, requests: 9, cost: 1 },
        { client: '', tokens: 1000, requests: 9, cost: 1 },
      ]
    })
    // A request that ends before the history is read.
    use({ client: 'alice', ...tokens(50) })
    await restored
    expect(periods).toEqual(['2026-11-29,2026-11-30', '2026-11-01,2026-12-01'])
    expect(budgets.check(identity('alice')).refusal).toBeUndefined()
    expect(budgets.check(undefined).refusal).toBeDefined()
    use({ client: 'alice', ...tokens(50) })
    expect(budgets.check(identity('alice')).refusal?.budget.used).toBe(1000)
  })

  test('does not count if the day turns meanwhile', async () => {
    const { budgets, clock } = start({ quota })
    const { promise, resolve } = Promise.withResolvers<void>()
    const restored = budgets.restore(async () => {
      await promise
      return [{ client: '', tokens: 1000, requests: 1, cost: 5 }]
    })
    clock.at += 24 * hourMs
    expect(budgets.check(undefined)).toEqual({ near: [] })
    resolve()
    await restored
    expect(budgets.check(undefined).refusal?.budget.name).toBe('cost')
    expect(budgets.check(identity('default', { costPerMonth: 0 })).refusal).toBeUndefined()
  })

  test('is logged if it cannot be read', async () => {
    const { budgets, logged } = start({ quota })
    await budgets.restore(() => Promise.reject(new TypeError('secret')))
    expect(logged).toMatchObject([{ level: 'warn', event: 'budget.not_restored', fields: { error: 'TypeError' } }])
  })
})

describe('budgets that servers share', () => {
  const tokens = (count: number) => ({
    usage: { input_tokens: count, cache_read_input_tokens: 0, cache_creation_input_tokens: 0, output_tokens: 0 },
  })
  const startServers = (setup: Parameters<typeof budgetOptions>[1], at = noon) => {
    const clock: Clock = { at }
    const state = startSharedState(clock)
    const create = () => {
      const link = state.link()
      const options = budgetOptions(clock, setup)
      const budgets = new Budgets({ ...options, state: link })
      const use = async (name: string | undefined, members: Parameters<typeof requestRecord>[0] = {}) => {
        const client = name === undefined ? undefined : identity(name)
        await budgets.settle(client)
        budgets.book(requestRecord({ at: clock.at, client: name, ...members }))
        await budgets.settle(client)
      }
      const usedUp = async (client = identity('alice')) => {
        const answer = await budgets.settle(client)
        return [answer, budgets.check(client).refusal?.budget.used]
      }
      return { link, budgets, use, usedUp, logged: options.logged }
    }
    return { clock, state, first: create(), second: create() }
  }
  const quota = { tokensPerDay: 100, costPerMonth: 5 }

  test('refuse by what all servers booked, in accounts of the client, the day and the month (OP-R1)', async () => {
    const { state, first, second } = startServers({ quota })
    await first.use('alice', { ...tokens(60), cost: 1 })
    await second.use('alice', { ...tokens(60), cost: 2 })
    await second.use('bob', tokens(60))
    expect([await first.usedUp(), await second.usedUp()]).toEqual([
      [true, 120],
      [true, 120],
    ])
    expect(await first.usedUp(identity('bob'))).toEqual([true, undefined])
    expect(state.read('budget:alice:day:2026-11-29')).toEqual({ tokens: 120, requests: 2, cost: 0 })
    expect(state.read('budget:alice:month:2026-11')).toEqual({ tokens: 0, requests: 0, cost: 3 })
  })

  test('name the accounts by the day in the zone of the budgets (OP-L7, OP-R1)', async () => {
    const { first } = startServers({ quota, zone: 'Pacific/Auckland' })
    await first.use('alice', tokens(1))
    expect([...first.link.names]).toEqual(['budget:alice:month:2026-11', 'budget:alice:day:2026-11-30'])
  })

  test('of clients without a name are one account (OP-L7, OP-R1)', async () => {
    const { state, first, second } = startServers({ quota })
    await first.use(undefined, tokens(60))
    await second.use(undefined, tokens(60))
    await second.budgets.settle(undefined)
    expect(second.budgets.check(undefined).refusal?.budget.used).toBe(120)
    expect(state.read('budget:default:day:2026-11-29').tokens).toBe(120)
  })

  test('begin again with the next day, also during an outage, and yesterday gets what it lacked (OP-R5)', async () => {
    const { clock, state, first, second } = startServers({ quota: { tokensPerDay: 100 } })
    await first.use('alice', tokens(60))
    first.link.goAway()
    await first.use('alice', tokens(60))
    expect(await first.usedUp()).toEqual([false, 120])
    clock.at += 12 * hourMs
    expect(await first.usedUp()).toEqual([false, undefined])
    await first.use('alice', tokens(30))
    await second.use('alice', tokens(80))
    first.link.comeBack()
    expect(await first.usedUp()).toEqual([true, 110])
    expect(state.read('budget:alice:day:2026-11-29').tokens).toBe(120)
    expect(state.read('budget:alice:day:2026-11-30').tokens).toBe(110)
  })

  test('count what a client used before it had a budget (OP-L7, OP-R1)', async () => {
    const { first, second, state } = startServers({})
    await first.use('alice', tokens(60))
    expect([...first.link.names]).toEqual([])
    const limited = identity('alice', { tokensPerDay: 50 })
    expect(await first.usedUp(limited)).toEqual([true, 60])
    expect(await second.usedUp(limited)).toEqual([true, 60])
    expect(state.read('budget:alice:day:2026-11-29').tokens).toBe(60)
  })

  test('are logged once when they are nearly used up, by each server (OP-L10)', async () => {
    const { first, second } = startServers({ quota: { tokensPerDay: 100 } })
    await first.use('alice', tokens(50))
    await second.use('alice', tokens(35))
    await second.use('alice', tokens(1))
    expect(second.logged).toMatchObject([{ event: 'budget.near', fields: { client: 'alice', used: 85, limit: 100 } }])
    expect(first.logged).toEqual([])
  })

  test('are not read without a state, nor for a client without one (OP-R7)', async () => {
    const { budgets } = start({ quota })
    expect(budgets.settle(identity('alice'))).toBeUndefined()
    const { first } = startServers({ quota })
    expect(first.budgets.settle(identity('alice', { tokensPerDay: 0, costPerMonth: 0 }))).toBeUndefined()
    expect([...first.link.names]).toEqual([])
  })
})
