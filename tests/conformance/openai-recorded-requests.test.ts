import { describe, expect, test } from 'bun:test'
import { loadConfig } from '../../src/config/load.ts'
import { startAnthropicSimulator } from '../../src/simulator/anthropic/server.ts'
import { type Chain, startChain } from '../support/chain.ts'
import { afterTest } from '../support/cleanup.ts'
import { openAiFixture, openAiFixtureNames } from '../support/openai-fixtures.ts'

/** Requests of real OpenAI clients, through the whole server: the strict simulators are the judges. */

const apiKey = 'key'

const startAnthropic = (): Chain => {
  const simulator = startAnthropicSimulator({ apiKeys: [apiKey] })
  afterTest(() => simulator.stop())
  const { config } = loadConfig({
    flags: { upstream: 'anthropic', 'anthropic-url': simulator.url },
    environment: {},
    files: [],
  })
  return startChain({ config: { ...config, maxRetries: 0 }, endpointUrl: simulator.url, apiKey })
}

describe.each([
  ['Bedrock', () => startChain(), ['claude-haiku-4.5', 'claude-sonnet-4.6', 'claude-opus-4.6']],
  ['Anthropic', startAnthropic, ['claude-haiku-4-5', 'claude-sonnet-4-6', 'claude-opus-5-5']],
] as const)('%s answers the recorded requests', (_upstream, start, models) => {
  const rows = models.flatMap((model) => openAiFixtureNames.map((name) => [name, model] as const))
  test.each(rows)('%s for %s (OE-T8, OE-P3, OE-P6)', async (name, model) => {
    const { path, body } = openAiFixture(name)
    const response = await start().post({ ...body, model, stream: false }, { path })
    expect([response.status, response.status === 200 ? '' : await response.text()]).toEqual([200, ''])
  })
})
