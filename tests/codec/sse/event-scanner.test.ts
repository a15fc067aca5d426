import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { createSseDecoder, type SseEvent } from '../../../src/codec/sse/decode.ts'
import { EventScanner } from '../../../src/codec/sse/event-scanner.ts'

fc.configureGlobal({ seed: 20261129 })

const utf8 = new TextEncoder()
const names = ['message_', 'content_block_start', 'error']

const scan = (chunks: Iterable<Uint8Array>, maximumEventBytes = 1_000_000) => {
  const events: SseEvent[] = []
  const tooLarge: string[] = []
  const scanner = new EventScanner({
    names,
    maximumEventBytes,
    onEvent: (event) => events.push(event),
    onTooLarge: (name) => tooLarge.push(name),
  })
  for (const chunk of chunks) scanner.push(chunk)
  return { events, tooLarge }
}

/** The wanted events of a whole parse. */
const wantedIn = (bytes: Uint8Array): SseEvent[] => {
  const events: SseEvent[] = []
  createSseDecoder().push(bytes, (event) => events.push(event))
  return events.filter(({ event }) => names.some((name) => event.startsWith(name)))
}

const pieces = (bytes: Uint8Array, size: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size))

const withEnds = (text: string, lineEnd: string): Uint8Array => utf8.encode(text.replaceAll('\n', lineEnd))

const stream = [
  'event: message_start\ndata: {"a":1}\n\n',
  'event: ping\ndata: {}\n\n',
  ': comment\n\n',
  'event: content_block_start\ndata: {"text":"é😀"}\n\n',
  'event: content_block_delta\ndata: {"text":"\\nevent: message_delta\\ndata: x"}\n\n',
  'event: content_block_delta\ndata: {"text":"event: error"}\n\n',
  'event: content_block_start\ndata: one\ndata: two\n\n',
  'event: content_block_stop\ndata: {}\n\n',
  'event: message_delta\ndata: {"b":2}\n\n',
  'event: message_stop\ndata: {}\n\n',
].join('')

describe('the scanner for events', () => {
  test('finds only the wanted events, and decodes them (AU-N11)', () => {
    expect(scan([utf8.encode(stream)])).toEqual({
      events: [
        { event: 'message_start', data: '{"a":1}' },
        { event: 'content_block_start', data: '{"text":"é😀"}' },
        { event: 'content_block_start', data: 'one\ntwo' },
        { event: 'message_delta', data: '{"b":2}' },
        { event: 'message_stop', data: '{}' },
      ],
      tooLarge: [],
    })
  })

  test.each(['\n', '\r\n'])(
    'finds the same events for every cut of the bytes, with line ends %j (AU-N11)',
    (lineEnd) => {
      const bytes = withEnds(stream, lineEnd)
      const expected = wantedIn(bytes)
      expect(expected).toHaveLength(5)
      for (let size = 1; size <= 64; size += 1) expect(scan(pieces(bytes, size)).events).toEqual(expected)
      for (let cut = 0; cut <= bytes.length; cut += 1) {
        expect(scan([bytes.subarray(0, cut), bytes.subarray(cut)]).events).toEqual(expected)
      }
    },
  )

  test.each([1, 5, 1000])('reads a stream without spaces after the fields, in chunks of %d bytes (AU-N11)', (size) => {
    const bytes = utf8.encode(stream.replaceAll('event: ', 'event:').replaceAll('data: ', 'data:'))
    expect(scan(pieces(bytes, size)).events).toEqual(wantedIn(bytes))
    expect(wantedIn(bytes).length).toBe(5)
  })

  test('finds the same events as a whole parse, for any events and chunks (AU-N11)', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 40 }).map((part) => part.replace(/[\r\n\uFEFF]/g, '.')),
      fc.constantFrom('event: message_delta', 'event: ', 'error', '\\n\\n'),
    )
    const name = fc.constantFrom(
      'message_start',
      'message_delta',
      'content_block_start',
      'content_block_delta',
      'error',
      'ping',
      'e',
    )
    const event = fc.record({ name, data: fc.array(text, { minLength: 1, maxLength: 3 }), comment: fc.boolean() })
    const sizes = fc.infiniteStream(fc.integer({ min: 0, max: 90 }))
    fc.assert(
      fc.property(fc.array(event), fc.constantFrom('\n', '\r\n'), sizes, fc.boolean(), (events, end, next, isCut) => {
        const lines = events.map(
          ({ name: type, data, comment }) =>
            `${comment ? ': x\n\n' : ''}event: ${type}\n${data.map((part) => `data: ${part}\n`).join('')}\n`,
        )
        const whole = withEnds(lines.join(''), end)
        const bytes = isCut ? whole.subarray(0, whole.length - 3) : whole
        const chunks: Uint8Array[] = []
        for (let at = 0; at < bytes.length; ) {
          const size = next.next().value ?? 1
          chunks.push(bytes.subarray(at, at + size))
          at += size
        }
        expect(scan(chunks).events).toEqual(wantedIn(bytes))
      }),
      { numRuns: 1000 },
    )
  })

  test.each([1, 7, 1000])(
    'leaves out an event above the limit, and reads the next, in chunks of %i (AU-N11)',
    (size) => {
      const large = `event: message_start\ndata: ${'x'.repeat(300)}\n\n`
      const last = 'event: message_delta\ndata: {}\n\n'
      expect(scan(pieces(utf8.encode(`${large}event: ping\ndata: {}\n\n${last}`), size), 200)).toEqual({
        events: [{ event: 'message_delta', data: '{}' }],
        tooLarge: ['message_'],
      })
    },
  )
})
