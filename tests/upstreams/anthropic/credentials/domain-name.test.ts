import { describe, expect, test } from 'bun:test'
import { dirname, join, posix, win32 } from 'node:path'
import fc from 'fast-check'
import { domainOfFile, fileNamesOf, toDomainName } from '../../../../src/upstreams/anthropic/credentials/domain-name.ts'

describe('the domain of a request', () => {
  test.each([
    ['localhost:3000', 'localhost:3000'],
    ['Team.Example', 'team.example'],
    ['a', 'a'],
    ['10.0.0.7:4141', '10.0.0.7:4141'],
    ['[::1]:4141', '[::1]:4141'],
    ['[FE80::1]', '[fe80::1]'],
    [`${'a'.repeat(253)}:65535`, `${'a'.repeat(253)}:65535`],
  ])('is the host in lower case, with its port (AU-K9): %s', (host, domain) => {
    expect(toDomainName(host)).toBe(domain)
  })

  test.each([
    '',
    '..',
    'a..b',
    '../secret',
    '..%2fsecret',
    'a/b',
    'a\\b',
    'C:\\secret',
    '/etc/passwd',
    'team.example/../secret',
    'team\0.example',
    'team.example\0',
    'team.example\r\nx: y',
    'team.example\n',
    'team example',
    '-team',
    'team.',
    '.team',
    'team_example',
    'team.example:',
    'team.example:123456',
    'team.example:4141:1',
    '[::1',
    '[::1]x',
    '[..]',
    '::1',
    'tëam.example',
    // The sign for kelvin is a k in lower case.
    '\u212Aey.example',
    'a'.repeat(254),
    'a'.repeat(10_240),
  ])('does not exist for any other host (AU-K9): %j', (host) => {
    expect(toDomainName(host)).toBeUndefined()
  })

  test('names only files directly in the folder, for any host (AU-K9)', () => {
    const host = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('.', '/', '\\', ':', 'a', '[', ']', '0', '%', '\0', '_') }),
    )
    fc.assert(
      fc.property(host, fc.boolean(), (text, isWindows) => {
        const domain = toDomainName(text)
        if (domain === undefined) return
        const { join: joined, dirname: parent } = isWindows ? win32 : posix
        for (const name of fileNamesOf(domain, isWindows)) {
          expect(parent(joined('/folder', name))).toBe(isWindows ? '\\folder' : '/folder')
          expect(name).toMatch(isWindows ? /^[a-z0-9.[\]_-]+$/ : /^[a-z0-9.[\]_:-]+$/)
          expect(name).not.toContain('..')
        }
      }),
      { numRuns: 2000 },
    )
    expect(dirname(join('/folder', 'a.credentials.json'))).toBe('/folder')
  })
})

describe('the names of files', () => {
  const names = (domain: string, isWindows = false): string[] =>
    fileNamesOf(domain, isWindows).map((name) => name.replace(/\.credentials\.json$/, ''))

  test('are the host with its port, then without colons, then the host alone (AU-K10)', () => {
    expect(names('team.example:4141')).toEqual(['team.example:4141', 'team.example_4141', 'team.example'])
    expect(names('team.example')).toEqual(['team.example'])
    expect(names('[::1]:4141')).toEqual(['[::1]:4141', '[__1]_4141', '[::1]', '[__1]'])
  })

  test('have no colon on Windows, and are never those of a device (AU-K10)', () => {
    expect(names('team.example:4141', true)).toEqual(['team.example_4141', 'team.example'])
    expect(names('[::1]:4141', true)).toEqual(['[__1]_4141', '[__1]'])
    for (const device of ['con', 'nul', 'com1', 'lpt9', 'aux.example', 'prn'])
      expect([device, names(device, true)]).toEqual([device, []])
    expect(names('con:4141', true)).toEqual(['con_4141'])
    expect(names('console', true)).toEqual(['console'])
    expect(names('con')).toEqual(['con'])
  })

  test.each([
    ['team.example:4141.credentials.json', 'team.example:4141'],
    ['team.example_4141.credentials.json', 'team.example:4141'],
    ['[__1]_4141.credentials.json', '[::1]:4141'],
    ['team.example.credentials.json', 'team.example'],
    ['Team.Example.credentials.json', undefined],
    ['.credentials.json', undefined],
    ['team.json', undefined],
    ['team example.credentials.json', undefined],
  ])('lead back to the domain: %s', (fileName, domain) => {
    expect(domainOfFile(fileName)).toBe(domain)
  })
})
