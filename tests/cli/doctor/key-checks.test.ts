import { describe, expect, test } from 'bun:test'
import type { Scenario } from '../../../src/simulator/reply.ts'
import type { SimulatorOptions } from '../../../src/simulator/server.ts'
import {
  doctor,
  errorReply,
  featureCheckNames,
  keyVariable,
  modelCheckIds,
  simulatedEndpoint,
} from '../../support/doctor.ts'

describe('the key and the models', () => {
  test('reports an unknown key as one failure, and sends no more requests with it', async () => {
    let requests = 0
    const onRequest: SimulatorOptions['onRequest'] = ({ method }) => {
      if (method === 'POST') requests += 1
    }
    const where = simulatedEndpoint({ apiKey: 'another', onRequest })
    const { code, of, withStatus } = await doctor(where, keyVariable)
    expect(of('key.accepted')).toEqual({
      id: 'key.accepted',
      title: 'Key',
      status: 'fail',
      detail: 'Authentication failed: Please make sure your API Key is valid.',
      remedy:
        'Check the key from NEXUS_API_KEY: it may be incomplete or expired. If it is complete, request a new key.',
      data: { error: 'authentication_error' },
    })
    expect([code, requests, withStatus('fail')]).toEqual([1, 1, ['key.accepted']])
    expect(withStatus('skip')).toEqual([...modelCheckIds, ...featureCheckNames])
    expect(of('tools').detail).toBe('AI Nexus does not accept the key')
  })

  test('reports a key without access to any model as one failure', async () => {
    const scenario: Scenario = () => errorReply("You don't have access to the model.", 403, 'AccessDeniedException')
    const { of, withStatus } = await doctor(simulatedEndpoint({ scenario }), keyVariable)
    expect(withStatus('fail')).toEqual(['key.accepted'])
    expect(of('key.accepted').remedy).toContain('Ask your administrator')
  })

  const withoutOpus: Scenario = ({ modelId }) =>
    modelId === 'claude-opus-4.6' ? errorReply('The provided model identifier is invalid.') : undefined

  test('warns about an unavailable model that is not configured', async () => {
    const { code, of, withStatus } = await doctor(simulatedEndpoint({ scenario: withoutOpus }), keyVariable)
    expect([code, withStatus('fail')]).toEqual([0, []])
    expect(of('model.claude-opus-4-6')).toMatchObject({
      status: 'warn',
      detail: expect.stringContaining('The provided model identifier is invalid.'),
      remedy: expect.stringContaining('--model'),
    })
  })

  test('fails for an unavailable configured model, and skips its features', async () => {
    const { code, of, withStatus } = await doctor(
      [...simulatedEndpoint({ scenario: withoutOpus }), '--model', 'opus'],
      keyVariable,
    )
    expect([code, withStatus('fail'), withStatus('skip')]).toEqual([1, ['model.claude-opus-4-6'], featureCheckNames])
    expect(of('streaming').detail).toBe('claude-opus-4-6 does not answer')
  })

  const busy = errorReply('Too many requests.', 429, 'ThrottlingException')

  test('warns about a busy model', async () => {
    const scenario: Scenario = ({ modelId }) => (modelId === 'claude-sonnet-4.6' ? busy : undefined)
    const { code, of } = await doctor(simulatedEndpoint({ scenario }), keyVariable)
    expect(code).toBe(0)
    expect(of('key.accepted').status).toBe('ok')
    expect(of('model.claude-sonnet-4-6')).toMatchObject({
      status: 'warn',
      remedy: 'Wait a minute, and run doctor again.',
    })
  })

  test('fails if all models are busy: no request worked', async () => {
    const { code, of, withStatus } = await doctor(simulatedEndpoint({ scenario: () => busy }), keyVariable)
    expect([code, withStatus('fail')]).toEqual([1, ['model.claude-sonnet-4-6', 'model.claude-haiku-4-5']])
    expect(of('key.accepted').status).toBe('ok')
    expect(of('model.claude-sonnet-4-6').remedy).toBe('Wait a minute, and run doctor again.')
  })

  test('checks the other models and the key if one model is down', async () => {
    const scenario: Scenario = ({ modelId }) =>
      modelId === 'claude-sonnet-4.6' ? errorReply('Down.', 503, 'ServiceUnavailableException') : undefined
    const { code, of, withStatus } = await doctor(simulatedEndpoint({ scenario }), keyVariable)
    expect([code, withStatus('fail')]).toEqual([1, ['model.claude-sonnet-4-6']])
    expect(of('key.accepted').status).toBe('ok')
  })
})
