import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { encodeSse } from '../../../../src/codec/sse/encode.ts'
import { responseEventText } from '../../../../src/server/entrances/openai/response-text.ts'
import { ResponseEvents } from '../../../../src/translate/openai-responses-entrance/events.ts'
import { randomMessages, streamOf } from '../../../support/random-answers.ts'
import { clock, identity, responsesPlan, toolNames } from '../../../support/responses-answer.ts'

test('every event is written as its name and its JSON, with the number behind the type (OE-R35)', () => {
  fc.assert(
    fc.property(randomMessages(toolNames), (message) => {
      const events = new ResponseEvents(responsesPlan(), identity, clock).batch(streamOf(message, 3))
      for (const [sequence_number, event] of events.entries()) {
        const { type, ...members } = event
        const numbered = { type, sequence_number, ...members }
        expect(responseEventText(event, sequence_number)).toBe(encodeSse(numbered))
      }
    }),
  )
})
