import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inflateSync } from 'node:zlib'

const file = readFileSync(join(import.meta.dir, '..', '..', 'scripts', 'release', 'icon.ico'))

/** The unpacked pictures of an icon: four bytes for each pixel, and one for each row. */
const pictures = (bytes: Buffer): { size: number; points: Buffer }[] =>
  Array.from({ length: bytes.readUInt16LE(4) }, (_, index) => {
    const entry = 6 + index * 16
    const picture = bytes.subarray(bytes.readUInt32LE(entry + 12)).subarray(0, bytes.readUInt32LE(entry + 8))
    const data = picture.indexOf('IDAT')
    const length = picture.readUInt32BE(data - 4)
    return { size: bytes.readUInt8(entry) || 256, points: inflateSync(picture.subarray(data + 4, data + 4 + length)) }
  })

test('the icon of the Windows program has four sizes', () => {
  expect(pictures(file).map(({ size, points }) => [size, points.length])).toEqual(
    [16, 32, 48, 256].map((size) => [size, size * (size * 4 + 1)]),
  )
})
