import { beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { buildPortable } from '../../scripts/portable/build.ts'
import type { FetchOptions } from '../../src/portable.ts'
import { startSimulator } from '../../src/simulator/server.ts'
import { request } from '../support/chain.ts'
import { afterTest } from '../support/cleanup.ts'
import { temporaryFolder } from '../support/cli.ts'

let text = ''
beforeAll(async () => {
  text = await buildPortable()
})

const found = (pattern: RegExp): readonly string[] => [...new Set(text.match(pattern) ?? [])]

test("the module for other runtimes calls nothing of Bun's (OP-X1, OP-X2)", () => {
  expect(found(/.{0,40}(?:\bBun\.|["'`]bun:).{0,40}/g)).toEqual([])
})

test('it imports only what other runtimes have (OP-X1, OP-X2)', () => {
  const imported = new Bun.Transpiler({ loader: 'js' }).scanImports(text).map(({ path }) => path)
  expect([...new Set(imported)].sort()).toEqual(['node:crypto', 'node:util', 'node:zlib'])
  expect(found(/.{0,40}createRequire.{0,40}/g)).toEqual([])
})

test('it is at most 700 KB (OP-X1)', () => {
  expect(text.length).toBeLessThanOrEqual(700_000)
})

test('the parts that it leaves out are never called: messages, streams, both APIs of OpenAI, errors and metrics (OP-X1)', async () => {
  const path = join(temporaryFolder(), 'portable.mjs')
  await Bun.write(path, text)
  const { createFetch }: typeof import('../../src/portable.ts') = await import(path)
  const simulator = startSimulator()
  afterTest(() => simulator.stop())
  const options: FetchOptions = {
    apiKey: 'key',
    endpointUrl: simulator.url,
    clientToken: 'token',
    metrics: 'on',
    rateLimit: { requestsPerMinute: 100 },
    cors: { origins: ['https://app.example.com'] },
    clientTokens: 'alice:0123456789abcdefghijklmnop',
  }
  const lines: string[] = []
  const handle = createFetch(options, { log: (line) => lines.push(line) })
  const statusOf = async (path: string, body?: unknown): Promise<number> => {
    const answer = await handle(
      new Request(`https://worker.example${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { 'x-api-key': 'token', 'content-type': 'application/json', cookie: 'a=b' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    )
    await answer.text()
    return answer.status
  }
  const { messages } = request() as { messages: unknown }
  const statuses = {
    message: await statusOf('/v1/messages', request({ stream: false })),
    stream: await statusOf('/v1/messages?beta=true', request({ stream: true })),
    count: await statusOf('/v1/messages/count_tokens', { model: 'sonnet', messages }),
    models: await statusOf('/v1/models?limit=2'),
    chat: await statusOf('/v1/chat/completions', { model: 'sonnet', messages: [{ role: 'user', content: 'Hello' }] }),
    responses: await statusOf('/v1/responses', { model: 'sonnet', input: 'Hello', stream: true }),
    health: await statusOf('/health'),
    testConnection: await statusOf('/test-connection'),
    tokenStats: await statusOf('/token-stats'),
    metrics: await statusOf('/metrics'),
    invalid: await statusOf('/v1/messages', { model: 3 }),
    wrongQuery: await statusOf('/v1/models?limit=many'),
    unknown: await statusOf('/dashboard'),
  }
  expect(statuses).toEqual({
    message: 200,
    stream: 200,
    count: 200,
    models: 200,
    chat: 200,
    responses: 200,
    health: 200,
    testConnection: 200,
    tokenStats: 200,
    metrics: 200,
    invalid: 400,
    wrongQuery: 400,
    unknown: 404,
  })
  expect(lines.filter((line) => line.includes('internal_error'))).toEqual([])
})
