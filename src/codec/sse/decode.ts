import { GatewayError } from '../../base/errors.ts'

/** One server-sent event. `event` is empty for an event without a name. */
export interface SseEvent {
  readonly event: string
  readonly data: string
}

/** Larger than any genuine event, even with an image in base64. In UTF-16 units. */
export const maximumEventLength = 16 * 1024 * 1024

const code = { lineFeed: 10, carriageReturn: 13, space: 32 }

const tooLong = (): GatewayError =>
  new GatewayError('api_error', `Upstream stream: an event is longer than ${maximumEventLength} characters.`, {
    isLoggable: true,
  })

export interface SseDecoder {
  /** Takes the next bytes and passes completed events on. Throws GatewayError for an event above the limit. */
  push(chunk: Uint8Array, onEvent: (event: SseEvent) => void): void
  /** Ends the stream. Returns the last event if it has no blank line after it: it may be truncated. */
  end(): SseEvent | undefined
}

/** Returns the text after the colon of a field's name, without one leading space. */
const textAfter = (line: string, colon: number): string =>
  line.slice(line.charCodeAt(colon + 1) === code.space ? colon + 2 : colon + 1)

/**
 * A decoder for the stream of any server, exactly as the standard defines it: lines end in CR, LF or CRLF, a byte order
 * mark may come first, and bytes may be cut anywhere. Drops `id`, `retry` and comments.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export const createSseDecoder = (): SseDecoder => {
  const utf8 = new TextDecoder()
  /** The incomplete last line. */
  let rest = ''
  let endsInCarriageReturn = false
  let event = ''
  let data: string | undefined

  const take = (): SseEvent | undefined => {
    const taken = data === undefined ? undefined : { event, data }
    event = ''
    data = undefined
    return taken
  }

  const addData = (value: string): void => {
    data = data === undefined ? value : `${data}\n${value}`
    if (data.length > maximumEventLength) throw tooLong()
  }

  const readLine = (line: string): void => {
    // Nearly all lines are of this field.
    if (line.startsWith('data:')) {
      addData(textAfter(line, 'data'.length))
      return
    }
    const colon = line.indexOf(':')
    const field = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? '' : textAfter(line, colon)
    if (field === 'data') addData(value)
    else if (field === 'event') event = value
    else if (field === 'error') {
      // Older versions of llama.cpp report failures in a field with this name.
      event = 'error'
      addData(value)
    }
  }

  /** Converts all line ends to LF. A CRLF may be split between chunks. */
  const withLineFeeds = (text: string): string => {
    const isSecondHalf = endsInCarriageReturn && text.charCodeAt(0) === code.lineFeed
    const whole = isSecondHalf ? text.slice(1) : text
    if (text !== '') endsInCarriageReturn = text.charCodeAt(text.length - 1) === code.carriageReturn
    return whole.includes('\r') ? whole.replace(/\r\n?/g, '\n') : whole
  }

  const readText = (text: string, onEvent: (event: SseEvent) => void): void => {
    let start = 0
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      const line = rest + text.slice(start, end)
      rest = ''
      start = end + 1
      if (line !== '') {
        readLine(line)
        continue
      }
      const complete = take()
      if (complete !== undefined) onEvent(complete)
    }
    rest += text.slice(start)
    if (rest.length > maximumEventLength) throw tooLong()
  }

  return {
    push: (chunk, onEvent) => readText(withLineFeeds(utf8.decode(chunk, { stream: true })), onEvent),
    end() {
      const last = rest + withLineFeeds(utf8.decode())
      rest = ''
      if (last !== '') readLine(last)
      return take()
    },
  }
}

/** Yields the data of each event in a stream, in order. For our demo and tests. */
export async function* decodeSse(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = createSseDecoder()
  for await (const chunk of chunks) {
    const events: SseEvent[] = []
    decoder.push(chunk, (event) => events.push(event))
    for (const { data } of events) yield data
  }
}
