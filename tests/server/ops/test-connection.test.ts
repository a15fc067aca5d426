import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { Secret } from '../../../src/base/secret.ts'
import { startAnthropicSimulator } from '../../../src/simulator/anthropic/server.ts'
import { startChain } from '../../support/chain.ts'
import { afterTest } from '../../support/cleanup.ts'
import { startCli, temporaryFolder } from '../../support/cli.ts'
import { writeFile } from '../../support/files.ts'

const bodyOf = async (response: Response): Promise<Record<string, unknown>> => (await response.json()) as never

describe('/test-connection (OU-R12, OP-K4, N17)', () => {
  test('sends one tiny request, and reports the model', async () => {
    const { url, simulator } = startChain()
    const response = await fetch(`${url}/test-connection`)
    expect(response.status).toBe(200)
    const { timestamp, response_id: id, ...rest } = await bodyOf(response)
    expect(rest).toEqual({ status: 'success', message: 'The upstream answers.', model_used: 'claude-haiku-4.5' })
    expect([typeof timestamp, typeof id]).toEqual(['string', 'string'])
    expect(simulator.journal.length).toBe(1)
  })

  test('a second test within a minute is refused with retry-after', async () => {
    const { url, simulator } = startChain()
    await fetch(`${url}/test-connection`)
    const response = await fetch(`${url}/test-connection`, { method: 'POST' })
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '60'])
    expect(simulator.journal.length).toBe(1)
  })

  test('a failure is a 503 with advice', async () => {
    const { url } = startChain({ simulator: { apiKey: 'another' } })
    const response = await fetch(`${url}/test-connection`)
    expect(response.status).toBe(503)
    expect(await bodyOf(response)).toMatchObject({
      status: 'failed',
      error_type: 'API Error',
      type: 'authentication_error',
      suggestions: [
        'Check the key of the upstream.',
        'Check that the key belongs to this address.',
        'Run nexus-claude-api doctor: it checks each step.',
      ],
    })
  })

  test('needs the client token where one is set (OU-R5)', async () => {
    const { url, simulator } = startChain({ config: { clientToken: new Secret('token') } })
    expect((await fetch(`${url}/test-connection`)).status).toBe(401)
    expect(simulator.journal.length).toBe(0)
    expect((await fetch(`${url}/test-connection`, { headers: { authorization: 'token' } })).status).toBe(200)
  })

  test('an image on another web page tests nothing', async () => {
    const { url, simulator } = startChain()
    const response = await fetch(`${url}/test-connection`, { headers: { 'sec-fetch-site': 'cross-site' } })
    expect(response.status).toBe(403)
    expect(simulator.journal.length).toBe(0)
  })
})

describe('/test-connection with the upstream anthropic (OP-K4)', () => {
  const key = 'sk-ant-api03-canary-team-0123456789'

  const start = async (folder: string) => {
    const simulator = startAnthropicSimulator({ apiKeys: [key] })
    afterTest(() => simulator.stop())
    const program = startCli(['start', '--upstream', 'anthropic', '--port', '0'], {
      NEXUS_ANTHROPIC_URL: simulator.url,
      CREDENTIALS_DIR: folder,
    })
    const [, own = ''] = await program.says(/Address +(http:\/\/\S+)/)
    return (headers: Record<string, string>) => fetch(`${own}/test-connection`, { headers })
  }

  test('uses the credential of the domain by whose name the client calls the server', async () => {
    const folder = temporaryFolder()
    writeFile(join(folder, 'team.example.credentials.json'), JSON.stringify({ type: 'api_key', api_key: key }))
    const response = await (await start(folder))({ host: 'team.example' })
    expect([response.status, await bodyOf(response)]).toMatchObject([200, { model_used: 'claude-haiku-4-5' }])
  })

  test("uses the client's own key where it is forwarded, and gives advice without a credential", async () => {
    const folder = temporaryFolder()
    expect((await (await start(folder))({ 'x-api-key': key })).status).toBe(200)
    const refused = await (await start(folder))({})
    expect([refused.status, await bodyOf(refused)]).toMatchObject([503, { type: 'authentication_error' }])
  })
})
