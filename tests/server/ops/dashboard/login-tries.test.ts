import { expect, test } from 'bun:test'
import { createLoginTries } from '../../../../src/server/ops/dashboard/login-tries.ts'
import { startSharedState } from '../../../support/shared-state.ts'

test('each peer has 10 tries a minute, and then one every 6 s (OP-D4)', async () => {
  let now = 0
  const tries = createLoginTries(() => now)
  const take = (address?: string) => tries.take(address)
  const all = Array.from({ length: 12 }, () => take('192.0.2.1'))
  expect(await Promise.all(all)).toEqual([...Array.from({ length: 10 }, () => undefined), 6, 6])
  expect(await take('192.0.2.2')).toBeUndefined()
  now = 6000
  expect([await take('192.0.2.1'), await take('192.0.2.1')]).toEqual([undefined, 6])
})

test('the addresses of one IPv6 network share their tries (OP-D4)', async () => {
  const tries = createLoginTries(() => 0)
  for (let n = 0; n < 10; n += 1) await tries.take(`2001:db8::${n}`)
  expect([await tries.take('2001:db8::ffff'), await tries.take('2001:db8:0:1::1')]).toEqual([6, undefined])
})

test('peers without a known address share their tries (OP-D4)', async () => {
  const tries = createLoginTries(() => 0)
  for (let n = 0; n < 10; n += 1) await tries.take(undefined)
  expect(await tries.take(undefined)).toBe(6)
})

test('servers share the tries of a peer, whose address the state does not get (OP-R1, OP-R2)', async () => {
  const clock = { at: 0 }
  const state = startSharedState(clock)
  const links = [state.link(), state.link()]
  const [first, second] = links.map((link) => createLoginTries(() => clock.at, link))
  for (let n = 0; n < 5; n += 1) await first?.take('192.0.2.1')
  for (let n = 0; n < 5; n += 1) await second?.take('192.0.2.1')
  expect(await first?.take('192.0.2.1')).toBe(6)
  expect(await second?.take('192.0.2.2')).toBeUndefined()
  expect([...(links[0]?.names ?? [])]).toEqual([expect.stringMatching(/^login:[\da-f]{16}$/)])
})

test('a server counts tries alone during an outage, from the last known number on (OP-R5)', async () => {
  const clock = { at: 0 }
  const link = startSharedState(clock).link()
  const tries = createLoginTries(() => clock.at, link)
  for (let n = 0; n < 7; n += 1) await tries.take('192.0.2.1')
  link.goAway()
  const waits = [1, 2, 3, 4].map(() => tries.take('192.0.2.1'))
  expect(await Promise.all(waits)).toEqual([undefined, undefined, undefined, 6])
})
