import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../src/config/load.ts'
import { startChatSimulator } from '../src/simulator/openai-chat/server.ts'
import { accessRecords } from './support/access-records.ts'
import { expectNoSecrets, privateWord, secretsIn } from './support/canary.ts'
import { type Chain, defaultConfig, startChain } from './support/chain.ts'
import { afterTest } from './support/cleanup.ts'
import { temporaryFolder } from './support/cli.ts'
import { testHistory } from './support/history.ts'
import { startTelemetrySink } from './support/sinks.ts'

/**
 * An OpenAI-compatible server gets the client's name of a model as it is. The name is in no log, figure, row of the
 * history or page unless it is certain to be a model's.
 */

const sentence = `Please tell me about ${privateWord}`
/** It may be a key, or a customer's name. */
const word = privateWord

const ask = { max_tokens: 64, messages: [{ role: 'user', content: 'Hello' }] }

const startWith = (endpointUrl: string, options: Partial<Config> = {}) => {
  const file = join(temporaryFolder(), 'usage.sqlite')
  const { history } = testHistory(file)
  const telemetry = startTelemetrySink()
  const price = { input: 1, output: 1, cacheRead: 1, cacheWrite: 1, cacheWrite1h: 1 }
  const config = {
    upstream: 'openai' as const,
    dashboard: true,
    metrics: 'open' as const,
    prices: new Map([['*', price]]),
    telemetry: { ...defaultConfig.telemetry, endpoint: telemetry.url },
    ...options,
  }
  return { chain: startChain({ config, history, endpointUrl }), history, telemetry, file }
}

type Started = ReturnType<typeof startWith>

/** Sends a message as a stream and as a whole, and a count. */
const send = async ({ post }: Chain, model: string): Promise<void> => {
  for (const stream of [true, false]) await (await post({ ...ask, model, stream })).text()
  await (await post({ ...ask, model }, { path: '/v1/messages/count_tokens' })).text()
}

const pagesOf = async ({ url }: Chain): Promise<string> => {
  const query = new URLSearchParams({ since: '2020-01-01T00:00:00Z', until: '2100-01-01T00:00:00Z', by: 'model' })
  const paths = ['/health', '/metrics', '/token-stats', `/dashboard/api/summary?${query}`]
  const pages = await Promise.all(paths.map(async (path) => (await fetch(url + path)).text()))
  return pages.join('\n')
}

const expectNoName = async ({ chain, history, telemetry, file }: Started): Promise<void> => {
  expectNoSecrets(chain.records)
  expect(secretsIn(await pagesOf(chain))).toEqual([])
  await chain.close()
  const { requests } = await history.requests({ limit: 100 })
  expect(requests.length).toBe(2)
  await history.sink.end?.()
  expect(secretsIn(readFileSync(file, 'latin1'))).toEqual([])
  expect([telemetry.posts.length, secretsIn(JSON.stringify(telemetry.posts))]).toEqual([2, []])
}

const simulated = (isAnyModelServed: boolean): string => {
  const { url, stop } = startChatSimulator({ isAnyModelServed })
  afterTest(() => stop())
  return `${url}/v1`
}

/** Refuses a parameter, and then the model. */
const startRefusing = (): string => {
  let count = 0
  const answer = (): Response => {
    count += 1
    const parameter = {
      message:
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      type: 'invalid_request_error',
      param: 'max_tokens',
      code: 'unsupported_parameter',
    }
    const model = { message: 'This model is invalid.', type: 'invalid_request_error', param: 'model' }
    return Response.json({ error: count % 2 === 1 ? parameter : model }, { status: 400 })
  }
  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: answer })
  afterTest(() => server.stop(true))
  return `http://127.0.0.1:${server.port}/v1`
}

describe("a client's words as a model's name", () => {
  test.each([sentence, word])(
    'are in no log, figure, row or page if the upstream refuses them: %s (OP-O5, OP-H2)',
    async (model) => {
      const started = startWith(simulated(false))
      await send(started.chain, model)
      const fields = accessRecords(started.chain.records).map(({ fields: { status, model: named, used } }) => [
        status,
        named,
        used,
      ])
      expect(fields).toEqual([
        [404, undefined, undefined],
        [404, undefined, undefined],
        [200, undefined, undefined],
      ])
      await expectNoName(started)
    },
  )

  test('are in no log, figure, row or page if they are a sentence that the upstream accepts (OP-O5, OP-H2)', async () => {
    const started = startWith(simulated(true))
    await send(started.chain, sentence)
    const fields = accessRecords(started.chain.records).map(({ fields: { status, used, cost } }) => [
      status,
      used,
      cost,
    ])
    // A budget counts the cost of each answer.
    expect(fields).toEqual([
      [200, undefined, expect.any(Number)],
      [200, undefined, expect.any(Number)],
      [200, undefined, undefined],
    ])
    await expectNoName(started)
  })

  test('are in no event of a request that is sent again without a refused part (OP-O5)', async () => {
    const started = startWith(startRefusing())
    await send(started.chain, sentence)
    const events = started.chain.records.map(({ event }) => event)
    expect(events).toContain('upstream.resent')
    expect(events).toContain('upstream.degraded')
    await expectNoName(started)
  })
})

test('a name that the upstream has answered for is in the log, also of later failures', async () => {
  let isUp = true
  const simulator = startChatSimulator({
    isAnyModelServed: true,
    scenario: () => (isUp ? { content: [{ text: 'fine' }] } : { error: { status: 500, message: 'down' } }),
  })
  afterTest(() => simulator.stop())
  const { chain } = startWith(`${simulator.url}/v1`)
  const post = async (model: string) => (await chain.post({ ...ask, model })).text()
  await post('my-model:7b')
  isUp = false
  await post('my-model:7b')
  await post('another')
  const fields = accessRecords(chain.records).map(({ fields: { status, model, used } }) => [status, model, used])
  expect(fields).toEqual([
    [200, 'my-model:7b', 'my-model:7b'],
    [502, 'my-model:7b', 'my-model:7b'],
    [502, undefined, undefined],
  ])
})

test.each(['openai', 'anthropic'] as const)('a failed request names a model of the map of %s', async (upstream) => {
  const modelMap = new Map([['mine', 'their model']])
  const { chain } = startWith('http://127.0.0.1:1/v1', {
    upstream,
    [upstream]: { ...defaultConfig[upstream], modelMap },
  })
  await (await chain.post({ ...ask, model: 'mine' }, { path: '/v1/chat/completions' })).text()
  const fields = accessRecords(chain.records).map(({ fields: { status, model, used } }) => [status, model, used])
  expect(fields).toEqual([[502, 'mine', 'their model']])
})
