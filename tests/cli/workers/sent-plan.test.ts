import { expect, test } from 'bun:test'
import { Secret } from '../../../src/base/secret.ts'
import type { ServingPlan } from '../../../src/cli/server-app.ts'
import { fromSentPlan, toSentPlan } from '../../../src/cli/workers/sent-plan.ts'
import { loadConfig } from '../../../src/config/load.ts'

test('a plan arrives whole: secrets, maps, dates and values that are not set (OP-K7)', () => {
  const file = {
    prices: { opus: { input: 5, output: 25 } },
    upstream: 'openai',
    openai: { url: 'http://127.0.0.1:9', modelMap: { opus: 'big' }, headers: { 'x-team': 'secret-header' } },
    dashboard: true,
  }
  const { config, warnings } = loadConfig({
    flags: {},
    environment: { NEXUS_CLIENT_TOKEN: 'token-of-client' },
    files: [{ path: '/config.json', text: JSON.stringify(file) }],
  })
  const plan: ServingPlan = {
    config,
    defaultModelId: 'any',
    endpointUrl: 'http://127.0.0.1:9',
    apiKey: new Secret('the-key'),
    keyHelper: undefined,
    isSimulated: false,
    environment: { HOME: '/home/me', NONE: undefined },
    certificate: { pem: 'pem', key: 'key', expires: new Date(5) },
  }
  const arrived = fromSentPlan(structuredClone(toSentPlan(plan)))
  expect(arrived).toEqual(plan)
  expect(arrived.apiKey?.equals('the-key')).toBe(true)
  expect(arrived.config.clientToken?.equals('token-of-client')).toBe(true)
  expect([...arrived.config.openai.headers.values()][0]?.equals('secret-header')).toBe(true)
  expect(String(arrived.apiKey)).toBe('[redacted]')
  expect(warnings).toEqual([])
})
