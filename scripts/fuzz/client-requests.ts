import type { Sent } from './subject.ts'

/** Requests whose answers are the subject. */

export const openAiModelPaths = ['/v1/chat/completions', '/v1/responses'] as const

const toMessages = (content: string, stream: boolean): object => ({
  model: 'claude-sonnet-4-6',
  max_tokens: 100,
  stream,
  messages: [{ role: 'user', content }],
})

const bodies: Readonly<Record<string, typeof toMessages>> = {
  '/v1/chat/completions': (content, stream) => ({
    ...toMessages(content, stream),
    ...(stream && { stream_options: { include_usage: true } }),
  }),
  '/v1/responses': (input, stream) => ({ model: 'claude-sonnet-4-6', input, reasoning: { summary: 'auto' }, stream }),
}

interface RequestOptions {
  readonly isStream: boolean
  readonly path?: string
}

/** The request that gets a raw upstream's response. */
export const toClientRequest = ({ isStream, path = '/v1/messages' }: RequestOptions, canary: string): Sent => ({
  method: 'POST',
  path,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify((bodies[path] ?? toMessages)(canary, isStream))),
})
