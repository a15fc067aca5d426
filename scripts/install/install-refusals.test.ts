import { describe, expect, test } from 'bun:test'
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { contentOf, createInstallContext, linux, onWindows, program } from './install-context.ts'
import { fakeProgram } from './release-server.ts'

/** The refusals of install.sh. */

const { home, mirror, server } = createInstallContext()

describe.skipIf(onWindows)('install.sh refuses', () => {
  test.each([
    [['--verison', '1.0.0'], 'Unknown option: --verison'],
    [['--version'], '--version needs a value.'],
    [['--version', '--force'], '--version needs a value.'],
    [['--version='], '--version needs a value.'],
    [['--to=', '--uninstall'], '--to needs a value.'],
    [['--mirror='], '--mirror needs a value.'],
    [['--version', 'latest'], 'Invalid version: latest'],
    [['--version', '1.0.0/../..'], 'Invalid version: 1.0.0/../..'],
    [['--mirror', 'mirror.example'], 'Invalid mirror address: mirror.example'],
    [['--mirror', 'http://203.0.113.9/x'], "The mirror's address begins with http: http://203.0.113.9/x"],
    [['--mirror', 'http://localhost:1@203.0.113.9'], "The mirror's address contains a login"],
    [['--to', '/tmp/a:b'], 'A folder on PATH cannot hold a colon: /tmp/a:b'],
  ])('%j', async (args, words) => {
    const { code, err } = await home().run({ args, fakes: linux })
    expect([code, err.includes(`Error: ${words}`)]).toEqual([2, true])
  })

  test('a login in the address of a mirror, without printing it', async () => {
    const { code, err } = await home().run({ args: ['--mirror', 'https://bob:S3cret@127.0.0.1:1/x'], fakes: linux })
    expect([code, err.includes('contains a login'), err.includes('S3cret')]).toEqual([2, true, false])
  })

  test('a user without HOME', async () => {
    const { code, err } = await home().run({ args: mirror(), fakes: linux, environment: { HOME: '' } })
    expect([code, err]).toEqual([2, 'Error: HOME is not set.\n  Set it to your home folder, and run this again.\n'])
  })

  test('to replace or remove another program, without --force', async () => {
    const person = home()
    mkdirSync(join(person.home, '.local/bin'), { recursive: true })
    writeFileSync(join(person.home, program), '#!/bin/sh\necho other 1.0\n', { mode: 0o755 })
    for (const more of [mirror(), ['--uninstall']]) {
      const { code, err } = await person.run({ args: more, fakes: linux })
      expect([code, err.includes('~/.local/bin/nexus-claude-api is not nexus-claude-api')]).toEqual([1, true])
    }
    expect(contentOf(person)).toContain('echo other')
    expect((await person.run({ args: [...mirror(), '--force'], fakes: linux })).code).toBe(0)
    expect(contentOf(person)).toBe(fakeProgram('1.2.0'))
  })

  test('to replace a link of another installer', async () => {
    const person = home()
    mkdirSync(join(person.home, '.local/bin'), { recursive: true })
    writeFileSync(join(person.home, 'npm'), fakeProgram('1.0.0'), { mode: 0o755 })
    symlinkSync(join(person.home, 'npm'), join(person.home, program))
    const { code, err } = await person.run({ args: mirror(), fakes: linux })
    expect([code, err.includes('is a link')]).toEqual([1, true])
    expect((await person.run({ args: ['--uninstall'], fakes: linux })).code).toBe(1)
    expect(contentOf(person, 'npm')).toBe(fakeProgram('1.0.0'))
  })

  test('a folder with the name of the program, even with --force', async () => {
    const person = home()
    mkdirSync(join(person.home, program), { recursive: true })
    const { code, err } = await person.run({ args: [...mirror(), '--force'], fakes: linux })
    expect([code, err.includes('~/.local/bin/nexus-claude-api is a folder.')]).toEqual([1, true])
  })

  test('a path below a file', async () => {
    const person = home()
    writeFileSync(join(person.home, '.local'), '')
    const { code, err } = await person.run({ args: mirror(), fakes: linux })
    expect([code, err, server().requestedPaths]).toEqual([
      1,
      'Error: ~/.local is not a folder.\n  Choose another folder with --to.\n',
      [],
    ])
  })

  test.skipIf(process.getuid?.() === 0)('a read-only folder, before the download', async () => {
    const person = home()
    mkdirSync(join(person.home, '.local'))
    chmodSync(join(person.home, '.local'), 0o555)
    const { code, err } = await person.run({ args: mirror(), fakes: linux })
    expect([code, err.includes('~/.local is not writable for you.'), server().requestedPaths]).toEqual([1, true, []])
  })

  test('an error in the last step, and removes its files', async () => {
    const person = home()
    const { code, err } = await person.run({ args: mirror(), fakes: { ...linux, mv: 'echo "no way" >&2; exit 1' } })
    expect([code, person.listed()]).toEqual([1, []])
    expect(err).toContain('Error: Cannot replace ~/.local/bin/nexus-claude-api:\n  no way\n')
  })
})
