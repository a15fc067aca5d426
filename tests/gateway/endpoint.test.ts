import { expect, test } from 'bun:test'
import { type Endpoint, endpointOf } from '../../src/gateway/endpoint.ts'

test.each<[Endpoint, ...string[]]>([
  ['messages', '/v1/messages', '/v1/messages/'],
  ['count_tokens', '/v1/messages/count_tokens', '/v1/messages/count_tokens/', '/openai/v1/responses/input_tokens'],
  ['batches', '/v1/messages/batches', '/v1/messages/batches/msgbatch_1/cancel', '/v1/batches'],
  ['chat_completions', '/v1/chat/completions', '/chat/completions/', '/openai/chat/completions'],
  ['responses', '/v1/responses', '/responses/', '/openai/v1/responses/resp_1', '/responses/compact'],
  ['embeddings', '/v1/embeddings/'],
  ['models', '/v1/models', '/models/claude-opus-4-8/'],
  ['files', '/v1/files/file_1/content'],
  ['health', '/health', '/readyz/'],
  ['other', '/', '/v1/', '/v1/messages//', '/v1/Messages', '/v1/complete', '/v1/messages/x', '', '/healthy'],
])('%s is the kind of its paths only (OP-M3, OP-L2)', (endpoint, ...paths) => {
  expect(paths.filter((path) => endpointOf(path) !== endpoint)).toEqual([])
})
