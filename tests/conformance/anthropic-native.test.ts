import { describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import Anthropic, { toFile } from '@anthropic-ai/sdk'
import { loadConfig } from '../../src/config/load.ts'
import { type ReceivedRequest, recordingServer } from '../support/anthropic.ts'
import { startChain } from '../support/chain.ts'

/** The official SDK, through the whole server and directly: Anthropic must see the same requests. */

const json = (value: unknown): Response =>
  Response.json(value, { headers: { 'request-id': 'req_upstream', 'anthropic-organization-id': 'org' } })

const message = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-opus-4-6',
  content: [{ type: 'text', text: 'Grüße, 世界 🎉' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 3, output_tokens: 5, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 },
}

const events = [
  { type: 'message_start', message: { ...message, content: [], stop_reason: null } },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'ping' },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Grüße, 世界 🎉' } },
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 5 } },
  { type: 'message_stop' },
]

const stream = (): Response =>
  new Response(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''), {
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'request-id': 'req_stream' },
  })

const batch = (url: string): object => ({
  id: 'msgbatch_1',
  type: 'message_batch',
  processing_status: 'ended',
  results_url: `${url}/v1/messages/batches/msgbatch_1/results`,
  request_counts: { processing: 0, succeeded: 1, errored: 0, canceled: 0, expired: 0 },
})

const file = { id: 'file_1', type: 'file', filename: 'a.bin', size_bytes: 6, mime_type: 'application/pdf' }
const model = {
  id: 'claude-opus-4-6',
  type: 'model',
  display_name: 'Claude Opus 4.6',
  created_at: '2026-02-01T00:00:00Z',
}
const page = (data: object[]): object => ({ data, has_more: false, first_id: null, last_id: null })
const binary = new Uint8Array([0, 255, 13, 10, 128, 37])

/** The first matching path answers. */
const answers: readonly (readonly [RegExp, (url: string, isStream: boolean) => Response])[] = [
  [/^POST \/v1\/messages\/count_tokens$/, () => json({ input_tokens: 17 })],
  [/^POST \/v1\/messages$/, (_url, isStream) => (isStream ? stream() : json(message))],
  [/^DELETE \/v1\/messages\/batches\/\w+$/, () => json({ id: 'msgbatch_1', type: 'message_batch_deleted' })],
  [
    /^GET \/v1\/messages\/batches\/\w+\/results$/,
    () =>
      new Response(
        `{"custom_id":"a","result":{"type":"succeeded"}}\n{"custom_id":"b","result":{"type":"canceled"}}\n`,
        {
          headers: { 'content-type': 'application/x-jsonl' },
        },
      ),
  ],
  [/^GET \/v1\/messages\/batches$/, (url) => json(page([batch(url)]))],
  [/\/v1\/messages\/batches/, (url) => json(batch(url))],
  [/^GET \/v1\/models$/, () => json(page([model]))],
  [/\/v1\/models\//, () => json(model)],
  [/^GET \/v1\/files\/\w+\/content$/, () => new Response(binary, { headers: { 'content-type': 'application/pdf' } })],
  [/^GET \/v1\/files$/, () => json(page([file]))],
  [/^DELETE \/v1\/files\//, () => json({ id: 'file_1', type: 'file_deleted' })],
  [/\/v1\/files/, () => json(file)],
]

/** Facts of one connection, and the encodings that a client decodes. */
const connectionHeaders = new Set(['host', 'connection', 'accept-encoding', 'transfer-encoding', 'content-length'])
const credentialHeaders = new Set(['authorization', 'x-api-key'])

/** Each form has its own random boundary. */
const boundaryOf = (type: string | null): string => /boundary="?([^";]+)/.exec(type ?? '')?.[1] ?? '\0'

/** What must be the same with and without a server between. */
const comparable = ({ method, path, headers, body }: ReceivedRequest): object => {
  const boundary = boundaryOf(headers.get('content-type'))
  const bytes = Buffer.from(body).toString('latin1').replaceAll(boundary, 'boundary')
  const names = [...headers].filter(([name]) => !connectionHeaders.has(name) && !credentialHeaders.has(name))
  return {
    method,
    path,
    headers: Object.fromEntries(names.map(([name, value]) => [name, value.replace(boundary, 'boundary')])),
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes, 'latin1').digest('hex'),
  }
}

const startAnthropic = () => {
  const server = recordingServer(({ method, path, body }) => {
    const [pathname = ''] = path.split('?')
    const isStream = Buffer.from(body).includes('"stream":true')
    const found = answers.find(([pattern]) => pattern.test(`${method} ${pathname}`))
    return found === undefined ? new Response(path, { status: 404 }) : found[1](server.url, isStream)
  })
  return server
}

const clientAt = (baseURL: string): Anthropic =>
  new Anthropic({ baseURL, apiKey: 'sk-ant-api03-client', maxRetries: 0, defaultHeaders: { 'x-app': 'cli' } })

const request = {
  model: 'claude-opus-4-6',
  max_tokens: 1000,
  system: [{ type: 'text' as const, text: 'Be brief. \ud800 \u2028', cache_control: { type: 'ephemeral' as const } }],
  messages: [{ role: 'user' as const, content: 'Grüße 🎉 "quoted"\n' }],
}
const betas = ['files-api-2025-04-14', 'context-1m-2025-08-07']

/** What the SDK returns, without the parts that belong to a connection. */
const operations: Readonly<Record<string, (client: Anthropic) => Promise<unknown>>> = {
  'a whole message': (client) => client.messages.create(request),
  'a beta message': (client) => client.beta.messages.create({ ...request, betas }),
  'a stream': (client) => client.messages.stream(request).finalMessage(),
  'a count of tokens': (client) => client.messages.countTokens({ model: request.model, messages: request.messages }),
  'a new batch': (client) => client.messages.batches.create({ requests: [{ custom_id: 'a', params: request }] }),
  'the list of batches': (client) => Array.fromAsync(client.messages.batches.list({ limit: 5 })),
  'a batch': (client) => client.messages.batches.retrieve('msgbatch_1'),
  'a cancelled batch': (client) => client.messages.batches.cancel('msgbatch_1'),
  'a deleted batch': (client) => client.messages.batches.delete('msgbatch_1'),
  'the results of a batch': async (client) => {
    const response = await client.get<Response>('/v1/messages/batches/msgbatch_1/results', { __binaryResponse: true })
    return [response.headers.get('content-type'), await response.text()]
  },
  'an uploaded file': async (client) =>
    client.beta.files.upload({ file: await toFile(binary, 'a.bin', { type: 'application/pdf' }), betas }),
  'the list of files': (client) => Array.fromAsync(client.beta.files.list({ betas })),
  'the facts about a file': (client) => client.beta.files.retrieveMetadata('file_1', { betas }),
  'a downloaded file': async (client) => (await client.beta.files.download('file_1', { betas })).bytes(),
  'a deleted file': (client) => client.beta.files.delete('file_1', { betas }),
  'the list of models': (client) => Array.fromAsync(client.models.list({ limit: 1000 })),
  'a model': (client) => client.models.retrieve('claude-opus-4-6'),
}

const startServer = (url: string): string => {
  const { config } = loadConfig({ flags: { upstream: 'anthropic', 'anthropic-url': url }, environment: {}, files: [] })
  return startChain({ config, endpointUrl: url }).url
}

describe('the official SDK through the native lane', () => {
  test.each(Object.entries(operations))(
    'sends the same request as directly, and reads the same answer: %s (AU-N1, AU-P3, AU-P4, AU-P5, AU-H1)',
    async (_name, run) => {
      const { url, received } = startAnthropic()
      const server = startServer(url)
      const direct = await run(clientAt(url))
      const expected = received.splice(0).map(comparable)
      expect(expected).not.toBeEmpty()
      expect(await run(clientAt(server))).toEqual(direct)
      expect(received.map(comparable)).toEqual(expected)
    },
  )
})
