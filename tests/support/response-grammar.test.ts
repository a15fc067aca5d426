import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { ResponseEvents } from '../../src/translate/openai-responses-entrance/events.ts'
import type { Message } from '../../src/wire/anthropic/response.ts'
import { randomMessages, streamOf } from './random-answers.ts'
import { responseStreamFault } from './response-grammar.ts'
import { clock, identity, responsesPlan, toolNames } from './responses-answer.ts'
import type { SseEvent } from './sse.ts'

const numbered = (events: readonly object[]): SseEvent[] =>
  events.map((event, sequence_number) => ({ ...event, sequence_number }) as unknown as SseEvent)

/** The events of a search may change places with those of other items. */
const hasOrder = ({ content }: Message): boolean => content.every(({ type }) => type !== 'server_tool_use')

test('the checker notices every event that is absent, repeated or at another place (OE-P4)', () => {
  const cases = fc.record({ message: randomMessages(toolNames).filter(hasOrder), at: fc.nat(), to: fc.nat() })
  fc.assert(
    fc.property(cases, ({ message, at, to }) => {
      const events = new ResponseEvents(responsesPlan(), identity, clock).batch(streamOf(message, 4))
      const index = at % events.length
      const without = events.toSpliced(index, 1)
      const event = events[index]
      if (event === undefined) return
      const moved = without.toSpliced(to % events.length, 0, event)
      expect(responseStreamFault(numbered(events))).toBeUndefined()
      expect(responseStreamFault(numbered(without))).toBeDefined()
      expect(responseStreamFault(numbered(events.toSpliced(index, 0, event)))).toBeDefined()
      // Equal pieces of a text may change places, and a citation may come anywhere in its part.
      const isPiece = /\.delta$|annotation/.test(event.type)
      if (!isPiece && !Bun.deepEquals(moved, events)) expect(responseStreamFault(numbered(moved))).toBeDefined()
    }),
    { numRuns: 300 },
  )
})
