import { describe, expect, test } from 'bun:test'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { contentOf, createInstallContext, lastLine, leftIn, linux, onWindows, text } from './install-context.ts'
import { fakeProgram } from './release-server.ts'

/** install.sh in every shell of this machine, with different sets of tools. */

const { home, mirror, server, whole } = createInstallContext()

describe.skipIf(onWindows)('install.sh works with', () => {
  test.each([
    ['wget alone', ['curl']],
    ['shasum alone', ['sha256sum', 'openssl']],
    ['openssl alone', ['sha256sum', 'shasum']],
  ])('%s', async (tools, without) => {
    const [tool = ''] = tools.split(' ')
    if (Bun.which(tool) === null) return
    const person = home()
    const { code } = await person.run({ args: mirror(), fakes: linux, without })
    expect([code, contentOf(person)]).toEqual([0, fakeProgram('1.2.0')])
    changeOne()
    const tampered = await person.run({ args: [...mirror(), '--version', '1.0.0'], fakes: linux, without })
    expect([tampered.code, contentOf(person)]).toEqual([1, fakeProgram('1.2.0')])
  })

  const changeOne = (): void => {
    for (const [path, content] of whole())
      if (path.startsWith('v1.0.0/') && typeof content !== 'string')
        server().files.set(path, content.with(9, (content[9] ?? 0) ^ 1))
  }

  test.skipIf(Bun.which('busybox') === null)("only busybox's own tools", async () => {
    const own = 'wget sha256sum tar gzip sed grep cut tr mktemp head tail cp mv rm mkdir chmod cat'.split(' ')
    const box = Object.fromEntries(own.map((name) => [name, `exec ${Bun.which('busybox')} ${name} "$@"`]))
    const options = { fakes: { ...linux, ...box }, without: ['curl', 'shasum', 'openssl'] }
    const person = home()
    expect((await person.run({ args: mirror(), ...options })).code).toBe(0)
    changeOne()
    const tampered = await person.run({ args: [...mirror(), '--version', '1.0.0'], ...options })
    expect([tampered.code, contentOf(person)]).toEqual([1, fakeProgram('1.2.0')])
    const missing = await person.run({ args: [...mirror(), '--version', '9.0.0'], ...options })
    expect([missing.code, missing.err]).toEqual([1, expect.stringContaining('The server does not have this file')])
  })

  const shells = [['dash'], ['bash'], ['bash', '--posix'], ['busybox', 'sh'], ['zsh'], ['ksh'], ['mksh'], ['yash']]
  const present = shells.filter(([name = '']) => Bun.which(name) !== null)

  test.each(present.map((shell) => [shell.join(' '), shell] as const))(
    '%s, from a file and from a pipe',
    async (_, shell) => {
      const file = home()
      expect((await file.run({ args: mirror(), fakes: linux, shell })).code).toBe(0)
      const piped = home('a home')
      mkdirSync(join(piped.home, '.local/share'), { recursive: true })
      const { code, err } = await piped.run({
        args: [...mirror(), '--version=1.0.0'],
        fakes: linux,
        shell,
        script: text,
      })
      expect([code, contentOf(piped), contentOf(file)]).toEqual([0, fakeProgram('1.0.0'), fakeProgram('1.2.0')])
      expect(err).toContain('nexus-claude-api 1.0.0 is installed')
      changeOne()
      const tampered = await file.run({ args: [...mirror(), '--version', '1.0.0'], fakes: linux, shell, script: text })
      expect([tampered.code, contentOf(file)]).toEqual([1, fakeProgram('1.2.0')])
      const gone = await piped.run({ args: ['--uninstall'], fakes: linux, shell, script: text })
      expect([gone.code, piped.listed()]).toEqual([0, []])
      expect(leftIn(file)).toEqual([])
    },
  )

  test('an incomplete download of the script, which does nothing', async () => {
    const person = home()
    // Cut at many places, and at each character of its last lines.
    const places = Array.from({ length: 40 }, (_, index) => Math.floor((index / 40) * text.length))
    for (let place = text.length - lastLine.length - 1; place < text.length - 1; place += 1) places.push(place)
    const runs = places.map((place) =>
      person.run({ args: mirror(), fakes: linux, script: text.slice(0, place) }).then(({ out }) => out),
    )
    expect((await Promise.all(runs)).join('')).toBe('')
    expect([person.listed(), server().requestedPaths]).toEqual([[], []])
  }, 30_000)
})
