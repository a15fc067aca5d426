import { describe, expect, test } from 'bun:test'
import { sha256Hex } from '../../../src/runtime/hash.ts'
import { toCacheKey, toUserId } from '../../../src/translate/anthropic-to-openai-chat/identifiers.ts'
import { chatContext, chatRequest } from '../../support/chat-context.ts'

const session = '4f4c8ad8-0d1f-4f10-a5a7-3b4b6b8b1c11'
const json = JSON.stringify({ device_id: 'd'.repeat(64), account_uuid: '', session_id: session })
const older = `user_${'a'.repeat(64)}_account_c0ffee00-0d1f-4f10-a5a7-3b4b6b8b1c11_session_${session}`
const request = (userId: unknown) => chatRequest({ metadata: { user_id: userId } })

describe('prompt_cache_key', () => {
  const keyOf = (userId: unknown) => toCacheKey(request(userId), chatContext({ promptCacheKey: true }))

  test('is the same for one session in both forms of the user id, and within 64 characters (OU-Q10)', () => {
    expect(keyOf(json)).toBe(sha256Hex(session).slice(0, 32))
    expect(keyOf(older)).toBe(keyOf(json) as string)
    expect(keyOf(json)).toMatch(/^[\da-f]{32}$/)
  })

  test.each([undefined, '', 'ada', '{}', '{"session_id":1}', '{"session_id":""}', '{"session', 7, null])(
    'is not sent for the user id %p, which names no session (OU-Q10)',
    (userId) => expect(keyOf(userId)).toBeUndefined(),
  )

  test('is sent only if the provider accepts it (OU-Q10)', () => {
    expect(toCacheKey(request(json), chatContext())).toBeUndefined()
  })
})

describe('the user id', () => {
  test('is dropped unless the configuration says to hash it (OU-Q9)', () => {
    expect(toUserId(request(json), chatContext())).toEqual({})
    expect(toUserId(chatRequest(), chatContext({}, { userId: 'hash' }))).toEqual({})
  })

  test("is sent as its SHA-256 under the provider's name for it (OU-Q9)", () => {
    const hash = { userId: 'hash' } as const
    expect(toUserId(request(json), chatContext({}, hash))).toEqual({ user: sha256Hex(json) })
    expect(toUserId(request(json), chatContext({ userIdMember: 'safety_identifier' }, hash))).toEqual({
      safety_identifier: sha256Hex(json),
    })
    expect(toUserId(request(json), chatContext({ userIdMember: 'none' }, hash))).toEqual({})
  })
})
