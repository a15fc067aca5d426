import fc from 'fast-check'
import type { Reply, Scenario } from '../../src/simulator/reply.ts'
import { lastTextOf } from '../../src/simulator/request-view.ts'
import { request } from './chain.ts'

/** Random requests of clients, and how each of them ends. */

const figure = fc.nat({ max: 100_000 })
export const exchanges = fc.record({
  kind: fc.constantFrom(
    'answered',
    'failed',
    'broken stream',
    'cancelled stream',
    'invalid',
    'unknown model',
    'count',
    'elsewhere',
  ),
  isStream: fc.boolean(),
  usage: fc.record({
    inputTokens: figure,
    outputTokens: figure,
    cacheReadInputTokens: figure,
    cacheWriteInputTokens: figure,
  }),
})
export type Exchange = Readonly<typeof exchanges extends fc.Arbitrary<infer Value> ? Value : never>

const content = [{ text: 'some words' }]

const replyTo = ({ kind, usage: { inputTokens, outputTokens, ...cached } }: Exchange): Reply => {
  const usage = { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens, ...cached }
  if (kind === 'failed') return { error: { status: 500, type: 'InternalServerException', message: 'words' } }
  if (kind === 'broken stream') return { content, usage, fault: { afterFrames: 2, kind: 'exception' } }
  if (kind === 'cancelled stream') return { content, usage, fault: { afterFrames: 2, kind: 'hang' } }
  return { content, usage }
}

/** The upstream of these exchanges. */
export const scenarioOf =
  (all: readonly Exchange[]): Scenario =>
  (simulated) => {
    const exchange = all[Number(lastTextOf(simulated))]
    return exchange && replyTo(exchange)
  }

const bodyOf = ({ kind, isStream }: Exchange, index: number): object => {
  const stream = isStream || kind.endsWith('stream')
  if (kind === 'invalid') return { stream }
  const model = kind === 'unknown model' ? 'none' : 'sonnet'
  return request({ model, stream, messages: [{ role: 'user', content: String(index) }] })
}

/** Sends one to the server. Reads the whole answer, or leaves in the middle of it. */
export const runExchange = async (url: string, exchange: Exchange, index: number): Promise<void> => {
  const { kind } = exchange
  if (kind === 'elsewhere') return void (await (await fetch(`${url}/v1/models`)).text())
  const client = new AbortController()
  const response = await fetch(`${url}/v1/messages${kind === 'count' ? '/count_tokens' : ''}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(bodyOf(exchange, index)),
    signal: client.signal,
  })
  if (kind !== 'cancelled stream') return void (await response.text())
  await response.body?.getReader().read()
  client.abort()
}
