import { expect, test } from 'bun:test'
import type { KeptRequest } from '../../../src/gateway/cache-audit/classify.ts'
import { diagnose } from '../../../src/gateway/cache-audit/diagnose.ts'
import type { PromptChange } from '../../../src/wire/anthropic/diagnostics.ts'
import { turnOf } from '../../support/audited-session.ts'
import { createFingerprints } from '../../support/cache-audit.ts'

const fingerprintOf = createFingerprints()
const modelId = 'claude-sonnet-4.6'
const before: KeptRequest = { fingerprint: fingerprintOf(turnOf(['Begin.'])), modelId, cachedTokens: 5000, endedAt: 0 }
const words = ['Begin.', 'Done.', 'Go on.']
const reasonFor = (request: object): unknown => diagnose(before, fingerprintOf(request), modelId)

test('CA-D2 a whole prompt has no reason, an unknown answer is not found', () => {
  expect(reasonFor(turnOf(words))).toBeNull()
  expect(diagnose(undefined, before.fingerprint, modelId)).toEqual({
    cache_miss_reason: { type: 'previous_message_not_found' },
  })
})

test('CA-D3 what the client changes has its type, and the tokens that are lost', () => {
  const lost = (type: PromptChange, tokens: number) => ({
    cache_miss_reason: { type, cache_missed_input_tokens: tokens },
  })
  expect(diagnose(before, fingerprintOf(turnOf(words)), 'claude-opus-4.6')).toEqual(lost('model_changed', 5000))
  expect(reasonFor(turnOf(words, { tools: [] }))).toEqual(lost('tools_changed', 5000))
  expect(reasonFor(turnOf(words, { system: 'Another.' }))).toEqual(lost('system_changed', 5000))
  expect(reasonFor(turnOf(['Begin differently.', 'Done.', 'Go on.']))).toMatchObject({
    cache_miss_reason: { type: 'messages_changed' },
  })
  const { cache_miss_reason: reason } = reasonFor(turnOf(['Other.'])) as {
    cache_miss_reason: { cache_missed_input_tokens: number }
  }
  // Tools and system are 25,000 characters, the message is 6.
  expect(reason.cache_missed_input_tokens).toBeLessThan(10)
})

test('CA-D3 thinking, tool choice and a marker that is gone are unavailable', () => {
  const unavailable = { cache_miss_reason: { type: 'unavailable' } }
  expect(reasonFor(turnOf(words, { thinking: { type: 'adaptive' } }))).toEqual(unavailable)
  expect(reasonFor(turnOf(words, { tool_choice: { type: 'any' } }))).toEqual(unavailable)
  expect(reasonFor(turnOf([], { messages: [{ role: 'user', content: 'Begin.' }] }))).toEqual(unavailable)
})
