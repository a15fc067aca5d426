import { describe, expect, test } from 'bun:test'
import { tokenHashOf } from '../../../../src/gateway/policy/access.ts'
import { startClients, tokenPattern } from '../../../support/clients-command.ts'

const oneDayMs = 86_400_000

describe('clients rotate', () => {
  test('prints a new token, and keeps the old one for a day (OP-A5)', async () => {
    const { run, read } = startClients()
    const first = (await run(['add', 'alice', '--burst', '5'])).out.trim()
    const before = Date.now()
    const { code, out, err } = await run(['rotate', 'alice'])
    expect(code).toBe(0)
    expect(out).toMatch(tokenPattern)
    const [{ previousTokenExpires: end = '', ...client } = {}] = read()
    expect(client).toEqual({
      name: 'alice',
      tokenHash: tokenHashOf(out.trim()),
      burst: 5,
      previousTokenHash: tokenHashOf(first),
    })
    expect(Date.parse(String(end)) - before - oneDayMs).toBeWithin(0, 60_000)
    expect(err).toBe(`The old token works until ${end}. The new token of alice is shown only now:\n`)
  })

  test('keeps the last old token only, for the given time, or none (OP-A5)', async () => {
    const { run, read } = startClients()
    await run(['add', 'alice'])
    const second = (await run(['rotate', 'alice'])).out.trim()
    await run(['rotate', 'alice', '--grace', '7d'])
    expect(read()[0]?.['previousTokenHash']).toBe(tokenHashOf(second))
    const { out, err } = await run(['rotate', 'alice', '--grace', '0'])
    expect(read()).toEqual([{ name: 'alice', tokenHash: tokenHashOf(out.trim()) }])
    expect(err).toStartWith('The old token no longer works.')
  })

  test.each([
    [['alise'], 'has no client alise. Did you mean alice?'],
    [['alice', '--grace', 'soon'], '--grace must be a number and a unit, like 30m, 24h or 7d.'],
  ])('refuses %j (OP-A5)', async (args, words) => {
    const { run, read } = startClients()
    await run(['add', 'alice'])
    const before = read()
    const { code, out, err } = await run(['rotate', ...args])
    expect([code, out, err]).toEqual([2, '', expect.stringContaining(words) as never])
    expect(read()).toEqual(before)
  })
})
