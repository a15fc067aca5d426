import { describe, expect, test } from 'bun:test'
import { renameSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { createLogger, type LogRecord } from '../../../src/base/logger.ts'
import { UsageError } from '../../../src/base/usage-error.ts'
import { createClientsFile } from '../../../src/cli/named-clients/clients-file.ts'
import type { ClientEntry } from '../../../src/wire/clients-file.ts'
import { temporaryFolder } from '../../support/cli.ts'
import { writeFile } from '../../support/files.ts'
import { clientEntry } from '../../support/named-clients.ts'

const open = (path: string, taken: ReadonlySet<string> = new Set()) => {
  let time = 0
  const records: LogRecord[] = []
  const log = createLogger('debug', (record) => records.push(record))
  const file = createClientsFile({ path, taken, log, now: () => time })
  return {
    records,
    names: (): string[] => file.current().map(({ name }) => name),
    current: file.current,
    pass: (milliseconds: number) => {
      time += milliseconds
    },
  }
}

const write = (path: string, ...clients: readonly ClientEntry[]): string => writeFile(path, { clients })
const newPath = (): string => join(temporaryFolder(), 'clients.json')
const [alice, bob] = [clientEntry('alice'), clientEntry('bob')]

describe('the file of clients', () => {
  test('is read again after a change, at most once a second (OP-A4)', () => {
    const path = write(newPath(), alice)
    const { names, pass, records } = open(path)
    write(path, alice, bob)
    pass(999)
    expect(names()).toEqual(['alice'])
    pass(1)
    expect(names()).toEqual(['alice', 'bob'])
    write(path, bob)
    expect(names()).toEqual(['alice', 'bob'])
    pass(1000)
    expect(names()).toEqual(['bob'])
    expect(records).toEqual([
      { level: 'info', event: 'clients.changed', fields: { file: 'clients.json', clients: 2 } },
      { level: 'info', event: 'clients.changed', fields: { file: 'clients.json', clients: 1 } },
    ])
  })

  test('is not read without a change (OP-A4)', () => {
    const path = write(newPath(), alice)
    const { current, pass } = open(path)
    const before = current()
    pass(5000)
    expect(current()).toBe(before)
  })

  test('changes behind a link, and by a rename (OP-A4)', () => {
    const folder = temporaryFolder()
    const path = join(folder, 'clients.json')
    symlinkSync(write(join(folder, 'first.json'), alice), path)
    const { names, pass } = open(path)
    rmSync(path)
    symlinkSync(write(join(folder, 'second.json'), bob), path)
    pass(1000)
    expect(names()).toEqual(['bob'])
    renameSync(write(join(folder, 'third.json'), alice), join(folder, 'second.json'))
    pass(1000)
    expect(names()).toEqual(['alice'])
  })

  test('keeps its old version while the new one is invalid, with one error for each version (OP-A4)', () => {
    const path = write(newPath(), alice)
    const { names, pass, records } = open(path)
    const change = (text: string): void => {
      writeFile(path, text)
      for (let count = 0; count < 3; count += 1) {
        pass(1000)
        expect(names()).toEqual(['alice'])
      }
    }
    change('{"clients":[')
    change(`{\n"clients": [\n${JSON.stringify({ ...bob, tokensPerday: 5 })}]}`)
    rmSync(path)
    pass(1000)
    expect(names()).toEqual(['alice'])
    pass(1000)
    expect(names()).toEqual(['alice'])
    expect(records.map(({ level, event }) => [level, event])).toEqual(
      Array.from({ length: 3 }, () => ['error', 'clients.invalid']),
    )
    expect(records.map(({ fields }) => String(fields['reason']).replaceAll(path, 'FILE'))).toEqual([
      expect.stringContaining('FILE:1:13 is not valid JSON'),
      'FILE:3: clients.0 has an unknown member tokensPerday. Did you mean tokensPerDay?',
      'The file of clients FILE does not exist. Add a client: nexus-claude-api clients add NAME --clients FILE',
    ])
    write(path, bob)
    pass(1000)
    expect(names()).toEqual(['bob'])
  })

  test.each([
    ['does not exist', undefined, 'does not exist. Add a client'],
    ['is invalid', '{"clients":[{"name":"alice"}]}', 'clients.json:1: clients.0 has no tokenHash. Add it.'],
    ['is empty', '', 'clients.json:1: the file has no clients. Add it.'],
    [
      'has a name of the configuration',
      JSON.stringify({ clients: [bob] }),
      'clients.0.name is bob, which clientTokens has, too.',
    ],
  ])('stops the start if it %s (OP-A4)', (_, text, words) => {
    const path = newPath()
    if (text !== undefined) writeFile(path, text)
    expect(() => open(path, new Set(['bob']))).toThrow(words)
    expect(() => open(path, new Set(['bob']))).toThrow(UsageError)
  })

  test('may have no clients (OP-A2)', () => {
    expect(open(write(newPath())).names()).toEqual([])
  })
})
