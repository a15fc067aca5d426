import type { Job } from './job.ts'

/** Checks that responses of the benchmark are complete. */

/** Bytes that occur exactly once in each delta, and in the end of a response. */
const marks = {
  anthropic: { delta: Buffer.from('event: content_block_delta'), end: Buffer.from('event: message_stop') },
  converse: { delta: Buffer.from('contentBlockDelta'), end: Buffer.from('messageStop') },
  chat: { delta: Buffer.from('"delta":{"content":'), end: Buffer.from('data: [DONE]') },
  responses: {
    delta: Buffer.from('event: response.output_text.delta'),
    end: Buffer.from('event: response.completed'),
  },
} as const

const wholeMarks = {
  anthropic: Buffer.from('"type":"message"'),
  converse: Buffer.from('"stopReason"'),
  chat: Buffer.from('"object":"chat.completion"'),
  responses: Buffer.from('"object":"response"'),
} as const

const count = (bytes: Buffer, mark: Buffer): number => {
  let found = 0
  for (let at = bytes.indexOf(mark); at !== -1; at = bytes.indexOf(mark, at + mark.byteLength)) found += 1
  return found
}

export interface ResponseCheck {
  /** Returns a fault, if the response has one. */
  head(text: string): string | undefined
  take(bytes: Buffer): void
  /** Whether a delta begins in these bytes. */
  hasDelta(bytes: Buffer): boolean
  /** Returns the number of deltas of a complete response, or its fault. */
  end(): number | string
}

/** Checks one response after another. */
export const createResponseCheck = ({ deltas, wire }: Pick<Job, 'deltas' | 'wire'>): ResponseCheck => {
  const { delta, end } = marks[wire]
  let body: Buffer[] = []
  return {
    head: (text) => (text.startsWith('HTTP/1.1 200') ? undefined : `answered ${text.slice(0, 40)}`),
    take(bytes) {
      body.push(bytes)
    },
    hasDelta: (bytes) => bytes.includes(delta),
    end() {
      const bytes = body.length === 1 ? (body[0] as Buffer) : Buffer.concat(body)
      body = []
      if (deltas === undefined) return bytes.includes(wholeMarks[wire]) ? 0 : 'the response is not a message'
      const found = count(bytes, delta)
      if (found !== deltas) return `sent ${found} deltas of ${deltas}, in ${bytes.byteLength} bytes`
      return count(bytes, end) === 1 ? found : 'did not send the end of the message'
    },
  }
}
