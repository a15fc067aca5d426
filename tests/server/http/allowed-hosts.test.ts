import { describe, expect, test } from 'bun:test'
import { startChain } from '../../support/chain.ts'
import { startDomainServer } from '../../support/domain-files.ts'

const listed = { allowedHosts: ['claude.example.com', '*.Team.example', '192.0.2.7'] }

const chain = (config: NonNullable<Parameters<typeof startChain>[0]>['config']) => {
  const { url } = startChain({ ...(config && { config }) })
  const { port } = new URL(url)
  const ask = (headers: Record<string, string>): Promise<Response> => fetch(`${url}/health`, { headers })
  return { port, status: async (headers: Record<string, string>): Promise<number> => (await ask(headers)).status, ask }
}

describe('the allowed hosts', () => {
  test.each([
    ['claude.example.com', 200],
    ['CLAUDE.example.com:8443', 200],
    ['claude.example.com.:8443', 200],
    ['claude.example.com..', 403],
    ['a.team.example', 200],
    ['a.b.team.example', 200],
    ['team.example', 403],
    ['xteam.example', 403],
    ['claude.example.com.evil.example', 403],
    ['evil.example', 403],
    ['localhost:4141', 200],
    // Probes and scrapers use addresses; no web page has one for its name.
    ['192.0.2.9:4141', 200],
    ['[2001:db8::1]:4141', 200],
  ])('of a server for others: %s gets %i (OP-W3)', async (host, expected) => {
    expect(await chain({ ...listed, host: '0.0.0.0' }).status({ host })).toBe(expected)
  })

  test('of a server for this machine are added to localhost, and an address is none of them (OP-W3)', async () => {
    const { status, ask } = chain(listed)
    expect(await status({ host: 'claude.example.com' })).toBe(200)
    expect(await status({ host: '192.0.2.7:4141' })).toBe(200)
    expect(await status({ host: '192.0.2.9:4141' })).toBe(403)
    const refused = await ask({ host: 'evil.example' })
    expect([refused.status, await refused.text()]).toEqual([
      403,
      expect.stringContaining(
        'This server answers only to requests for localhost, and for its allowed hosts.',
      ) as never,
    ])
  })

  test('without a list, a server for others answers each name (OP-W3)', async () => {
    expect(await chain({ host: '0.0.0.0' }).status({ host: 'any.example' })).toBe(200)
  })

  test('apply to the host that a trusted proxy forwards (OP-W3)', async () => {
    const { status } = chain({ ...listed, host: '0.0.0.0', trustProxy: ['loopback'] })
    const host = 'backend:4141'
    expect(await status({ host, 'x-forwarded-host': 'claude.example.com' })).toBe(200)
    expect(await status({ host, 'x-forwarded-host': 'evil.example' })).toBe(403)
    expect(await status({ host: 'claude.example.com', 'x-forwarded-host': 'evil.example' })).toBe(403)
  })

  test('stop a web page that writes the header of a proxy under its own name: DNS rebinding (OP-W3)', async () => {
    const { status, port } = chain({ ...listed, trustProxy: ['loopback'] })
    const forwarded = { 'x-forwarded-host': 'claude.example.com' }
    expect(await status({ host: `evil.example:${port}`, ...forwarded })).toBe(403)
    expect(await status({ host: `evil.example:${port}`, 'x-forwarded-host': 'localhost' })).toBe(403)
    expect(await status({ host: `127.0.0.1:${port}`, ...forwarded })).toBe(200)
  })
})

describe('a page behind a trusted proxy', () => {
  const headers = { 'x-forwarded-host': 'claude.example.com', 'x-forwarded-proto': 'https' }
  const origin = 'https://claude.example.com'

  test('has the origin that the client sees, and no other (OP-W2)', async () => {
    const { status } = chain({ trustProxy: ['loopback'] })
    expect(await status({ ...headers, origin })).toBe(200)
    expect(await status({ ...headers, 'x-forwarded-host': 'claude.example.com:443', origin })).toBe(200)
    expect(await status({ ...headers, origin: 'http://claude.example.com' })).toBe(403)
    expect(await status({ ...headers, origin: 'https://evil.example' })).toBe(403)
  })

  test('is a page of another origin if the proxy is not trusted (OP-W1)', async () => {
    expect(await chain({}).status({ ...headers, origin })).toBe(403)
    expect(await chain({ trustProxy: ['192.0.2.1'] }).status({ ...headers, origin })).toBe(403)
  })
})

describe('the domain of a request', () => {
  const files = { 'team.example': { type: 'api_key', api_key: 'sk-team' } }

  test('is the host that a trusted proxy forwards (OP-W2)', async () => {
    const { post, received } = startDomainServer(files, { config: { trustProxy: ['loopback'] } })
    expect((await post({ 'x-forwarded-host': 'team.example' })).status).toBe(200)
    expect((await post({ host: 'team.example', 'x-forwarded-host': 'team.example' })).status).toBe(200)
    expect(received.map(({ key }) => key)).toEqual(['sk-team', 'sk-team'])
    expect((await post({ host: 'evil.example', 'x-forwarded-host': 'team.example' })).status).toBe(403)
  })

  test('is its own host without a trusted proxy (OP-W1)', async () => {
    const { post, received } = startDomainServer(files)
    await post({ 'x-forwarded-host': 'team.example' })
    expect(received.map(({ key }) => key)).not.toContain('sk-team')
  })

  test('is allowed next to the list of hosts (OP-W3)', async () => {
    const { status } = startDomainServer(files, { config: { allowedHosts: ['claude.example.com'], host: '0.0.0.0' } })
    expect(await status('/health', { host: 'team.example' })).toBe(200)
    expect(await status('/health', { host: 'claude.example.com' })).toBe(200)
    expect(await status('/health', { host: 'evil.example' })).toBe(403)
  })
})
