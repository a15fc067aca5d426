import { describe, expect, test } from 'bun:test'
import { encodeFrame } from '../../../src/codec/aws-event-stream/encode.ts'
import { createHeadersReader } from '../../../src/codec/aws-event-stream/headers.ts'

describe('7 frames: known headers', () => {
  const block = (name: string): Uint8Array => {
    const bytes = encodeFrame({ ':event-type': name }, new Uint8Array())
    return bytes.slice(12, -4)
  }
  const nameIn = (read: ReturnType<typeof createHeadersReader>, bytes: Uint8Array): unknown =>
    read(bytes, 0, bytes.length).get(':event-type')

  test('return the same map; other headers of the same length do not', () => {
    const read = createHeadersReader()
    const first = read(block('aaaa'), 0, block('aaaa').length)
    expect(nameIn(read, block('aaab'))).toBe('aaab')
    expect(read(block('aaaa'), 0, block('aaaa').length)).toBe(first)
  })

  test('are replaced by others, for any number of them', () => {
    const read = createHeadersReader()
    const names = Array.from({ length: 100 }, (_, index) => `id${String(index).padStart(3, '0')}`)
    expect([...names, ...names].map((name) => nameIn(read, block(name)))).toEqual([...names, ...names])
    const last = read(block('id099'), 0, block('id099').length)
    expect(read(block('id099'), 0, block('id099').length)).toBe(last)
  })
})
