import { expect, test } from 'bun:test'
import { createSpanAttributes, metricRows, upstreamAttributes } from '../../../../src/gateway/observers/otel/names.ts'
import { requestRecord, usage } from '../../../support/records.ts'

const upstream = { providerName: 'aws.bedrock', serverAddress: 'gateway.example', serverPort: 8443 }

const complete = requestRecord({
  model: 'sonnet',
  used: 'anthropic.claude-sonnet-4-6',
  isStream: true,
  maxTokens: 1024,
  responseId: 'msg_1',
  stopReason: 'end_turn',
  client: 'team-a',
  attempts: 2,
  usage,
  cacheClass: 'tools_changed',
  cacheMissedTokens: 21_400,
})

const common = {
  'gen_ai.operation.name': 'chat',
  'server.address': 'gateway.example',
  'server.port': 8443,
  'gen_ai.request.model': 'sonnet',
  'gen_ai.response.model': 'anthropic.claude-sonnet-4-6',
  'gen_ai.request.max_tokens': 1024,
  'gen_ai.response.id': 'msg_1',
  'gen_ai.response.finish_reasons': ['end_turn'],
  // With the 200 from the cache and the 3000 to it.
  'gen_ai.usage.input_tokens': 3210,
  'gen_ai.usage.output_tokens': 40,
  'gen_ai.usage.cache_read.input_tokens': 200,
  'nexus_claude_api.cache.class': 'tools_changed',
  'nexus_claude_api.cache.missed_tokens': 21_400,
  'gen_ai.conversation.id': 'session-1234',
  'http.response.status_code': 200,
  'nexus_claude_api.request_id': 'req_1',
  'nexus_claude_api.client': 'team-a',
  'nexus_claude_api.attempts': 2,
}

const attributesOf = (version: '0.1' | '1.36', record = complete) =>
  createSpanAttributes(version, upstreamAttributes(version, upstream))(record)

test('a span has exactly the attributes of the conventions 0.1 (OP-O2)', () => {
  expect(attributesOf('0.1')).toEqual({
    ...common,
    'gen_ai.provider.name': 'aws.bedrock',
    'gen_ai.request.stream': true,
    'gen_ai.response.time_to_first_chunk': 0.3,
    'gen_ai.usage.cache_write.input_tokens': 3000,
  })
})

test('a span has the older names with otel.names 1.36, and never both (OP-O4)', () => {
  expect(attributesOf('1.36')).toEqual({
    ...common,
    'gen_ai.system': 'aws.bedrock',
    'gen_ai.usage.cache_creation.input_tokens': 3000,
  })
})

test('no attribute can hold a prompt or an answer (OP-O5)', () => {
  const names = Object.keys({ ...attributesOf('0.1'), ...attributesOf('1.36') })
  expect(names.filter((name) => /messages|instructions|prompt|tool/.test(name))).toEqual([])
})

test('what a request does not have is absent from its span (OP-O2)', () => {
  const bare = requestRecord({
    session: undefined,
    model: undefined,
    firstEventMs: undefined,
    outcome: 'failed',
    status: 502,
    errorType: 'api_error',
  })
  expect(attributesOf('0.1', bare)).toEqual({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'aws.bedrock',
    'server.address': 'gateway.example',
    'server.port': 8443,
    // What the conventions want for an answer without an end.
    'gen_ai.response.finish_reasons': ['error'],
    'error.type': 'api_error',
    'http.response.status_code': 502,
    'nexus_claude_api.request_id': 'req_1',
    'nexus_claude_api.attempts': 1,
  })
})

test('the time to the first chunk is only that of a stream (OP-O2)', () => {
  expect(attributesOf('0.1', { ...complete, isStream: false })).not.toHaveProperty([
    'gen_ai.response.time_to_first_chunk',
  ])
})

const doubling = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92]

test('the metrics have the names, units and buckets of the conventions (OP-O3, OP-O4)', () => {
  const figures = (version: '0.1' | '1.36') =>
    metricRows[version].map(({ name, unit, buckets, attributes, read }) => [
      name,
      unit,
      buckets,
      attributes,
      read(complete),
    ])
  const modality = { 'gen_ai.token.modality': 'unknown' }
  expect(figures('0.1')).toEqual([
    ['gen_ai.client.inference.duration', 's', doubling, undefined, 1.2345],
    ['gen_ai.client.inference.time_to_first_chunk', 's', doubling, undefined, 0.3],
    ['gen_ai.client.inference.usage.input_tokens', '{token}', undefined, modality, 3210],
    ['gen_ai.client.inference.usage.output_tokens', '{token}', undefined, modality, 40],
    ['gen_ai.client.inference.usage.cache_read.input_tokens', '{token}', undefined, modality, 200],
    ['gen_ai.client.inference.usage.cache_write.input_tokens', '{token}', undefined, modality, 3000],
  ])
  const powersOf4 = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864]
  expect(figures('1.36')).toEqual([
    ['gen_ai.client.operation.duration', 's', doubling, undefined, 1.2345],
    ['gen_ai.client.token.usage', '{token}', powersOf4, { 'gen_ai.token.type': 'input' }, 3210],
    ['gen_ai.client.token.usage', '{token}', powersOf4, { 'gen_ai.token.type': 'output' }, 40],
  ])
})
