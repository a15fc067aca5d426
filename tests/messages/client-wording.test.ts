import { expect, test } from 'bun:test'
import { isThinkingRefused } from '../../src/messages/client-wording.ts'

test('the words with which a model refuses thinking that it gets back are recognized (OE-C53)', () => {
  const refusals = [
    'messages.1.content.0: Invalid `signature` in `thinking` block',
    'capability_rejected: thinking_signature — messages.1.content.0: Invalid `signature` in `thinking` block',
    'messages.3.content.0: The block is bound to a different conversation',
    'messages.1.content.0: Invalid `data` in `redacted_thinking` block',
  ]
  expect(refusals.filter((message) => !isThinkingRefused(message))).toEqual([])
  expect(isThinkingRefused('max_tokens: must be greater than thinking.budget_tokens')).toBe(false)
})
