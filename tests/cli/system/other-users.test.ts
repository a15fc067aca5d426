import { describe, expect, test } from 'bun:test'
import { hasOtherUsers, type UserSources } from '../../../src/cli/system/other-users.ts'
import { testIo } from '../../support/cli.ts'

const linux = (accounts: string | undefined, replaced: Partial<UserSources> = {}): boolean =>
  hasOtherUsers(testIo({ platform: 'linux', home: '/home/me' }).machine, {
    userId: 1000,
    accounts: () => accounts,
    exists: (path) => path.startsWith('/home/'),
    namesIn: () => [],
    ...replaced,
  })

const byHomes = (platform: string, home: string, names: readonly string[]): boolean =>
  hasOtherUsers(testIo({ platform, home }).machine, {
    userId: undefined,
    accounts: () => undefined,
    exists: () => false,
    namesIn: () => names,
  })

const own = 'me:x:1000:1000::/home/me:/bin/bash'
const services = [
  'root:x:0:0:root:/root:/bin/bash',
  'sync:x:4:65534:sync:/bin:/bin/sync',
  'postgres:x:114:120::/var/lib/postgresql:/bin/bash',
  'none:x:65534:65534:none:/nonexistent:/usr/sbin/nologin',
  'system:x:65533:65533::/home/system:/bin/sh',
  'ftp:x:1001:1001::/home/ftp:/usr/sbin/nologin',
  'gone:x:1002:1002::/srv/gone:/bin/bash',
  'false:x:1003:1003::/home/false:/bin/false',
  'broken',
  '',
].join('\n')

describe('hasOtherUsers', () => {
  test('knows other people by their account, shell and home folder on Linux (SI-S6)', () => {
    expect(linux(`${services}\n${own}\nbob:x:1004:1004::/home/bob:/bin/zsh\n`)).toBe(true)
  })

  test.each([
    ['the accounts of services and its own', `${services}\n${own}\n`, {}],
    ['no list of accounts', undefined, {}],
    [
      'the accounts of an image, in a container',
      'node:x:1001:1001::/home/node:/bin/bash',
      { exists: (path: string) => path === '/.dockerenv' || path.startsWith('/home/') },
    ],
  ])('gives no false alarm for %s (SI-S6)', (_, accounts, replaced) => {
    expect(linux(accounts, replaced)).toBe(false)
  })

  test.each([
    ['darwin', '/Users/me', ['.localized', 'Guest', 'Shared', 'me'], false],
    ['darwin', '/Users/me', ['Shared', 'bob', 'me'], true],
    ['win32', String.raw`C:\Users\me`, ['All Users', 'Default', 'Default User', 'Public', 'desktop.ini', 'me'], false],
    ['win32', String.raw`C:\Users\me`, ['Public', 'bob', 'me'], true],
  ])('knows other people by their home folders on %s (SI-S6)', (platform, home, names, isShared) => {
    expect(byHomes(platform, home, names)).toBe(isShared)
  })
})
