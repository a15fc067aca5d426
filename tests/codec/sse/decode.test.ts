import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { createSseDecoder, maximumEventLength, type SseEvent } from '../../../src/codec/sse/decode.ts'

fc.configureGlobal({ seed: 20261129 })

const utf8 = new TextEncoder()

const decode = (chunks: readonly Uint8Array[]): { events: SseEvent[]; last: SseEvent | undefined } => {
  const decoder = createSseDecoder()
  const events: SseEvent[] = []
  for (const chunk of chunks) decoder.push(chunk, (event) => events.push(event))
  return { events, last: decoder.end() }
}

const decodeText = (text: string) => decode([utf8.encode(text)])

const data = (...texts: string[]): SseEvent[] => texts.map((text) => ({ event: '', data: text }))

/** The bytes in pieces of every size up to `largest`, and in two pieces, cut at each place. */
function* cuts(bytes: Uint8Array, largest: number): Generator<Uint8Array[]> {
  for (let size = 1; size <= largest; size += 1) {
    yield Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size))
  }
  for (let at = 0; at <= bytes.length; at += 1) yield [bytes.subarray(0, at), bytes.subarray(at)]
}

describe('server-sent events of foreign servers (OU-S2)', () => {
  test.each([
    ['one space after the colon is dropped, another stays', 'data:  a\n\n', ' a'],
    ['no space is needed', 'data:a\n\n', 'a'],
    ['several lines of data are joined by LF', 'data: a\ndata: b\ndata\n\n', 'a\nb\n'],
    ['a byte order mark comes first', '\uFEFFdata: a\n\n', 'a'],
    ['a later byte order mark is data', 'data: \uFEFFa\n\n', '\uFEFFa'],
    ['comments, ids and times are no data', ': OPENROUTER PROCESSING\nid: 7\nretry: 10\ndata: a\n: x\n\n', 'a'],
    ['unknown fields are no data', 'date: a\ndata: b\nDATA: c\n\n', 'b'],
  ])('%s (OU-S2)', (_, text, expected) => {
    expect(decodeText(text)).toEqual({ events: data(expected), last: undefined })
  })

  test('invalid UTF-8 becomes replacement characters (OU-S2)', () => {
    const bytes = Uint8Array.of(...utf8.encode('data: '), 0xff, 0xe2, 0x82, 10, 10)
    expect(decode([bytes]).events).toEqual(data('\uFFFD\uFFFD'))
  })

  test('an event without data is none, whatever its name (OU-S2)', () => {
    expect(decodeText('event: ping\n\n: keep-alive\n\n\n\ndata: a\n\n').events).toEqual(data('a'))
  })

  test('an event keeps its name, and the next one does not inherit it (OU-S2)', () => {
    expect(decodeText('event: error\ndata: a\n\ndata: b\n\n').events).toEqual([
      { event: 'error', data: 'a' },
      { event: '', data: 'b' },
    ])
  })

  test('a field named error is an event of that name (OU-S2)', () => {
    expect(decodeText('error: {"code":500}\n\n').events).toEqual([{ event: 'error', data: '{"code":500}' }])
  })

  test.each([
    ['data: a', 'a'],
    ['data: a\n', 'a'],
    ['data: a\r', 'a'],
    ['data: {"a', '{"a'],
  ])('the end of the stream gives an event without its blank line: %p (OU-S2)', (text, expected) => {
    expect(decodeText(text)).toEqual({ events: [], last: { event: '', data: expected } })
  })

  test('the end of the stream gives nothing where nothing is left (OU-S2)', () => {
    expect(decodeText('data: a\n\n').last).toBeUndefined()
    expect(decodeText('data: a\n\n: bye').last).toBeUndefined()
  })

  test('an event above 16 MiB is an error, in one line or in many (OU-S2)', () => {
    const megabyte = 'x'.repeat(1024 * 1024)
    const decoder = createSseDecoder()
    const sendTooMuch = (line: string) => () => {
      decoder.push(utf8.encode('data: '), () => {})
      for (let sent = 0; sent <= maximumEventLength; sent += megabyte.length) decoder.push(utf8.encode(line), () => {})
    }
    expect(sendTooMuch(megabyte)).toThrow('longer than')
    expect(sendTooMuch(`data: ${megabyte}\n`)).toThrow('longer than')
  })
})

describe('cut anywhere (OU-S2)', () => {
  const stream = [
    '\uFEFF: hello',
    '',
    'data: {"text":"Grüße, 世界 🎉"}',
    '',
    'event: error',
    'data:first',
    'data: second',
    '',
    '',
    'data: [DONE]',
    '',
    'data: rest',
  ]
  const expected = {
    events: [
      { event: '', data: '{"text":"Grüße, 世界 🎉"}' },
      { event: 'error', data: 'first\nsecond' },
      { event: '', data: '[DONE]' },
    ],
    last: { event: '', data: 'rest' },
  }

  test.each([
    ['LF', '\n'],
    ['CR', '\r'],
    ['CRLF', '\r\n'],
  ])('lines that end in %s are read the same at every cut (OU-S2)', (_, lineEnd) => {
    for (const chunks of cuts(utf8.encode(stream.join(lineEnd)), 40)) expect(decode(chunks)).toEqual(expected)
  })

  test('mixed line ends, cut at random, give the events that were written (OU-S2)', () => {
    const line = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replace(/[\r\n\uFEFF]/g, '.'))
    const event = fc.record({ lines: fc.array(line, { minLength: 1, maxLength: 3 }), comment: fc.boolean() })
    const lineEnds = fc.infiniteStream(fc.constantFrom('\n', '\r\n', '\r'))
    fc.assert(
      fc.property(fc.array(event), lineEnds, fc.infiniteStream(fc.integer({ min: 1, max: 30 })), (all, ends, sizes) => {
        const lines = all.flatMap(({ lines: texts, comment }) => [
          ...(comment ? [': OPENROUTER PROCESSING', ''] : []),
          ...texts.map((text) => `data: ${text}`),
          '',
        ])
        // A CR and an LF that meet are one line end: here a line of data is between them, or the ends are alike.
        let previous = '\n'
        let text = ''
        for (const one of lines) {
          const end = ends.next().value
          previous = one === '' && previous === '\r' && end === '\n' ? '\r' : end
          text += one + previous
        }
        const bytes = utf8.encode(text)
        const chunks: Uint8Array[] = []
        for (let at = 0; at < bytes.length; ) {
          const size = sizes.next().value
          chunks.push(bytes.subarray(at, at + size))
          at += size
        }
        expect(decode(chunks)).toEqual({
          events: data(...all.map(({ lines: texts }) => texts.join('\n'))),
          last: undefined,
        })
      }),
      { numRuns: 300 },
    )
  })
})
