import { crc32 } from '../../runtime/crc32.ts'
import { headerType, minimumFrameBytes, preludeBytes, trailerBytes } from './frame.ts'

const utf8 = new TextEncoder()

/** One string header: u8 name length, name, type 7, u16 value length, value. */
const encodeStringHeader = (name: string, value: string): Uint8Array => {
  const nameBytes = utf8.encode(name)
  const valueBytes = utf8.encode(value)
  const header = new Uint8Array(1 + nameBytes.byteLength + 1 + 2 + valueBytes.byteLength)
  const view = new DataView(header.buffer)
  view.setUint8(0, nameBytes.byteLength)
  header.set(nameBytes, 1)
  view.setUint8(1 + nameBytes.byteLength, headerType.string)
  view.setUint16(2 + nameBytes.byteLength, valueBytes.byteLength)
  header.set(valueBytes, 4 + nameBytes.byteLength)
  return header
}

/** Encodes one frame. AWS's services send only string headers, so it supports no other type. */
export const encodeFrame = (headers: Readonly<Record<string, string>>, payload: Uint8Array): Uint8Array => {
  const encoded = Object.entries(headers).map(([name, value]) => encodeStringHeader(name, value))
  const headersLength = encoded.reduce((sum, header) => sum + header.byteLength, 0)
  const frame = new Uint8Array(minimumFrameBytes + headersLength + payload.byteLength)
  const view = new DataView(frame.buffer)

  view.setUint32(0, frame.byteLength)
  view.setUint32(4, headersLength)
  view.setUint32(8, crc32(frame.subarray(0, 8)))
  let position = preludeBytes
  for (const header of encoded) {
    frame.set(header, position)
    position += header.byteLength
  }
  frame.set(payload, position)
  const bodyEnd = frame.byteLength - trailerBytes
  view.setUint32(bodyEnd, crc32(frame.subarray(0, bodyEnd)))
  return frame
}
