import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { encodeSse } from '../../../../src/codec/sse/encode.ts'
import { eventText } from '../../../../src/server/entrances/anthropic/event-text.ts'
import type { BlockDelta, MessageStreamEvent } from '../../../../src/wire/anthropic/events.ts'
import { anyCharacter } from '../../../support/any-character.ts'

const words = fc.string({ unit: anyCharacter })
const delta: fc.Arbitrary<BlockDelta> = fc.oneof(
  words.map((text) => ({ type: 'text_delta' as const, text })),
  words.map((thinking) => ({ type: 'thinking_delta' as const, thinking })),
  words.map((partial_json) => ({ type: 'input_json_delta' as const, partial_json })),
  words.map((signature) => ({ type: 'signature_delta' as const, signature })),
)
const event: fc.Arbitrary<MessageStreamEvent> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ type: fc.constant('content_block_delta' as const), index: fc.nat(), delta }) },
  { weight: 1, arbitrary: fc.constantFrom({ type: 'ping' as const }, { type: 'message_stop' as const }) },
)

test('writes an event as JSON, with any text of the model', () => {
  fc.assert(
    fc.property(event, (one) => {
      expect(eventText(one)).toBe(encodeSse(one))
    }),
    { numRuns: 1000 },
  )
})
