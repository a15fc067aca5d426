import { describe, expect, test } from 'bun:test'
import { chmodSync, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Change, changeClientsFile } from '../../../src/cli/named-clients/change-clients-file.ts'
import type { ClientEntry } from '../../../src/wire/clients-file.ts'
import { temporaryFolder } from '../../support/cli.ts'
import { modeOf, readJson, writeFile } from '../../support/files.ts'
import { clientEntry } from '../../support/named-clients.ts'

const add =
  (entry: ClientEntry) =>
  (clients: readonly ClientEntry[]): readonly Change[] => [
    { path: ['clients', clients.length], value: entry, isInsertion: true },
  ]

const [alice, bob] = [clientEntry('alice'), clientEntry('bob')]

describe('a change of the file of clients', () => {
  test('creates the file and its folder for the owner alone (OP-A5)', async () => {
    const path = join(temporaryFolder(), 'new', 'clients.json')
    await changeClientsFile(path, add(alice))
    await changeClientsFile(path, add(bob))
    expect(readJson(path)).toEqual({ clients: [alice, bob] })
    expect([modeOf(path), modeOf(dirname(path))]).toEqual([0o600, 0o700])
    expect(readdirSync(dirname(path))).toEqual(['clients.json'])
  })

  test('keeps comments, layout and other clients (OP-A5)', async () => {
    const path = join(temporaryFolder(), 'clients.json')
    const before = `{
\t// The team.
\t"clients": [
\t\t{ "name": "alice", "tokenHash": "${alice.tokenHash}" }, // On leave.
\t\t/* Builds. */
\t\t{ "name": "bob", "tokenHash": "${bob.tokenHash}" },
\t],
}
`
    writeFile(path, before)
    chmodSync(path, 0o644)
    await changeClientsFile(path, () => [{ path: ['clients', 1, 'disabled'], value: true }])
    const after = readFileSync(path, 'utf8')
    for (const part of [
      '// The team.',
      `\t\t{ "name": "alice", "tokenHash": "${alice.tokenHash}" }, // On leave.`,
      '/* Builds. */',
    ])
      expect(after).toContain(part)
    expect(modeOf(path)).toBe(0o600)
    await changeClientsFile(path, () => [{ path: ['clients', 0], value: undefined }])
    expect(readFileSync(path, 'utf8')).toContain('// The team.')
    expect(readFileSync(path, 'utf8')).toContain('"bob"')
    expect(readFileSync(path, 'utf8')).not.toContain('alice')
  })

  test('of several processes at once loses none (OP-A5)', async () => {
    const path = join(temporaryFolder(), 'clients.json')
    const names = Array.from({ length: 8 }, (_, index) => `client-${index}`)
    await Promise.all(names.map((name) => changeClientsFile(path, add(clientEntry(name)))))
    const { clients } = readJson(path) as { readonly clients: readonly ClientEntry[] }
    expect(clients.map(({ name }) => name).toSorted()).toEqual(names)
  })

  test('of an empty file begins a list (OP-A5)', async () => {
    const path = writeFile(join(temporaryFolder(), 'clients.json'), '')
    await changeClientsFile(path, add(alice))
    expect(readJson(path)).toEqual({ clients: [alice] })
  })

  test('keeps a link to the file (OP-A5)', async () => {
    const folder = temporaryFolder()
    const target = join(folder, 'target.json')
    symlinkSync(target, join(folder, 'clients.json'))
    await changeClientsFile(join(folder, 'clients.json'), add(alice))
    expect(readJson(target)).toEqual({ clients: [alice] })
  })

  test('changes nothing if the file is invalid before or after it (OP-A5)', async () => {
    const path = join(temporaryFolder(), 'clients.json')
    writeFile(path, '{"clients":1}')
    await expect(changeClientsFile(path, add(alice))).rejects.toThrow('clients must be a list.')
    writeFile(path, { clients: [alice] })
    await expect(changeClientsFile(path, add(alice))).rejects.toThrow('which another client has, too.')
    expect(readJson(path)).toEqual({ clients: [alice] })
  })

  test.each([
    ['clients', '{"clients":[],\n"clients":[]}'],
    ['disabled', '{"clients":[{"disabled":true,\n"disabled":false}]}'],
  ])('is refused if the file has %s twice: the server reads the other one (OP-A5)', async (name, text) => {
    const path = join(temporaryFolder(), 'clients.json')
    writeFileSync(path, text)
    await expect(changeClientsFile(path, add(alice))).rejects.toThrow(`json:2: the member ${name} is there twice.`)
    expect(readFileSync(path, 'utf8')).toBe(text)
  })

  test('says what cannot be written (OP-A5)', async () => {
    const path = join(writeFile(join(temporaryFolder(), 'file'), 'x'), 'clients.json')
    await expect(changeClientsFile(path, add(alice))).rejects.toThrow('or use another file: --clients.')
    expect(existsSync(path)).toBe(false)
  })
})
