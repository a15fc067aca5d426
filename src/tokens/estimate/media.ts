import { pdfTokens, tokensPerPage } from './pdf.ts'
import type { Tokenizer } from './tokenizer.ts'

/** Tokens of images, by the size in their first bytes. Their base64 is not counted as text. */

/** Anthropic's formula: width times height, divided by this. */
const pixelsPerToken = 750
/** Photos have up to this much metadata before their size. */
const jpegHeaderBytes = 256 * 1024

interface Size {
  readonly width: number
  readonly height: number
}

const decodeStart = (base64: string, bytes: number): DataView => {
  const buffer = Buffer.from(base64.slice(0, Math.ceil(bytes / 3) * 4), 'base64')
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength)
}

/** Start-of-frame markers have the size; three other markers are in the same range. */
const isStartOfFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc

const jpegSize = (base64: string): Size | undefined => {
  const view = decodeStart(base64, jpegHeaderBytes)
  let position = 2
  while (position + 9 <= view.byteLength && view.getUint8(position) === 0xff) {
    if (isStartOfFrame(view.getUint8(position + 1))) {
      return { height: view.getUint16(position + 5), width: view.getUint16(position + 7) }
    }
    position += 2 + view.getUint16(position + 2)
  }
  return undefined
}

/** Each of the three kinds of WebP has its size at another position. */
const webpSize = (view: DataView): Size | undefined => {
  const chunk = String.fromCharCode(view.getUint8(12), view.getUint8(13), view.getUint8(14), view.getUint8(15))
  if (chunk === 'VP8 ') return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
  if (chunk === 'VP8L') {
    const bits = view.getUint32(21, true)
    return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 }
  }
  if (chunk !== 'VP8X') return undefined
  return { width: (view.getUint32(24, true) & 0xffffff) + 1, height: (view.getUint32(27, true) & 0xffffff) + 1 }
}

const headerBytes = 33

const imageSize = (base64: string): Size | undefined => {
  if (base64.startsWith('/9j/')) return jpegSize(base64)
  const view = decodeStart(base64, headerBytes)
  if (view.byteLength < headerBytes) return undefined
  if (base64.startsWith('iVBORw')) return { width: view.getUint32(16), height: view.getUint32(20) }
  if (base64.startsWith('R0lGOD')) return { width: view.getUint16(6, true), height: view.getUint16(8, true) }
  return base64.startsWith('UklGR') ? webpSize(view) : undefined
}

/** An image of unknown size costs the maximum. */
export const imageTokens = (base64: string, { longestSide, maximumImage }: Tokenizer): number => {
  const size = imageSize(base64)
  if (size === undefined) return maximumImage
  const scale = Math.min(1, longestSide / Math.max(size.width, size.height, 1))
  return Math.min(Math.ceil((size.width * size.height * scale * scale) / pixelsPerToken), maximumImage)
}

/** Estimates tokens of images and documents from their base64. */
export interface MediaRuler {
  image(base64: string, tokenizer: Tokenizer): number
  pdf(base64: string): number
}

export const measuredMedia: MediaRuler = { image: imageTokens, pdf: pdfTokens }

/** The least tokens that any image or document costs, without reading it. */
export const leastMedia: MediaRuler = { image: () => 1, pdf: () => tokensPerPage }
