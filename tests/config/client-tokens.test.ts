import { describe, expect, test } from 'bun:test'
import { UsageError } from '../../src/base/usage-error.ts'
import { forwardsClientKeys } from '../../src/config/client-keys.ts'
import { checkAccess, clientTokensOf, hasGate, namedTokensOf } from '../../src/config/client-tokens.ts'
import { checkCors } from '../../src/config/cors.ts'
import { loadConfig } from '../../src/config/load.ts'
import { tokenOf } from '../support/named-clients.ts'

const configOf = (flags: Record<string, string> = {}, environment: Record<string, string> = {}) =>
  loadConfig({ flags, environment, files: [] }).config
const withTokens = (clientTokens: string, flags: Record<string, string> = {}) =>
  configOf(flags, { NEXUS_CLIENT_TOKENS: clientTokens })

const problemOf = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    if (error instanceof UsageError) return error.message
  }
  return 'none'
}

const [alice, bob] = [tokenOf('alice'), tokenOf('bob')]

describe('the tokens of named clients in a variable', () => {
  test.each([
    `alice:${alice},bob:${bob}`,
    ` alice:${alice}, bob:${bob} ,`,
    // A file with a line for each client.
    `alice:${alice}\nbob:${bob}\r\n`,
  ])('are pairs: %j (OP-A2)', (text) => {
    const tokens = namedTokensOf(withTokens(text))
    expect([...tokens].map(([name, token]) => [name, token.reveal()])).toEqual([
      ['alice', alice],
      ['bob', bob],
    ])
  })

  test('may have a colon (OP-A2)', () => {
    expect(
      namedTokensOf(withTokens(`alice:${alice}:x`))
        .get('alice')
        ?.reveal(),
    ).toBe(`${alice}:x`)
  })

  test.each([
    ['', 'none'],
    [alice, 'clientTokens: pair 1 has no colon. Write NAME:TOKEN,NAME:TOKEN.'],
    [`alice:${alice},Bob:${bob}`, 'clientTokens: pair 2 has a name that is not valid. It must have 1 to 32'],
    [`alice-${'x'.repeat(30)}:${alice}`, 'clientTokens: pair 1 has a name that is not valid.'],
    [`default:${alice}`, 'clientTokens: pair 1 has a name that is not valid. It must not be default:'],
    [`alice:${alice},alice:${bob}`, 'clientTokens: pair 2 has the name alice again.'],
    [`alice:${alice},bob:${alice}`, 'clientTokens: pair 2 has a token that the configuration has twice.'],
    ['alice:short', 'clientTokens: pair 1 has a token of 5 characters. Use at least 24: a short token can be guessed.'],
    [`alice:${'x'.repeat(23)}`, 'clientTokens: pair 1 has a token of 23 characters.'],
    [`alice:${'x'.repeat(24)}`, 'none'],
  ])('%s: %s (OP-A3)', (text, words) => {
    const problem = problemOf(() => checkAccess(withTokens(text)))
    expect(problem).toStartWith(words)
    for (const token of [alice, bob]) expect(problem).not.toContain(token)
  })

  test('must not be an empty list: that would open the server (OP-A2)', () => {
    expect(problemOf(() => withTokens(' , '))).toBe('NEXUS_CLIENT_TOKENS is an empty list.')
  })

  test('must not be the shared token (OP-A3)', () => {
    expect(problemOf(() => checkAccess(withTokens(`alice:${alice}`, { 'client-token': alice })))).toContain('twice')
  })

  test('are shown nowhere (OP-A8)', () => {
    const config = withTokens(`alice:${alice}`)
    expect(JSON.stringify(config)).not.toContain(alice)
    expect(Bun.inspect(config)).not.toContain(alice)
  })
})

describe('a gate', () => {
  const gates = [
    configOf({ 'client-token': 'token' }),
    configOf({ clients: 'clients.json' }),
    withTokens(`alice:${alice}`),
    configOf({ upstream: 'openai' }, { GATEWAY_TOKEN: 'token' }),
    configOf({ upstream: 'openai' }, { ANTHROPIC_API_KEY: 'token' }),
  ]

  test('is a shared token, a file of clients, or tokens of clients (OP-A1, OP-A2)', () => {
    expect(gates.map(hasGate)).toEqual(gates.map(() => true))
    expect(hasGate(configOf())).toBe(false)
    // A key of the upstream.
    expect(hasGate(configOf({ upstream: 'anthropic' }, { ANTHROPIC_API_KEY: 'key' }))).toBe(false)
    expect(clientTokensOf(configOf({ clients: 'clients.json' }))).toEqual([])
  })

  test('is required where other machines reach the server, with requireToken alone (OP-A9)', () => {
    const open = { host: '0.0.0.0' }
    const strict = { ...open, requireToken: true }
    for (const config of gates) expect(problemOf(() => checkAccess({ ...config, ...strict }))).toBe('none')
    expect(problemOf(() => checkAccess({ ...configOf(), ...open }))).toBe('none')
    expect(problemOf(() => checkAccess({ ...configOf(), requireToken: true }))).toBe('none')
    expect(problemOf(() => checkAccess({ ...configOf(), ...strict }))).toBe(
      'requireToken: other machines can reach 0.0.0.0, and clients need no token. Set --clients or --client-token, or listen on 127.0.0.1.',
    )
  })

  test('of named clients allows web pages of all origins (OP-A9, OP-W7)', () => {
    const cors = { ...configOf().cors, origins: ['*'] }
    expect(problemOf(() => checkCors({ ...configOf({ clients: 'clients.json' }), cors }))).toBe('none')
    expect(problemOf(() => checkCors({ ...configOf(), cors }))).toContain('Set --client-token or --clients')
  })

  test("of named clients keeps clients' own keys from the upstream (OP-A9, AU-K5)", () => {
    expect(forwardsClientKeys(configOf({ upstream: 'anthropic', clients: 'clients.json' }))).toBe(false)
    expect(forwardsClientKeys(withTokens(`alice:${alice}`, { upstream: 'anthropic' }))).toBe(false)
  })
})
