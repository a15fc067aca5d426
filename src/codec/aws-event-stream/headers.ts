import { corruptStream, type HeaderValue, headerType } from './frame.ts'

const utf8 = new TextDecoder()

const uuidText = (bytes: Uint8Array): string => {
  const hex = Buffer.from(bytes).toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** Reads one header block. Throws GatewayError if a header exceeds it. */
const decodeHeaders = (block: Uint8Array): Map<string, HeaderValue> => {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength)
  const headers = new Map<string, HeaderValue>()
  let position = 0

  const take = (length: number): number => {
    const start = position
    position += length
    if (position > block.byteLength) {
      throw corruptStream(`header runs to byte ${position} of a block of ${block.byteLength}`)
    }
    return start
  }
  const takeBytes = (length: number): Uint8Array => {
    const start = take(length)
    return block.subarray(start, start + length)
  }

  const takeValue = (type: number): HeaderValue => {
    switch (type) {
      case headerType.true:
        return true
      case headerType.false:
        return false
      case headerType.byte:
        return view.getInt8(take(1))
      case headerType.short:
        return view.getInt16(take(2))
      case headerType.integer:
        return view.getInt32(take(4))
      case headerType.long:
        return view.getBigInt64(take(8))
      case headerType.bytes:
        return takeBytes(view.getUint16(take(2))).slice()
      case headerType.string:
        return utf8.decode(takeBytes(view.getUint16(take(2))))
      case headerType.timestamp:
        return new Date(Number(view.getBigInt64(take(8))))
      case headerType.uuid:
        return uuidText(takeBytes(16))
      default:
        throw corruptStream(`header type ${type} is not one of 0 to 9`)
    }
  }

  while (position < block.byteLength) {
    const nameLength = view.getUint8(take(1))
    if (nameLength === 0) throw corruptStream('header name is empty')
    const name = utf8.decode(takeBytes(nameLength))
    headers.set(name, takeValue(view.getUint8(take(1))))
  }
  return headers
}

export type Headers = ReadonlyMap<string, HeaderValue>

/** More than the kinds of frames in one response; longer than any known header block. */
const maximumKept = 8
const longestKeptBytes = 256

/** Reads the header block from `start` to `end`. */
export type ReadHeaders = (bytes: Uint8Array, start: number, end: number) => Headers

const isAt = (block: Uint8Array, bytes: Uint8Array, start: number): boolean => {
  for (let index = 0; index < block.byteLength; index += 1) {
    if (block[index] !== bytes[start + index]) return false
  }
  return true
}

/**
 * Reads the header blocks of one service's streams. They are the same for each kind of frame, so a known block is not
 * decoded again. That saves half of a frame's cost.
 */
export const createHeadersReader = (): ReadHeaders => {
  const kept: { readonly block: Uint8Array; readonly headers: Headers }[] = []
  let oldest = 0
  return (bytes, start, end) => {
    for (const known of kept) {
      if (known.block.byteLength === end - start && isAt(known.block, bytes, start)) return known.headers
    }
    const block = bytes.slice(start, end)
    const headers = decodeHeaders(block)
    if (block.byteLength > longestKeptBytes) return headers
    // Replaces the oldest: headers that never repeat cost little and use no more memory.
    kept[oldest] = { block, headers }
    oldest = (oldest + 1) % maximumKept
    return headers
  }
}
