import { expect, test } from 'bun:test'
import { randomToken } from '../../../../src/base/ids.ts'
import type { ClientIdentity } from '../../../../src/gateway/policy/access.ts'
import { createSessions, sessionSeconds } from '../../../../src/server/ops/dashboard/sessions.ts'

const alice: ClientIdentity = { name: 'alice', isAdmin: false, limits: {} }

const createTest = () => {
  const tokens = new Map([['token-of-alice', alice]])
  const clock = { now: 0 }
  const access = { identify: (token: string) => tokens.get(token) }
  return { tokens, clock, sessions: createSessions({ access, now: () => clock.now, newSessionId: randomToken }) }
}

test('a session has a random id, and belongs to the client of the token (OP-D4)', () => {
  const { sessions } = createTest()
  const [one, other] = [sessions.begin('token-of-alice'), sessions.begin('token-of-alice')]
  expect(one).toMatch(/^[0-9a-f]{64}$/)
  expect(one).not.toBe(other)
  expect(sessions.find(one!)).toBe(alice)
  expect(sessions.begin('another token')).toBeUndefined()
  expect(sessions.find('0'.repeat(64))).toBeUndefined()
})

test('a session ends after 12 hours, and with a log-out (OP-D4)', () => {
  const { sessions, clock } = createTest()
  const [one, other] = [sessions.begin('token-of-alice')!, sessions.begin('token-of-alice')!]
  sessions.end(one)
  expect(sessions.find(one)).toBeUndefined()
  clock.now = sessionSeconds * 1000 - 1
  expect(sessions.find(other)).toBe(alice)
  clock.now += 1
  expect(sessions.find(other)).toBeUndefined()
})

test('a session ends with its token: a removed client is out at once (OP-D4)', () => {
  const { sessions, tokens } = createTest()
  const id = sessions.begin('token-of-alice')!
  tokens.delete('token-of-alice')
  expect(sessions.find(id)).toBeUndefined()
  tokens.set('token-of-alice', alice)
  expect(sessions.find(id)).toBeUndefined()
})

test('the oldest session ends when there are more than 1,000 (OP-D4)', () => {
  const { sessions } = createTest()
  const ids = Array.from({ length: 1001 }, () => sessions.begin('token-of-alice')!)
  expect(sessions.find(ids[0]!)).toBeUndefined()
  expect(sessions.find(ids[1]!)).toBe(alice)
})
