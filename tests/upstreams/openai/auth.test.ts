import { describe, expect, test } from 'bun:test'
import { Secret } from '../../../src/base/secret.ts'
import { createRequestHeaders, type HeaderOptions, secretsOf } from '../../../src/upstreams/openai/auth.ts'
import { providerOf } from '../../../src/upstreams/openai/provider.ts'
import { providers } from '../../../src/upstreams/openai/providers.ts'

const optionsFor = (baseUrl: string, more: Partial<HeaderOptions> = {}): HeaderOptions => ({
  provider: providerOf(providers, baseUrl),
  baseUrl,
  azure: { apiVersion: undefined },
  apiKey: new Secret('sk-test'),
  customHeaders: new Map(),
  userAgent: 'nexus-claude-api/0.0.0',
  ...more,
})

const openAiUrl = 'https://api.openai.com/v1'
const headersFor = (baseUrl: string, more?: Partial<HeaderOptions>) =>
  createRequestHeaders(optionsFor(baseUrl, more))({ accept: 'application/json' })

describe('the headers of a request', () => {
  test('carry the key as a bearer token, and the program (OU-T3, T4)', () => {
    expect(headersFor(openAiUrl)).toEqual({
      authorization: 'Bearer sk-test',
      'content-type': 'application/json',
      accept: 'application/json',
      'user-agent': 'nexus-claude-api/0.0.0',
    })
  })

  test('carry the key as api-key to Azure, and no bearer token (OU-T2)', () => {
    const headers = headersFor('https://mine.openai.azure.com')
    expect(headers['api-key']).toBe('sk-test')
    expect(headers['authorization']).toBeUndefined()
    const byVersion = headersFor('https://gateway.corp', { azure: { apiVersion: '2024-10-21' } })
    expect(byVersion['api-key']).toBe('sk-test')
    expect(byVersion['authorization']).toBeUndefined()
  })

  test('have no key if none is set (OU-T3)', () => {
    expect(headersFor('http://127.0.0.1:11434', { apiKey: undefined })).not.toHaveProperty('authorization')
  })

  test('are replaced by custom headers in any case, the key too (OU-R10, N11)', () => {
    const customHeaders = new Map([
      ['Authorization', new Secret('Basic abc')],
      ['USER-AGENT', new Secret('mine')],
      ['X-Team', new Secret('blue')],
    ])
    expect(headersFor(openAiUrl, { customHeaders })).toEqual({
      authorization: 'Basic abc',
      'content-type': 'application/json',
      accept: 'application/json',
      'user-agent': 'mine',
      'x-team': 'blue',
    })
  })

  test('are removed from error messages', () => {
    const customHeaders = new Map([['X-Team', new Secret('blue-secret')]])
    const text = secretsOf(optionsFor(openAiUrl, { apiKey: new Secret('sk-test-12345'), customHeaders })).reduce(
      (words, secret) => secret.hiddenIn(words),
      'sk-test-12345 and blue-secret',
    )
    expect(text).not.toMatch(/sk-test|blue/)
  })
})
