import { describe, expect, test } from 'bun:test'
import { createLogger, type LogRecord } from '../../../src/base/logger.ts'
import { estimateCount } from '../../../src/tokens/estimate/estimate.ts'
import { type AdaptOptions, createAdaptRequest } from '../../../src/upstreams/openai/adapt-request.ts'
import type { MessagesRequest } from '../../../src/wire/anthropic/request.ts'

const plain = {
  names: { big: 'B', middle: 'B', small: 'B', vision: undefined, modelMap: new Map<string, string>() },
  routing: { visionModel: undefined, route: 'direct', stripsContext: true },
  contextLimits: new Map<string, number>(),
  output: { maximum: undefined, minimum: undefined },
  estimateTokens: estimateCount,
} as const

const adapter = (options: Partial<AdaptOptions> = {}) => {
  const records: LogRecord[] = []
  const log = createLogger('info', (record) => records.push(record))
  const adapt = createAdaptRequest({ ...plain, log, ...options })
  return { records, adapt: (given: MessagesRequest, modelId = 'B') => adapt(given, modelId, 'req_1') }
}

const long = 'word '.repeat(2000)
const request = (more: Partial<MessagesRequest> = {}): MessagesRequest => ({
  model: 'claude-sonnet-4-6',
  max_tokens: 32_000,
  messages: [
    { role: 'user', content: `first ${long}` },
    { role: 'assistant', content: 'Yes' },
    { role: 'user', content: 'second' },
  ],
  ...more,
})

describe('adapting a request to its model', () => {
  test('nothing is changed without settings', () => {
    const given = request()
    expect(adapter().adapt(given)).toEqual({ request: given, modelId: 'B' })
  })

  test('the output is limited to the maximum, and to what the window has left (OU-R8)', () => {
    const limited = adapter({ output: { maximum: 4096, minimum: undefined } })
    expect(limited.adapt(request()).request.max_tokens).toBe(4096)
    const window = adapter({ contextLimits: new Map([['B', 16_000]]) })
    const { request: fitted } = window.adapt(request())
    const left = 16_000 - estimateCount(request(), 'B') - 2048
    expect(fitted.max_tokens).toBe(left)
    expect(window.adapt(request(), 'other').request.max_tokens).toBe(32_000)
  })

  test('a conversation beyond the window loses its oldest exchange, with one warning (OU-R9)', () => {
    const { adapt, records } = adapter({ contextLimits: new Map([['B', 3000]]) })
    const last = [{ role: 'user', content: 'second' }]
    expect(adapt(request()).request.messages).toEqual(last as MessagesRequest['messages'])
    adapt(request())
    const warnings = records.map(({ level, event, fields }) => [level, event, fields])
    expect(warnings).toEqual([['warn', 'context.trimmed', { requestId: 'req_1', messages: 2 }]])
  })

  test('a name of the exact map is not routed to the vision model (OU-R1)', () => {
    const image = { type: 'image' as const, source: { type: 'base64' as const, media_type: 'image/png', data: 'AAAA' } }
    const messages: MessagesRequest['messages'] = [{ role: 'user', content: [image] }]
    const { adapt } = adapter({
      routing: { ...plain.routing, visionModel: 'V' },
      names: { ...plain.names, vision: 'V', modelMap: new Map([['claude-sonnet-4-6', 'M']]) },
    })
    const mapped = request({ model: 'claude-sonnet-4-6[1m]', messages })
    expect(adapt(mapped, 'M')).toEqual({ request: mapped, modelId: 'M' })
    expect(adapt(request({ model: 'claude-opus-4-6', messages }), 'B').modelId).toBe('V')
  })

  test('a turn for the vision model has the limit of that model (OU-R3)', () => {
    const image = { type: 'image' as const, source: { type: 'base64' as const, media_type: 'image/png', data: 'AAAA' } }
    const { adapt } = adapter({
      routing: { visionModel: 'V', route: 'direct', stripsContext: true },
      contextLimits: new Map([['B', 2100]]),
    })
    const given = request({
      messages: [...request().messages, { role: 'assistant', content: 'Ok' }, { role: 'user', content: [image] }],
    })
    const adapted = adapt(given)
    expect(adapted.modelId).toBe('V')
    expect(adapted.request.messages).toEqual([{ role: 'user', content: [image] }])
  })
})
