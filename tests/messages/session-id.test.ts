import { expect, test } from 'bun:test'
import { loggableSession, loggableSessionOf, sessionIdIn, userIdOf } from '../../src/messages/session-id.ts'

const session = '8f14e45f-ceea-4672-ab1d-1234567890ab'
const json = JSON.stringify({ device_id: 'd'.repeat(64), account_uuid: '', session_id: session })

test.each([
  ['a JSON text', json],
  ['the older form', `user_${'a'.repeat(64)}_account__session_${session}`],
  ['the older form with an account', `user_abc_account_${session.replaceAll('8', '9')}_session_${session}`],
])('finds the session in %s (OP-E2, CA-S1)', (_, user_id) => {
  expect([sessionIdIn(user_id), loggableSessionOf({ metadata: { user_id } })]).toEqual([session, session])
})

test.each([
  ['no metadata', undefined],
  ['metadata that is not an object', 'x'],
  ['an empty id', { user_id: '' }],
  ['an id that is not text', { user_id: { session_id: session } }],
  ['an id of another program', { user_id: 'alice@example.com' }],
  ['JSON without a session', { user_id: '{"device_id": "x"}' }],
  ['JSON that is cut', { user_id: json.slice(0, -5) }],
  ['a session that is not text', { user_id: '{"session_id": 12345678}' }],
  ['a session that is not an id', { user_id: JSON.stringify({ session_id: 'words of a client' }) }],
  ['a session that is too long', { user_id: JSON.stringify({ session_id: 'x'.repeat(65) }) }],
])('finds no session in %s (OP-E2, CA-S1)', (_, metadata) => {
  expect(loggableSessionOf({ metadata })).toBeUndefined()
})

test('an id of the user is text that is not empty', () => {
  expect([userIdOf({}), userIdOf({ metadata: null }), userIdOf({ metadata: { user_id: 'a' } })]).toEqual([
    undefined,
    undefined,
    'a',
  ])
})

test('a session for the log has 8 to 64 letters, digits, hyphens and underscores (OP-E2)', () => {
  const texts = ['12345678', 'a_b-C'.padEnd(64, 'x'), '1234567', 'x'.repeat(65), 'two words', null, undefined]
  expect(texts.map(loggableSession).map((found) => found !== undefined)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
    false,
  ])
})
