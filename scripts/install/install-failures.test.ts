import { describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { contentOf, createInstallContext, leftIn, linux, onWindows, program } from './install-context.ts'
import { fakeProgram } from './release-server.ts'
import type { Sandbox } from './sandbox.ts'

/** install.sh with broken or hostile files and tools. */

const { home, mirror, server, whole } = createInstallContext()

describe.skipIf(onWindows)('install.sh installs nothing, and keeps an existing program, if', () => {
  /** Runs it with an installed 1.0.0, which must be the only file afterwards. */
  const fails = async (options: Parameters<Sandbox['run']>[0] = {}): Promise<string> => {
    const person = home()
    await person.run({ args: [...mirror(), '--version', '1.0.0'], fakes: linux })
    server().requestedPaths.length = 0
    const { code, out, err } = await person.run({ args: mirror(), ...options, fakes: { ...linux, ...options.fakes } })
    expect({ code, out, files: person.listed(), content: contentOf(person) }).toEqual({
      code: 1,
      out: '',
      files: [program],
      content: fakeProgram('1.0.0'),
    })
    expect(leftIn(person)).toEqual([])
    return err
  }
  const changeArchives = (change: (content: Uint8Array) => string | Uint8Array | undefined): void => {
    for (const [path, content] of whole()) {
      if (!path.startsWith('v1.2.0/') || typeof content === 'string') continue
      const changed = change(content)
      if (changed === undefined) server().files.delete(path)
      else server().files.set(path, changed)
    }
  }
  const changeSums = (change: (sums: string) => string): unknown =>
    server().files.set('latest/SHA256SUMS', change(String(whole().get('latest/SHA256SUMS'))))

  test('the archive was tampered with', async () => {
    changeArchives((content) => content.with(content.length - 1, (content.at(-1) ?? 0) ^ 1))
    expect(await fails()).toMatch(
      /Error: The archive does not match SHA256SUMS\. Nothing was installed\.\n {2}http.*\n {2}expected [0-9a-f]{64}\n {2}found {4}[0-9a-f]{64}\n/,
    )
  })

  test('the archive is from another release', async () => {
    for (const [path, content] of whole())
      if (path.startsWith('v1.0.0/') && path.endsWith('.gz'))
        server().files.set(path.replaceAll('1.0.0', '1.2.0'), content)
    expect(await fails()).toContain('The archive does not match SHA256SUMS')
  })

  test.each([
    [
      'has no line for the archive',
      (sums: string) => sums.replaceAll('linux-x64', 'linux-mips'),
      'has no checksum for linux-x64',
    ],
    ['is empty', () => '', 'has no checksum for'],
    ['is a page of a proxy', () => '<html>\n<body>Please log in\n', 'has no checksum for'],
    ['has short sums', (sums: string) => sums.replaceAll(/^[0-9a-f]{8}/gm, ''), 'an invalid checksum'],
    ['has text instead of sums', (sums: string) => sums.replaceAll(/^[0-9a-f]/gm, 'x'), 'an invalid checksum'],
    ['names the archive twice', (sums: string) => sums + sums, 'twice'],
    ['names an invalid version', (sums: string) => sums.replaceAll('-1.2.0-', '-1.2.0;x-'), 'an invalid version'],
    ['leads out of the folder', (sums: string) => sums.replaceAll('-1.2.0-', '-1.2.0/../../x-'), 'an invalid version'],
  ])('SHA256SUMS %s', async (_, change, words) => {
    changeSums(change)
    expect(await fails()).toContain(words)
    expect(server().requestedPaths).toEqual(['latest/SHA256SUMS'])
  })

  test('the archive is missing', async () => {
    changeArchives(() => undefined)
    expect(await fails()).toMatch(
      /^.*\nError: The server does not have this file:\n {2}http:.*\.tar\.gz\n {2}SHA256SUMS lists it/,
    )
  })

  test.each([['curl'], ['wget']])('the version does not exist, with %s', async (tool) => {
    const without = ['curl', 'wget'].filter((name) => name !== tool)
    const err = await fails({ args: [...mirror(), '--version', '9.9.9'], without })
    expect(err).toBe(
      `${[
        'Error: The server does not have this file:',
        `  ${server().url}/v9.9.9/SHA256SUMS`,
        '  Version 9.9.9 may not exist. See the list:',
        '  https://github.com/nexus-claude-api/nexus-claude-api/releases',
      ].join('\n')}\n`,
    )
  })

  test.each([['curl'], ['wget']])('no server answers, with %s', async (tool) => {
    const gone = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
    const address = `http://127.0.0.1:${gone.port}`
    gone.stop(true)
    const without = ['curl', 'wget'].filter((name) => name !== tool)
    const err = await fails({ args: ['--mirror', address], without })
    expect(err).toStartWith(`Error: Download failed:\n  ${address}/latest/SHA256SUMS\n`)
    expect(err).toContain('set HTTPS_PROXY')
  })

  test('the download is incomplete', async () => {
    for (const path of whole().keys()) if (/^v1\.2\.0.*gz$/.test(path)) server().cut.add(path)
    expect(await fails({ without: ['wget'] })).toContain('Error: Download failed:\n')
  })

  test('curl and wget are missing', async () => {
    expect(await fails({ without: ['curl', 'wget'] })).toBe(
      'Error: curl and wget are missing.\n  Install one of them, and run this again.\n',
    )
  })

  test('the only curl is from snap, which cannot write to the folders', async () => {
    const snap = join(home().home, 'snap/bin')
    mkdirSync(snap, { recursive: true })
    writeFileSync(join(snap, 'curl'), '#!/bin/sh\nexit 23\n', { mode: 0o755 })
    const err = await fails({ without: ['curl', 'wget'], path: [snap] })
    expect(err).toStartWith('Error: The curl from snap cannot write to the necessary folders.\n')
    const person = home()
    expect((await person.run({ args: mirror(), fakes: linux, without: ['curl'], path: [snap] })).code).toBe(0)
  })

  test('the reader of its output closes the pipe', async () => {
    const person = home()
    const shell = ['sh', '-c', 'sh "$0" "$@" 2>&1 | :']
    await person.run({ args: mirror(), fakes: linux, shell })
    expect([person.listed(), leftIn(person)]).toEqual([[], []])
  })

  test('no tool can verify a checksum', async () => {
    expect(await fails({ without: ['sha256sum', 'shasum', 'openssl'] })).toContain('Cannot verify checksums')
    expect(server().requestedPaths).toEqual([])
  })

  test('the tool for checksums is broken', async () => {
    expect(await fails({ fakes: { sha256sum: 'exit 1' } })).toContain('found    nothing')
  })

  test('the file is not an archive', async () => {
    const hash = createHash('sha256').update('no archive').digest('hex')
    changeArchives(() => Buffer.from('no archive'))
    changeSums((sums) => sums.replaceAll(/^[0-9a-f]{64}/gm, hash))
    expect(await fails()).toContain('Error: Unpacking the archive failed:')
  })
})
