import { describe, expect, test } from 'bun:test'
import { parseClientsFile } from '../../../src/cli/named-clients/parse-clients-file.ts'

const path = '/etc/clients.json'
const hash = (digit: string): string => `sha256:${digit.repeat(64)}`
const alice = { name: 'alice', tokenHash: hash('a') }
const bob = { name: 'bob', tokenHash: hash('b') }

const textOf = (value: unknown): string => JSON.stringify(value, undefined, 2)
const parse = (text: string, taken?: ReadonlySet<string>) => parseClientsFile({ path, text }, taken)
const problemOf = (text: string, taken?: ReadonlySet<string>): string => {
  try {
    parse(text, taken)
    return 'none'
  } catch (error) {
    return String((error as Error).message)
  }
}

describe('a file of clients', () => {
  test('has comments, and every member of a client (OP-A2)', () => {
    const full = {
      ...bob,
      previousTokenHash: hash('c'),
      previousTokenExpires: '2026-11-30T10:00:00Z',
      admin: true,
      expires: '2026-12-31',
      disabled: false,
      models: ['sonnet', 'claude-haiku-4-5'],
      requestsPerMinute: 60,
      burst: 0,
      concurrency: 4,
      tokensPerDay: 2_000_000,
      requestsPerDay: 1000,
      costPerMonth: 12.5,
    }
    const text = `\ufeff{\n  // The team.\n  "clients": [${JSON.stringify(alice)}, ${JSON.stringify(full)},]\n}`
    expect(parse(text)).toEqual([alice, full])
    expect(parse('{"clients":[]}')).toEqual([])
  })

  test.each([
    [{}, 'clients.json:1: the file has no clients. Add it.'],
    [[], 'clients.json:1: the file must be an object.'],
    [{ clients: {} }, 'clients.json:2: clients must be a list.'],
    [{ clients: [], users: 1 }, 'clients.json:3: the file has an unknown member users.'],
    [{ clients: [alice, { name: 'bob' }] }, 'clients.json:7: clients.1 has no tokenHash. Add it.'],
    [
      { clients: [{ ...alice, tokenPerDay: 5 }] },
      'clients.json:6: clients.0 has an unknown member tokenPerDay. Did you mean tokensPerDay?',
    ],
    [{ clients: [{ ...alice, tokensPerDay: '5' }] }, 'clients.json:6: clients.0.tokensPerDay must be a whole number.'],
    [{ clients: [{ ...alice, tokensPerDay: 0 }] }, 'clients.json:6: clients.0.tokensPerDay must be at least 1.'],
    [{ clients: [{ ...alice, burst: 1e300 }] }, 'clients.json:6: clients.0.burst must be at most 9007199254740991.'],
    [{ clients: [{ ...alice, disabled: 'yes' }] }, 'clients.json:6: clients.0.disabled must be true or false.'],
    [{ clients: [{ ...alice, models: [] }] }, 'clients.0.models must not be empty. Leave it out to allow all.'],
    [
      { clients: [{ ...alice, name: 'Alice Smith' }] },
      'clients.json:4: clients.0.name must have 1 to 32 characters of a-z, 0-9, ".", "_" and "-", and begin with a letter or a digit.',
    ],
    [
      { clients: [{ ...alice, expires: 'tomorrow' }] },
      'clients.json:6: clients.0.expires must be a date like 2026-12-31, or a time with its zone like 2026-12-31T18:00:00Z.',
    ],
    [{ clients: [{ ...alice, expires: '2026-13-31' }] }, 'clients.json:6: clients.0.expires must be a date like'],
    [
      { clients: [alice, { ...bob, name: 'alice' }] },
      'clients.json:8: clients.1.name is alice, which another client has, too.',
    ],
    [{ clients: [alice, { ...alice, name: 'bob' }] }, 'clients.1.tokenHash is the hash of the token of alice.'],
    [{ clients: [{ ...alice, previousTokenHash: hash('b') }] }, 'clients.0 needs previousTokenHash and'],
    [{ clients: [{ ...alice, name: 'default' }] }, 'clients.0.name must not be default: that is the client'],
  ])('that is wrong is refused: %j (OP-A3, OP-A4)', (value, words) => {
    expect(problemOf(textOf(value))).toStartWith(
      words.startsWith('clients.json') ? `/etc/${words}` : '/etc/clients.json:',
    )
    expect(problemOf(textOf(value))).toContain(words)
  })

  test('must not have a name that the configuration has (OP-A3)', () => {
    expect(problemOf(textOf({ clients: [alice] }), new Set(['alice']))).toContain(
      'clients.0.name is alice, which clientTokens has, too.',
    )
  })

  test('that is not JSON is refused with its place (OP-A4)', () => {
    expect(problemOf('{\n  "clients": [}')).toStartWith('/etc/clients.json:2:15 is not valid JSON')
  })

  test('with a token in a wrong place does not show it (OP-A8)', () => {
    const token = `nxc_${'x'.repeat(43)}`
    for (const entry of [
      { ...alice, tokenHash: token },
      { ...alice, name: token },
      { ...alice, [token]: 1 },
    ])
      expect(problemOf(textOf({ clients: [entry] }))).not.toContain(token)
  })
})
