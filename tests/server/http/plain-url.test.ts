import { describe, expect, test } from 'bun:test'
import { createLogger } from '../../../src/base/logger.ts'
import { Secret } from '../../../src/base/secret.ts'
import { composeApp } from '../../../src/cli/compose.ts'
import { plainUrl } from '../../../src/server/http/plain-url.ts'
import { defaultConfig, request, simulate } from '../../support/chain.ts'

test('the URL of an HTTP request stays as it is (OP-W4)', () => {
  const plain = new Request('http://https/x')
  expect(Object.hasOwn(plainUrl(plain), 'url')).toBe(false)
  expect(plain.url).toBe('http://https/x')
})

const start = () => {
  const app = composeApp({
    config: { ...defaultConfig, host: '0.0.0.0', clientToken: new Secret('token') },
    defaultModelId: 'claude-sonnet-4.6',
    endpointUrl: simulate().url,
    apiKey: new Secret('test-key'),
    log: createLogger('silent', () => {}),
  })
  return async (url: string, options?: RequestInit): Promise<number> =>
    (await app.fetch(new Request(url, options))).status
}

describe('an app behind HTTPS finds the path of', () => {
  test.each(['a', 'ab', 'nas', 'a:1', 'gateway.example', 'gateway.example:8443', '[::1]:4141'])(
    'a request for https://%s (OP-W4)',
    async (host) => {
      const status = start()
      expect(await status(`https://${host}/health?x`)).toBe(200)
      expect(await status(`https://${host}/v1/models`)).toBe(401)
      for (const path of ['/xx/v1/models', '//v1/models'])
        expect([401, 404]).toContain(await status(`https://${host}${path}`))
      const headers = { 'content-type': 'application/json', 'x-api-key': 'token' }
      const body = JSON.stringify(request())
      expect(await status(`https://${host}/v1/messages`, { method: 'POST', headers, body })).toBe(200)
      expect(await status(`https://${host}/v1/chat/completions`, { method: 'POST', headers, body })).toBe(200)
    },
  )
})
