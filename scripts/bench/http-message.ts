/** A minimal reader of HTTP/1.1 messages on a kept-alive connection that costs almost no CPU time. */

const headEnd = Buffer.from('\r\n\r\n')
const lineEnd = Buffer.from('\r\n')
const contentLength = /^content-length:\s*(\d+)/im
const chunked = /^transfer-encoding:\s*chunked/im
const none = Buffer.alloc(0)

/** The events of each message, in this order. `onBody` runs for each part of the body. */
export interface MessageEvents {
  /** The head as text. */
  onHead(head: string): void
  onBody(bytes: Buffer): void
  onEnd(): void
}

/**
 * The reader is in a head, in a body of known length, before a chunk, in a chunk, or after the last chunk.
 */
type ParserState = 'head' | 'body' | 'size' | 'chunk' | 'end'

/** Reads one message after another; the bytes can be cut anywhere. */
export const createMessageReader = (events: MessageEvents): ((bytes: Buffer) => void) => {
  let state: ParserState = 'head'
  /** Remaining bytes of the body or the chunk, with its line end. */
  let left = 0
  /** The first part of a head or of the size of a chunk. */
  let cut: Buffer = none

  const end = (): void => {
    state = 'head'
    events.onEnd()
  }

  /** Takes a line that ends in `mark`; undefined if its end has not arrived yet. */
  const takeLine = (bytes: Buffer, mark: Buffer): { line: Buffer; rest: Buffer } | undefined => {
    const all = cut.byteLength === 0 ? bytes : Buffer.concat([cut, bytes])
    const at = all.indexOf(mark)
    cut = at === -1 ? all : none
    return at === -1 ? undefined : { line: all.subarray(0, at), rest: all.subarray(at + mark.byteLength) }
  }

  const readHead = (bytes: Buffer): Buffer => {
    const taken = takeLine(bytes, headEnd)
    if (taken === undefined) return none
    const head = taken.line.toString('latin1')
    state = chunked.test(head) ? 'size' : 'body'
    left = Number(contentLength.exec(head)?.[1] ?? 0)
    events.onHead(head)
    if (state === 'body' && left === 0) end()
    return taken.rest
  }

  const readSize = (bytes: Buffer): Buffer => {
    const taken = takeLine(bytes, lineEnd)
    if (taken === undefined) return none
    if (state === 'end') end()
    else {
      const size = Number.parseInt(taken.line.toString('latin1'), 16)
      state = size === 0 ? 'end' : 'chunk'
      left = size + lineEnd.byteLength
    }
    return taken.rest
  }

  const readBody = (bytes: Buffer): Buffer => {
    const framing = state === 'chunk' ? lineEnd.byteLength : 0
    const part = bytes.subarray(0, Math.max(0, Math.min(bytes.byteLength, left - framing)))
    const taken = Math.min(bytes.byteLength, left)
    left -= taken
    if (part.byteLength > 0) events.onBody(part)
    if (left === 0 && state === 'chunk') state = 'size'
    else if (left === 0) end()
    return bytes.subarray(taken)
  }

  return (bytes) => {
    let rest = bytes
    while (rest.byteLength > 0) {
      if (state === 'head') rest = readHead(rest)
      else if (state === 'body' || state === 'chunk') rest = readBody(rest)
      else rest = readSize(rest)
    }
  }
}
