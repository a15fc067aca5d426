import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { createLogger } from '../../../src/base/logger.ts'
import { Secret } from '../../../src/base/secret.ts'
import { composeApp } from '../../../src/cli/compose.ts'
import { createShutdown } from '../../../src/server/http/shutdown.ts'
import { defaultConfig, request, startChain } from '../../support/chain.ts'
import { temporaryFolder } from '../../support/cli.ts'
import { startDomainServer } from '../../support/domain-files.ts'
import { writeFile } from '../../support/files.ts'
import { testHistory } from '../../support/history.ts'
import { rawServer } from '../../support/raw-server.ts'
import { startSharedState } from '../../support/shared-state.ts'
import { waitUntil } from '../../support/wait-until.ts'

const healthOf = async (url: string): Promise<unknown> => (await fetch(`${url}/health`)).json()

describe('GET /health', () => {
  test('reports the work of the process, without a request to the upstream (OP-K1)', async () => {
    const { url, simulator } = startChain()
    expect(await healthOf(url)).toMatchObject({
      status: 'healthy',
      draining: false,
      active: 0,
      queued: 0,
      state: 'memory',
      history: 'off',
      degraded: [],
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    })
    expect(await healthOf(url)).not.toHaveProperty('tls')
    expect(simulator.journal).toEqual([])
  })

  test('counts the requests that the server answers (OP-K1)', async () => {
    const upstream = await rawServer(() => {})
    const { url, post, shutdown } = startChain({ endpointUrl: upstream.url })
    const running = post(request())
    await waitUntil(() => upstream.sockets.length === 1)
    expect(await healthOf(url)).toMatchObject({ active: 1, draining: false })
    shutdown.end()
    expect((await running).status).toBe(529)
    expect(await healthOf(url)).toMatchObject({ active: 0, draining: true })
  })

  test('says whether the history can be written (OP-K1)', async () => {
    const folder = temporaryFolder()
    const { history } = testHistory(join(writeFile(join(folder, 'file'), ''), 'usage.sqlite'))
    const { url, post, close } = startChain({ history })
    expect(await healthOf(url)).toMatchObject({ history: 'on' })
    await (await post(request())).text()
    await close()
    expect(await healthOf(url)).toMatchObject({ history: 'failed' })
  })

  test('says which state servers share, and whether it works (OP-K1, OP-R5)', async () => {
    const link = startSharedState({ at: 0 }).link()
    const { url } = startChain({ state: link })
    expect(await healthOf(url)).toMatchObject({ status: 'healthy', state: 'redis', stateUp: true })
    link.goAway()
    expect(await healthOf(url)).toMatchObject({ status: 'healthy', state: 'redis', stateUp: false })
    expect(await healthOf(startChain().url)).not.toHaveProperty('stateUp')
  })

  test('has the time when the certificate expires (OP-K1, OP-W5)', async () => {
    const app = composeApp({
      config: defaultConfig,
      defaultModelId: 'claude-sonnet-4.6',
      endpointUrl: 'http://127.0.0.1:1',
      apiKey: new Secret('any'),
      log: createLogger('silent', () => {}),
      tlsExpires: new Date('2027-01-02T03:04:05Z'),
    })
    const health = await app.fetch(new Request('http://localhost/health'))
    expect(await health.json()).toMatchObject({ tls: { expires: '2027-01-02T03:04:05.000Z' } })
  })
})

describe('GET /ready', () => {
  const answerOf = async (url: string) => {
    const response = await fetch(`${url}/ready`)
    return [response.status, response.headers.get('retry-after'), await response.json()]
  }

  test('is 503 while the shared state does not answer, if the server refuses requests then (OP-K2, OP-R5)', async () => {
    const link = startSharedState({ at: 0 }).link()
    const config = { state: { ...defaultConfig.state, onOutage: 'refuse' as const } }
    const { url, shutdown } = startChain({ state: link, config })
    expect(await answerOf(url)).toEqual([200, null, { status: 'ready' }])
    link.goAway()
    expect(await answerOf(url)).toEqual([503, '1', { status: 'state unavailable' }])
    shutdown.drain()
    expect(await answerOf(url)).toEqual([503, '1', { status: 'draining' }])
  })

  test('is 200 without the shared state, if each server then limits alone (OP-K2, OP-R5)', async () => {
    const link = startSharedState({ at: 0 }).link()
    const { url } = startChain({ state: link })
    link.goAway()
    expect(await answerOf(url)).toEqual([200, null, { status: 'ready' }])
  })
})

describe('a server that drains', () => {
  test('is not ready, and still answers (OP-K2, OP-K3)', async () => {
    const { url, post, shutdown } = startChain({ scenario: () => ({ content: [{ text: 'fine' }] }) })
    shutdown.drain()
    expect((await fetch(`${url}/ready`)).status).toBe(503)
    expect((await post(request())).status).toBe(200)
    shutdown.begin()
    expect((await post(request())).status).toBe(529)
  })

  test('ends the connection after each answer whose head it has not sent (OP-K3)', async () => {
    const upstream = await rawServer(() => {})
    const { url, post, shutdown } = startChain({ endpointUrl: upstream.url })
    expect((await fetch(`${url}/health`)).headers.get('connection')).not.toBe('close')
    const running = post(request())
    await waitUntil(() => upstream.sockets.length === 1)
    shutdown.drain()
    upstream.sockets[0]?.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n')
    const answers = [
      await running,
      await fetch(`${url}/health`),
      await fetch(`${url}/nothing`),
      await fetch(`${url}/v1/models`),
    ]
    expect(answers.map(({ headers }) => headers.get('connection'))).toEqual(answers.map(() => 'close'))
  })

  test('ends the connection after a forwarded answer, too (OP-K3)', async () => {
    const shutdown = createShutdown()
    const { post } = startDomainServer({ localhost: { type: 'api_key', api_key: 'any' } }, { shutdown })
    shutdown.drain()
    const response = await post({ host: 'localhost' })
    expect([response.status, response.headers.get('connection')]).toEqual([200, 'close'])
  })
})
