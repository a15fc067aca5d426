import { describe, expect, test } from 'bun:test'
import { Secret } from '../../../src/base/secret.ts'
import { createReadLoggedClient } from '../../../src/server/http/logged-client.ts'
import { accessRecords } from '../../support/access-records.ts'
import { defaultConfig, request, startChain } from '../../support/chain.ts'

const read = (clientIp: boolean, userAgent: boolean, agent?: string) =>
  createReadLoggedClient({ clientIp, userAgent })?.(new Headers(agent === undefined ? {} : { 'user-agent': agent }), {
    address: () => '10.0.0.7',
  })

describe('what the log says about a client', () => {
  test('is nothing by default (OP-G2)', () => {
    expect(createReadLoggedClient({ clientIp: false, userAgent: false })).toBeUndefined()
  })

  test('is its address and the first word of its agent, each if it is wanted (OP-G2)', () => {
    const agent = 'claude-cli/2.1.216 (external, cli)'
    expect(read(true, false, agent)).toEqual({ clientIp: '10.0.0.7' })
    expect(read(false, true, agent)).toEqual({ userAgent: 'claude-cli/2.1.216' })
    expect(read(true, true)).toEqual({ clientIp: '10.0.0.7' })
  })

  test.each([
    ['x'.repeat(300), 'x'.repeat(64)],
    ['curl/8.1\u00e9', 'curl/8.1'],
    ['\u00e9 words', undefined],
    ['', undefined],
  ])('has at most 64 printable characters of the agent: %#', (agent, userAgent) => {
    expect(read(false, true, agent)).toEqual(userAgent === undefined ? {} : { userAgent })
  })

  test('is in the record of each request, also of one with a wrong token (OP-G2)', async () => {
    const logging = { ...defaultConfig.logging, clientIp: true, userAgent: true }
    const chain = startChain({ config: { logging, clientToken: new Secret('right') } })
    const headers = { 'user-agent': 'claude-cli/2.1.216 (external, cli)' }
    await (await chain.post(request(), { headers })).text()
    expect(accessRecords(chain.records).map(({ fields }) => fields)).toMatchObject([
      { status: 401, clientIp: '127.0.0.1', userAgent: 'claude-cli/2.1.216' },
    ])
  })

  test('is not in the record of a server that does not log it (OP-G2)', async () => {
    const chain = startChain()
    await (await chain.post(request(), { headers: { 'user-agent': 'claude-cli/2.1.216' } })).text()
    const [record] = accessRecords(chain.records)
    expect([record?.fields['clientIp'], record?.fields['userAgent']]).toEqual([undefined, undefined])
  })
})
