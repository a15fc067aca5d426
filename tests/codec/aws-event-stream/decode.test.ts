import { describe, expect, spyOn, test } from 'bun:test'
import { EventStreamCodec } from '@smithy/core/event-streams'
import { createEventStreamDecoder } from '../../../src/codec/aws-event-stream/decode.ts'
import { encodeFrame } from '../../../src/codec/aws-event-stream/encode.ts'
import type { Frame } from '../../../src/codec/aws-event-stream/frame.ts'

const utf8 = new TextEncoder()
const smithy = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString('utf8'),
  (text) => utf8.encode(text),
)

const bytes = (hex: string): Uint8Array => Uint8Array.fromHex(hex)
const text = (frame: Frame | undefined): string => new TextDecoder().decode(frame?.payload)

/** All frames of a stream that arrives in the given chunks. */
const decode = (chunks: readonly Uint8Array[]): Frame[] => {
  const decoder = createEventStreamDecoder()
  const frames: Frame[] = []
  for (const chunk of chunks) decoder.push(chunk, (frame) => frames.push(frame))
  decoder.end()
  return frames
}

const cut = (stream: Uint8Array, size: number): Uint8Array[] => {
  const chunks: Uint8Array[] = []
  for (let start = 0; start < stream.length; start += size) chunks.push(stream.subarray(start, start + size))
  return chunks
}

const event = (type: string, payload: string): Uint8Array =>
  encodeFrame(
    { ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' },
    utf8.encode(payload),
  )

describe('7 frames: published vectors', () => {
  test('empty message', () => {
    const [frame] = decode([bytes('000000100000000005c248eb7d98c8ff')])
    expect(frame?.headers.size).toBe(0)
    expect(frame?.payload.length).toBe(0)
  })

  test('payload without headers', () => {
    const [frame] = decode([bytes('0000001d00000000fd528c5a7b27666f6f273a27626172277dc3653936')])
    expect(text(frame)).toBe("{'foo':'bar'}")
  })

  test('messageStart as Bedrock sends it', () => {
    const hex =
      '00000081000000526cc176930b3a6576656e742d7479706507000c6d65737361676553746172740d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b2270223a2261626364222c22726f6c65223a22617373697374616e74227df512a005'
    const [frame] = decode([bytes(hex)])
    expect(Object.fromEntries(frame?.headers ?? [])).toEqual({
      ':event-type': 'messageStart',
      ':content-type': 'application/json',
      ':message-type': 'event',
    })
    expect(text(frame)).toBe('{"p":"abcd","role":"assistant"}')
    expect(event('messageStart', '{"p":"abcd","role":"assistant"}').toHex()).toBe(hex)
  })

  test('throttlingException', () => {
    const hex =
      '000000b0000000614f5086b30f3a657863657074696f6e2d747970650700137468726f74746c696e67457863657074696f6e0d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d74797065070009657863657074696f6e7b226d657373616765223a22546f6f206d616e7920746f6b656e732c20706c656173652077616974206265666f726520747279696e6720616761696e2e227df70ae57f'
    const [frame] = decode([bytes(hex)])
    expect(frame?.headers.get(':exception-type')).toBe('throttlingException')
    expect(text(frame)).toContain('Too many tokens')
  })
})

describe('7 frames: against the official codec', () => {
  test('reads what it writes, every header type', () => {
    const encoded = smithy.encode({
      headers: {
        yes: { type: 'boolean', value: true },
        no: { type: 'boolean', value: false },
        byte: { type: 'byte', value: -7 },
        short: { type: 'short', value: -30_000 },
        integer: { type: 'integer', value: 2_000_000_000 },
        binary: { type: 'binary', value: bytes('00ff10') },
        name: { type: 'string', value: 'größe ✓' },
        time: { type: 'timestamp', value: new Date(1_700_000_000_000) },
        id: { type: 'uuid', value: '01234567-89ab-cdef-0123-456789abcdef' },
      },
      body: utf8.encode('{"a":"ü"}'),
    })
    const [frame] = decode([encoded])
    expect(Object.fromEntries(frame?.headers ?? [])).toEqual({
      yes: true,
      no: false,
      byte: -7,
      short: -30_000,
      integer: 2_000_000_000,
      binary: bytes('00ff10'),
      name: 'größe ✓',
      time: new Date(1_700_000_000_000),
      id: '01234567-89ab-cdef-0123-456789abcdef',
    })
    expect(text(frame)).toBe('{"a":"ü"}')
  })

  test('writes what it reads', () => {
    const decoded = smithy.decode(event('contentBlockDelta', '{"delta":{"text":"hé"}}'))
    expect(decoded.headers).toEqual({
      ':event-type': { type: 'string', value: 'contentBlockDelta' },
      ':content-type': { type: 'string', value: 'application/json' },
      ':message-type': { type: 'string', value: 'event' },
    })
    expect(new TextDecoder().decode(decoded.body)).toBe('{"delta":{"text":"hé"}}')
  })

  test('both refuse a damaged byte at any position', () => {
    const sound = event('contentBlockStop', '{"contentBlockIndex":0,"p":"abc"}')
    for (let position = 0; position < sound.length; position += 1) {
      const damaged = sound.slice()
      damaged[position] = (damaged[position] ?? 0) ^ 0x41
      expect(() => smithy.decode(damaged)).toThrow()
      expect(() => decode([damaged])).toThrow(/Truncated or corrupt event stream/)
    }
  })
})

describe('7 frames, 3.2 corrupt: cuts', () => {
  const payloads = ['{"p":"a"}', '{"delta":{"text":"日本語 🎉"}}', '{}', `{"p":"${'x'.repeat(300)}"}`]
  const stream = new Uint8Array(Buffer.concat(payloads.map((payload, index) => event(`event${index}`, payload))))

  test('every chunk size gives the same frames', () => {
    for (let size = 1; size <= stream.length; size += 1) expect(decode(cut(stream, size)).map(text)).toEqual(payloads)
  })

  test('every single cut gives the same frames', () => {
    for (let at = 0; at <= stream.length; at += 1) {
      expect(decode([stream.subarray(0, at), stream.subarray(at)]).map(text)).toEqual(payloads)
    }
  })

  test('an end inside a frame is an error, an end between frames is not', () => {
    const ends = new Set([0])
    let end = 0
    for (const [index, payload] of payloads.entries()) {
      end += event(`event${index}`, payload).length
      ends.add(end)
    }
    for (let length = 0; length <= stream.length; length += 1) {
      const read = (): Frame[] => decode([stream.subarray(0, length)])
      if (ends.has(length)) expect(read).not.toThrow()
      else expect(read).toThrow(/unfinished frame/)
    }
  })

  test('valid frames before a damaged one are passed on', () => {
    const damaged = stream.slice()
    damaged[damaged.length - 1] = (damaged[damaged.length - 1] ?? 0) ^ 1
    const frames: Frame[] = []
    expect(() => createEventStreamDecoder().push(damaged, (frame) => frames.push(frame))).toThrow(/message checksum/)
    expect(frames.map(text)).toEqual(payloads.slice(0, -1))
  })

  test('payloads stay valid when the stream goes on', () => {
    const decoder = createEventStreamDecoder()
    const chunks = cut(stream, 7)
    const frames: Frame[] = []
    for (const chunk of chunks) {
      const reused = chunk.slice()
      decoder.push(reused, (frame) => frames.push(frame))
      reused.fill(0)
    }
    expect(frames.map(text)).toEqual(payloads)
  })
})

describe('7 frames: invalid lengths', () => {
  /** A prelude with a valid checksum and the given lengths. */
  const prelude = (total: number, headers: number): Uint8Array => {
    const frame = new Uint8Array(16)
    const view = new DataView(frame.buffer)
    view.setUint32(0, total)
    view.setUint32(4, headers)
    view.setUint32(8, Bun.hash.crc32(frame.subarray(0, 8)))
    return frame
  }

  test('are refused before more bytes arrive', () => {
    expect(() => decode([prelude(15, 0)])).toThrow(/below the minimum/)
    expect(() => decode([prelude(100, 90)])).toThrow(/headers length/)
    expect(() => decode([prelude(300_000, 200_000)])).toThrow(/headers length/)
    expect(() => decode([prelude(0x7fffffff, 0)])).toThrow(/above the limit/)
    expect(() => decode([new Uint8Array(12).fill(7)])).toThrow(/prelude checksum/)
  })

  test('a large frame in small chunks costs linear time', () => {
    const payload = new Uint8Array(4 * 1024 * 1024).fill(120)
    const large = encodeFrame({ ':message-type': 'event' }, payload)
    const pieces = cut(large, 1000)
    let copied = 0
    const set = spyOn(Uint8Array.prototype, 'set')
    const { set: original } = Object.getPrototypeOf(Uint8Array.prototype)
    set.mockImplementation(function (this: Uint8Array, source: ArrayLike<number>, offset?: number) {
      copied += source.length
      original.call(this, source, offset)
    })
    try {
      const [frame] = decode(pieces)
      expect(frame?.payload.length).toBe(payload.length)
    } finally {
      set.mockRestore()
    }
    // Once into the buffer, and at most once more while the buffer doubles its size.
    expect(copied).toBeGreaterThanOrEqual(large.length)
    expect(copied).toBeLessThan(3 * large.length)
  })
})

describe('7 frames: headers', () => {
  const withHeaders = (block: Uint8Array): Uint8Array => {
    const frame = new Uint8Array(16 + block.length)
    const view = new DataView(frame.buffer)
    view.setUint32(0, frame.length)
    view.setUint32(4, block.length)
    view.setUint32(8, Bun.hash.crc32(frame.subarray(0, 8)))
    frame.set(block, 12)
    view.setUint32(frame.length - 4, Bun.hash.crc32(frame.subarray(0, frame.length - 4)))
    return frame
  }

  test('an unknown type is an error', () => {
    expect(() => decode([withHeaders(bytes('01610a'))])).toThrow(/header type 10/)
  })

  test('a value beyond the end of its block is an error', () => {
    expect(() => decode([withHeaders(bytes('016107ffff61'))])).toThrow(/header runs to byte/)
    expect(() => decode([withHeaders(bytes('0561'))])).toThrow(/header runs to byte/)
    expect(() => decode([withHeaders(bytes('00'))])).toThrow(/name is empty/)
  })
})
