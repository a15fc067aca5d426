import { describe, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { tokenHashOf } from '../../../../src/gateway/policy/access.ts'
import { startClients, tokenPattern } from '../../../support/clients-command.ts'
import { configPath, modeOf, readJson, writeFile } from '../../../support/files.ts'
import { tokenOf } from '../../../support/named-clients.ts'

describe('clients add', () => {
  test('prints the token once, alone, and stores only its hash (OP-A3, OP-A5)', async () => {
    const { run, read, path } = startClients()
    const { code, out, err } = await run(['add', 'alice'])
    expect(code).toBe(0)
    expect(out).toMatch(tokenPattern)
    expect(read()).toEqual([{ name: 'alice', tokenHash: tokenHashOf(out.trim()) }])
    expect(modeOf(path)).toBe(0o600)
    expect(err).toBe(
      `Client alice is in ${path}. Its token is shown only now:\nFor the server to use this file: nexus-claude-api config set clientsFile ${path}, or start it with --clients ${path}.\n`,
    )
    const second = await run(['add', 'bob'])
    expect(second.out).not.toBe(out)
    expect(read().map(({ name }) => name)).toEqual(['alice', 'bob'])
  })

  test('stores each limit (OP-A2, OP-A5)', async () => {
    const { run, read } = startClients()
    const { code } = await run([
      ...['add', 'build', '--admin', '--models', 'haiku, claude-sonnet-4-6', '--expires', '2999-12-31'],
      ...['--requests-per-minute', '60', '--burst', '0', '--concurrency', '4'],
      ...['--tokens-per-day', '2000000', '--requests-per-day', '1000', '--cost-per-month', '12.5'],
    ])
    expect(code).toBe(0)
    expect(read()).toEqual([
      {
        name: 'build',
        tokenHash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
        admin: true,
        expires: '2999-12-31',
        models: ['haiku', 'claude-sonnet-4-6'],
        requestsPerMinute: 60,
        burst: 0,
        concurrency: 4,
        tokensPerDay: 2_000_000,
        requestsPerDay: 1000,
        costPerMonth: 12.5,
      },
    ])
  })

  test('writes the file of the configuration, and then says nothing about its use (OP-A5)', async () => {
    const { run, folder, path } = startClients()
    const own = join(folder, 'own.json')
    writeFile(configPath(folder), { clientsFile: '~/own.json' })
    const { code, err } = await run(['add', 'alice'])
    expect([code, err]).toEqual([0, `Client alice is in ${own}. Its token is shown only now:\n`])
    const third = join(folder, 'third.json')
    await run(['add', 'bob'], { NEXUS_CLIENTS_FILE: third })
    expect((await run(['add', 'carol', '--clients', third])).err).toContain('For the server to use this file')
    expect((readJson(own) as { clients: unknown[] }).clients.length).toBe(1)
    expect((readJson(third) as { clients: unknown[] }).clients.length).toBe(2)
    expect(existsSync(path)).toBe(false)
  })

  test.each([
    [['Alice'], 'The name Alice must have 1 to 32 characters'],
    [['a'.repeat(33)], 'The name must have 1 to 32 characters'],
    [['default'], 'The name default must not be default:'],
    [['bob'], 'The name bob is the name of a client in clientTokens.'],
    [['there'], 'has a client there already. For a new token: nexus-claude-api clients rotate there'],
    [['x', '--tokens-per-day', '0'], '--tokens-per-day must be a whole number from 1 to'],
    [['x', '--burst', '1.5'], '--burst must be a whole number from 0 to'],
    [['x', '--cost-per-month', '0'], '--cost-per-month must be a number from 0.01 to'],
    [['x', '--expires', 'tomorrow'], '--expires must be a date like 2026-12-31'],
    [['x', '--expires', '2026-13-01'], '--expires must be a date like 2026-12-31'],
    [['x', '--expires', '2020-01-01'], '--expires is in the past.'],
    [['x', '--models', ' , '], '--models names no model.'],
    [['x', '--models', 'sonet'], '--models has an unknown model sonet. Did you mean sonnet?'],
    [['x', '--token-per-day', '5'], 'Unknown flag --token-per-day. Did you mean --tokens-per-day?'],
    [[], 'clients add needs <name>'],
  ])('refuses %j, and changes nothing (OP-A3, OP-A5)', async (args, words) => {
    const { run, read } = startClients()
    await run(['add', 'there'])
    const { code, out, err } = await run(['add', ...args], { NEXUS_CLIENT_TOKENS: `bob:${tokenOf('bob')}` })
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(words)
    expect(read().length).toBe(1)
  })

  test('accepts any model of an upstream that decides itself which it has (OP-A5)', async () => {
    const { run, read } = startClients()
    await run(['add', 'alice', '--models', 'own-model'], { NEXUS_UPSTREAM: 'anthropic' })
    expect(read()).toEqual([expect.objectContaining({ models: ['own-model'] })])
  })
})
