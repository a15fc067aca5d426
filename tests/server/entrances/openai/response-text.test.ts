import { expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Json } from '../../../../src/base/json.ts'
import { encodeSse } from '../../../../src/codec/sse/encode.ts'
import { createResponseText } from '../../../../src/server/entrances/openai/response-text.ts'
import { ResponseEvents } from '../../../../src/translate/openai-responses-entrance/events.ts'
import { randomMessages, streamOf } from '../../../support/random-answers.ts'
import { clock, identity, responsesPlan, toolNames } from '../../../support/responses-answer.ts'

/** The data of an event's text. */
const dataOf = (text: string): Json => JSON.parse(text.slice(text.indexOf('\n') + '\ndata: '.length)) as Json

test('every event is written as its name and its JSON, with the number behind the type (OE-R35)', () => {
  fc.assert(
    fc.property(randomMessages(toolNames), (message) => {
      const eventText = createResponseText()
      const events = new ResponseEvents(responsesPlan(), identity, clock).batch(streamOf(message, 3))
      for (const [sequence_number, event] of events.entries()) {
        const { type, ...members } = event
        const numbered = { type, sequence_number, ...members }
        const text = eventText(event, sequence_number)
        if ('response' in event) expect(dataOf(text)).toEqual(dataOf(encodeSse(numbered)))
        else expect(text).toBe(encodeSse(numbered))
      }
    }),
  )
})

test.each([
  ['repeats its tools', 60_000],
  ['repeats no tools of more than 64 KB', 70_000],
])('a stream %s in each of its events (OE-R9)', (_, length) => {
  const tools = [{ type: 'function', name: 'add', description: 'x'.repeat(length), parameters: null }]
  const plan = { ...responsesPlan(), echo: { tools, user: 'me' } }
  const eventText = createResponseText()
  const texts = new ResponseEvents(plan, identity, clock).opening().map((event) => eventText(event, 0))
  expect(texts.length).toBe(2)
  for (const text of texts)
    expect(dataOf(text)).toMatchObject({ response: { tools: length > 65_536 ? [] : tools, user: 'me' } })
})
