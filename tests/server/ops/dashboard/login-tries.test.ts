import { expect, test } from 'bun:test'
import { createLoginTries } from '../../../../src/server/ops/dashboard/login-tries.ts'

test('each peer has 10 tries a minute, and then one every 6 s (OP-D4)', () => {
  let now = 0
  const tries = createLoginTries(() => now)
  const take = (address?: string) => tries.take(address)
  const all = Array.from({ length: 12 }, () => take('192.0.2.1'))
  expect(all).toEqual([...Array.from({ length: 10 }, () => undefined), 6, 6])
  expect(take('192.0.2.2')).toBeUndefined()
  now = 6000
  expect([take('192.0.2.1'), take('192.0.2.1')]).toEqual([undefined, 6])
})

test('the addresses of one IPv6 network share their tries (OP-D4)', () => {
  const tries = createLoginTries(() => 0)
  for (let n = 0; n < 10; n += 1) tries.take(`2001:db8::${n}`)
  expect([tries.take('2001:db8::ffff'), tries.take('2001:db8:0:1::1')]).toEqual([6, undefined])
})

test('peers without a known address share their tries (OP-D4)', () => {
  const tries = createLoginTries(() => 0)
  for (let n = 0; n < 10; n += 1) tries.take(undefined)
  expect(tries.take(undefined)).toBe(6)
})
