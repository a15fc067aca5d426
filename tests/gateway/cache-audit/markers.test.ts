import { expect, test } from 'bun:test'
import { hasLostMarker, markersReach, pointsReach } from '../../../src/gateway/cache-audit/markers.ts'
import { createFingerprints } from '../../support/cache-audit.ts'

const marked = { cache_control: { type: 'ephemeral' } }
const fingerprintOf = createFingerprints()
const text = (words: string, more: object = {}): object => ({ type: 'text', text: words, ...more })
const file = { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'The words of a file.' } }
const pdf = { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0xLjQK' } }
const use = { type: 'tool_use', id: 'toolu_1', name: 'Read', input: {} }
const result = { type: 'tool_result', tool_use_id: 'toolu_1', content: 'Done.' }

const conversation = (...contents: object[][]) =>
  fingerprintOf({
    model: 'claude-sonnet-4-6',
    max_tokens: 10,
    messages: contents.map((content, index) => ({ role: index % 2 === 0 ? 'user' : 'assistant', content })),
  })

test("CA-C5 a marker over the model's limit of four reaches nothing, also one that moves", () => {
  const exchanges = Array.from({ length: 24 }, (_, number) => [text(`${number}`)])
  const marks = Array.from({ length: 4 }, (_, number) => [text(`${number}.`, marked)])
  const after = conversation([text('Begin.'), { ...file, ...marked }], ...exchanges, ...marks)
  expect(after.points).toHaveLength(4)
  expect([pointsReach(after, 0), markersReach(after, 0), hasLostMarker(after)]).toEqual([false, false, false])
})

test('CA-C5 the text next to a file is behind the marker of the file', () => {
  const after = conversation([text('Begin.')], [use], [result, { ...pdf, ...marked }])
  const last = after.sent.length - 1
  expect(after.points.map(({ unit }) => unit)).toEqual([last - 1])
  expect([markersReach(after, last - 1), markersReach(after, last)]).toEqual([true, false])
})

test('CA-C5 the text next to a file without one ends no earlier marker', () => {
  const after = conversation([text('Begin.')], [use], [{ ...result, ...marked }, pdf])
  const last = after.sent.length - 1
  expect([pointsReach(after, last), markersReach(after, last)]).toEqual([false, false])
})
