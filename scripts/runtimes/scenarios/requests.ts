import { expect } from 'bun:test'

/** Requests that several scenarios send. */

export const messages = '/v1/messages'
export const eventStream = { 'content-type': 'text/event-stream; charset=utf-8' }

/** `content` of the user's only message. */
export const message = (content: unknown, more: object = {}) => ({
  model: 'claude-sonnet-4-6',
  max_tokens: 2000,
  messages: [{ role: 'user', content }],
  ...more,
})

export const weather = {
  name: 'weather',
  input_schema: { type: 'object', properties: { city: { type: 'string' } } },
}

/** A PNG of one pixel. */
export const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

/** As chunks without a length, as some clients and proxies send bodies. */
export const chunked = (value: unknown): ReadableStream<Uint8Array> => new Blob([JSON.stringify(value)]).stream()

/** An answer with these words. */
export const text = (words: RegExp) => ({ status: 200, text: expect.stringMatching(words) })
