import { describe, expect, test } from 'bun:test'
import { startClients } from '../../../support/clients-command.ts'
import { writeFile } from '../../../support/files.ts'
import { clientEntry } from '../../../support/named-clients.ts'

const clients = [
  clientEntry('alice', {
    admin: true,
    models: ['sonnet', 'haiku'],
    requestsPerMinute: 60,
    burst: 10,
    concurrency: 4,
    tokensPerDay: 2_000_000,
    requestsPerDay: 1000,
    costPerMonth: 12.5,
    expires: '2999-12-31',
    previousTokenHash: clientEntry('old').tokenHash,
    previousTokenExpires: '2999-01-01T00:00:00Z',
  }),
  clientEntry('bob', {
    disabled: true,
    previousTokenHash: clientEntry('older').tokenHash,
    previousTokenExpires: '2020-01-01T00:00:00Z',
  }),
  clientEntry('carol', { expires: '2020-01-01' }),
]

describe('clients list', () => {
  test('shows status, limits and models of each client (OP-A5)', async () => {
    const { run, path } = startClients()
    writeFile(path, { clients })
    expect((await run(['list'])).out).toBe(`alice
  status      active, sees the usage of all clients
  expires     2999-12-31
  old token   works until 2999-01-01T00:00:00Z
  models      sonnet, haiku
  limits      60 requests a minute, 10 more at once, 4 at the same time,
              2,000,000 tokens a day, 1,000 requests a day, costs of 12.5 a
              month

bob
  status      disabled

carol
  status      expired
  expires     2020-01-01
`)
  })

  test('prints JSON without hashes (OP-A5, OP-A8)', async () => {
    const { run, path } = startClients()
    writeFile(path, { clients })
    const { out } = await run(['list', '--json'])
    const { tokenHash, previousTokenHash, previousTokenExpires, ...alice } = clients[0] ?? clientEntry('')
    expect(JSON.parse(out)).toEqual([
      { ...alice, status: 'active', oldTokenExpires: previousTokenExpires },
      { name: 'bob', status: 'disabled', admin: false },
      { name: 'carol', status: 'expired', admin: false, expires: '2020-01-01' },
    ])
    expect(out).not.toContain('sha256')
  })

  test('says that there are none, or no file, or what is wrong (OP-A5)', async () => {
    const { run, path } = startClients()
    expect(await run(['list'])).toEqual({
      code: 2,
      out: '',
      err: `error: The file of clients ${path} does not exist. Add a client: nexus-claude-api clients add NAME --clients ${path}\n`,
    })
    writeFile(path, { clients: [] })
    expect((await run(['list'])).err).toStartWith(`${path} has no clients.\n`)
    expect((await run(['list', '--json'])).out).toBe('[]\n')
    writeFile(path, '{"clients":[{}]}')
    expect((await run(['list'])).err).toContain('clients.json:1: clients.0 has no name. Add it.')
  })
})
