import { expect, test } from 'bun:test'
import { isEventStreamType } from '../../../src/codec/sse/content-type.ts'

test.each([
  ['text/event-stream', true],
  ['text/event-stream; charset=utf-8', true],
  ['Text/Event-Stream ;x=y', true],
  ['text/event-streams', false],
  ['application/json', false],
  [null, false],
])('the content type %j names a stream of events: %p', (type, expected) => {
  expect(isEventStreamType(type)).toBe(expected)
})
