import { deflateSync } from 'node:zlib'

/**
 * The program's icon on Windows, drawn from a few shapes: a round square, and on it two points that a third
 * joins. Written to icon.ico beside this file: `bun scripts/release/icon.ts`.
 */

type Color = readonly [red: number, green: number, blue: number]

/** What of a pixel a shape covers, from 0 to 1; x and y from 0 to 1. */
type Shape = (x: number, y: number) => boolean

const background: Color = [32, 42, 68]
const foreground: Color = [240, 244, 255]

const sizes = [16, 32, 48, 256] as const
/** Points looked at along each side of a pixel: edges come out smooth. */
const samples = 4

const roundSquare =
  (radius: number): Shape =>
  (x, y) => {
    const [dx, dy] = [x, y].map((at) => Math.max(Math.abs(at - 0.5) - (0.5 - radius), 0)) as [number, number]
    return dx ** 2 + dy ** 2 <= radius ** 2
  }

const disc =
  (centerX: number, centerY: number, radius: number): Shape =>
  (x, y) =>
    (x - centerX) ** 2 + (y - centerY) ** 2 <= radius ** 2

const line =
  (fromX: number, fromY: number, toX: number, toY: number, width: number): Shape =>
  (x, y) => {
    const [dx, dy] = [toX - fromX, toY - fromY]
    const along = Math.min(Math.max(((x - fromX) * dx + (y - fromY) * dy) / (dx ** 2 + dy ** 2), 0), 1)
    return (x - fromX - along * dx) ** 2 + (y - fromY - along * dy) ** 2 <= (width / 2) ** 2
  }

const ground = roundSquare(0.2)
const figure: readonly Shape[] = [
  line(0.26, 0.68, 0.5, 0.34, 0.09),
  line(0.5, 0.34, 0.74, 0.68, 0.09),
  disc(0.26, 0.68, 0.12),
  disc(0.74, 0.68, 0.12),
  disc(0.5, 0.34, 0.15),
]

/** Red, green, blue and opacity. */
const pixel = (column: number, row: number, size: number): number[] => {
  let [inGround, inFigure] = [0, 0]
  for (let index = 0; index < samples ** 2; index += 1) {
    const x = (column + ((index % samples) + 0.5) / samples) / size
    const y = (row + (Math.floor(index / samples) + 0.5) / samples) / size
    if (!ground(x, y)) continue
    inGround += 1
    if (figure.some((shape) => shape(x, y))) inFigure += 1
  }
  const share = inGround === 0 ? 0 : inFigure / inGround
  const color = background.map((dark, index) => Math.round(dark + ((foreground[index] ?? 0) - dark) * share))
  return [...color, Math.round((255 * inGround) / samples ** 2)]
}

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(Bun.hash.crc32(body))
  return Buffer.concat([length, body, sum])
}

const png = (size: number): Buffer => {
  const rows = Array.from({ length: size }, (_, row) => [
    0,
    ...Array.from({ length: size }, (__, column) => pixel(column, row, size)).flat(),
  ])
  const head = Buffer.alloc(13)
  head.writeUInt32BE(size, 0)
  head.writeUInt32BE(size, 4)
  // Eight bits each of red, green, blue and opacity.
  head.set([8, 6, 0, 0, 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  const data = deflateSync(Buffer.from(rows.flat()), { level: 9 })
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))])
}

const headBytes = 6
const entryBytes = 16

/** An icon file: a list of pictures, each a PNG. */
export const icon = (): Buffer => {
  const pictures = sizes.map((size) => ({ size, bytes: png(size) }))
  const head = Buffer.alloc(headBytes)
  head.writeUInt16LE(1, 2)
  head.writeUInt16LE(pictures.length, 4)
  let offset = headBytes + pictures.length * entryBytes
  const entries = pictures.map(({ size, bytes }) => {
    const entry = Buffer.alloc(entryBytes)
    // 256 does not fit into a byte, and is written as 0.
    entry.set([size % 256, size % 256, 0, 0, 1, 0, 32, 0])
    entry.writeUInt32LE(bytes.length, 8)
    entry.writeUInt32LE(offset, 12)
    offset += bytes.length
    return entry
  })
  return Buffer.concat([head, ...entries, ...pictures.map(({ bytes }) => bytes)])
}

if (import.meta.main) await Bun.write(new URL('icon.ico', import.meta.url), icon())
