import { describe, expect, test } from 'bun:test'
import { Secret } from '../../../src/base/secret.ts'
import { startChain } from '../../support/chain.ts'

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
