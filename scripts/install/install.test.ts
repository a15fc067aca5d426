import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { project } from '../release/project.ts'
import { targets } from '../release/targets.ts'
import { fakeProgram, type ReleaseServer, startReleaseServer } from './release-server.ts'
import { createSandbox, installer, type Sandbox } from './sandbox.ts'

/** install.sh, as a person runs it, against a release server on loopback. Needs no build. */

const unixTargets = targets.filter(({ os }) => os !== 'win32')
const text = readFileSync(installer, 'utf8')
const lastLine = '{ main "$@"; exit; }\n'

/** The script, with some of its functions replaced: what a machine is made of cannot be faked from outside. */
const withFunctions = (functions: string): string => text.slice(0, -lastLine.length) + functions + lastLine

const folder = mkdtempSync(join(tmpdir(), 'nexus-releases-'))
const homes: Sandbox[] = []
let server: ReleaseServer
let whole: ReadonlyMap<string, string | Uint8Array>

const home = (name?: string): Sandbox => {
  const made = createSandbox(name)
  homes.push(made)
  return made
}

/** Any Linux; which processor it has is told by what is fetched. */
const linux = {
  uname: 'case $1 in -s) echo Linux ;; -m) echo x86_64 ;; -o) echo GNU/Linux ;; esac',
  ldd: 'echo "ldd (GNU libc) 2.38"',
}
const mirror = (): string[] => ['--mirror', server.url]
const program = '.local/bin/nexus-claude-api'
const contentOf = (sandbox: Sandbox, path = program): string => readFileSync(join(sandbox.home, path), 'utf8')
const archiveNow = (): string => server.asked.find((path) => path.endsWith('.tar.gz')) ?? 'none'

const onWindows = process.platform === 'win32'

beforeAll(() => {
  if (onWindows) return
  server = startReleaseServer(folder, [
    { version: '1.0.0', targets: unixTargets },
    { version: '1.2.0', targets: unixTargets },
  ])
  whole = new Map(server.files)
})

afterEach(() => {
  if (onWindows) return
  server.files.clear()
  for (const [path, content] of whole) server.files.set(path, content)
  server.cut.clear()
  server.asked.length = 0
  for (const sandbox of homes.splice(0)) sandbox.remove()
})

afterAll(async () => {
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe.skipIf(onWindows)('install.sh', () => {
  test('installs the latest version into ~/.local/bin, and says what to do next', async () => {
    const person = home()
    const { code, out, err } = await person.run({
      args: mirror(),
      fakes: linux,
      environment: { SHELL: '/usr/bin/zsh' },
    })
    expect({ code, out, err }).toEqual({
      code: 0,
      out: '',
      err: `${[
        `Fetching nexus-claude-api 1.2.0 for ${/1\.2\.0-(.*)\.tar/.exec(archiveNow())?.[1]} ...`,
        'nexus-claude-api 1.2.0 is installed: ~/.local/bin/nexus-claude-api',
        '~/.local/bin is not on your PATH yet.',
        'Put this line into ~/.zshrc, and open a new terminal:',
        '  export PATH="$HOME/.local/bin:$PATH"',
        'Then, in the folder you want to work in:',
        '  nexus-claude-api claude',
      ].join('\n')}\n`,
    })
    expect(person.listed()).toEqual([program])
    expect(server.asked).toEqual(['latest/SHA256SUMS', archiveNow()])
    const ran = Bun.spawnSync([join(person.home, program), '--version'])
    expect(ran.stdout.toString()).toStartWith('nexus-claude-api 1.2.0 ')
  })

  test.each([['1.0.0'], ['v1.0.0']])('installs the version that is named: %s', async (version) => {
    const person = home()
    const { code } = await person.run({ args: [...mirror(), '--version', version], fakes: linux })
    expect([code, contentOf(person)]).toEqual([0, fakeProgram('1.0.0')])
    expect(server.asked[0]).toBe('v1.0.0/SHA256SUMS')
  })

  test('takes the place of an older one', async () => {
    const person = home()
    await person.run({ args: [...mirror(), '--version', '1.0.0'], fakes: linux })
    const { code } = await person.run({ args: [], fakes: linux, environment: { NEXUS_CLAUDE_API_MIRROR: server.url } })
    expect([code, contentOf(person), person.listed()]).toEqual([0, fakeProgram('1.2.0'), [program]])
  })

  test('brings completions and the man page where there is a place for them', async () => {
    const person = home()
    for (const path of ['.local/share', '.config/fish', '.zfunc'])
      mkdirSync(join(person.home, path), { recursive: true })
    const { code } = await person.run({ args: mirror(), fakes: linux })
    expect([code, person.listed()]).toEqual([
      0,
      [
        '.config/fish/completions/nexus-claude-api.fish',
        program,
        '.local/share/bash-completion/completions/nexus-claude-api',
        '.local/share/man/man1/nexus-claude-api.1',
        '.zfunc/_nexus-claude-api',
      ],
    ])
  })

  test('leaves nothing behind but what it installed', async () => {
    const person = home()
    await person.run({ args: mirror(), fakes: linux })
    const left = Bun.spawnSync(['ls', '-A', person.temporary])
    expect(left.stdout.toString()).toBe('')
  })

  test('knows folders with blanks, and quotes them for the shell', async () => {
    const person = home('a home')
    const { code, err } = await person.run({
      args: [...mirror(), '--to', join(person.home, 'my $programs')],
      fakes: linux,
      environment: { SHELL: '/usr/bin/fish' },
    })
    expect([code, person.listed()]).toEqual([0, ['my $programs/nexus-claude-api']])
    expect(err).toContain('\n  fish_add_path "$HOME/my \\$programs"\n')
  })

  test('says nothing of PATH where it is right, and names one that comes before', async () => {
    const person = home()
    const first = await person.run({ args: mirror(), fakes: linux, path: [join(person.home, '.local/bin')] })
    expect(first.err).not.toContain('PATH')
    const elsewhere = join(person.home, 'other')
    mkdirSync(elsewhere)
    writeFileSync(join(elsewhere, 'nexus-claude-api'), fakeProgram('0.1.0'), { mode: 0o755 })
    const path = [elsewhere, join(person.home, '.local/bin')]
    const second = await person.run({ args: mirror(), fakes: linux, path })
    expect(second.err).toContain('another one comes before it on your PATH: ~/other/nexus-claude-api\n')
  })

  test('changes nothing with --dry-run', async () => {
    const person = home()
    const { code, err } = await person.run({ args: [...mirror(), '--dry-run'], fakes: linux })
    expect([code, person.listed(), server.asked]).toEqual([0, [], ['latest/SHA256SUMS']])
    expect(err).toContain('would be installed: ~/.local/bin/nexus-claude-api')
  })
})

describe.skipIf(onWindows)('install.sh finds the program for this machine', () => {
  const fakeUname = (kernel: string, machine: string): string =>
    `case $1 in -s) echo ${kernel} ;; -m) echo ${machine} ;; -o) echo ${kernel} ;; esac`
  const glibc = 'echo "ldd (Debian GLIBC 2.36-9) 2.36"'
  const musl = 'echo "musl libc (x86_64)" >&2; exit 1'
  const avx2 = 'processor_features() { echo "flags : fpu avx avx2 bmi2"; }\n'
  const old = 'processor_features() { echo "flags : fpu avx avx2x"; }\n'
  const unreadable = 'processor_features() { return 2; }\n'

  test.each([
    ['linux-x64', 'Linux', 'x86_64', glibc, avx2],
    ['linux-x64-baseline', 'Linux', 'x86_64', glibc, old],
    ['linux-x64-baseline', 'Linux', 'amd64', glibc, unreadable],
    ['linux-x64-musl', 'Linux', 'x86_64', musl, avx2],
    ['linux-x64-musl-baseline', 'Linux', 'x86_64', musl, old],
    ['linux-x64-musl', 'Linux', 'x86_64', 'exit 127', `${avx2}has_musl_loader() { return 0; }\n`],
    ['linux-x64', 'Linux', 'x86_64', 'exit 127', `${avx2}has_musl_loader() { return 1; }\n`],
    ['linux-arm64', 'Linux', 'aarch64', glibc, old],
    ['linux-arm64-musl', 'Linux', 'aarch64', musl, old],
    ['darwin-arm64', 'Darwin', 'arm64', 'exit 127', old],
  ])('%s', async (id, kernel, machine, ldd, functions) => {
    const fakes = { uname: fakeUname(kernel, machine), ldd, sysctl: 'exit 1' }
    const { code } = await home().run({ args: mirror(), fakes, script: withFunctions(functions) })
    expect([code, archiveNow()]).toEqual([0, `v1.2.0/nexus-claude-api-1.2.0-${id}.tar.gz`])
  })

  const leaf7 = 'case $2 in machdep.cpu.leaf7_features) echo "RDWRFSGS AVX2 SMEP" ;; *) exit 1 ;; esac'
  test.each([
    ['darwin-x64', leaf7],
    ['darwin-x64-baseline', 'exit 1'],
    ['darwin-arm64', 'case $2 in sysctl.proc_translated) echo 1 ;; *) exit 1 ;; esac'],
  ])('%s, where the shell says that it is an Intel Mac', async (id, sysctl) => {
    const fakes = { uname: fakeUname('Darwin', 'x86_64'), sysctl }
    const { code } = await home().run({ args: mirror(), fakes })
    expect([code, archiveNow()]).toEqual([0, `v1.2.0/nexus-claude-api-1.2.0-${id}.tar.gz`])
  })

  test.each([
    ['FreeBSD', 'amd64'],
    ['Linux', 'armv7l'],
    ['MINGW64_NT-10.0', 'x86_64'],
  ])('and says which there are on %s %s', async (kernel, machine) => {
    const person = home()
    const { code, err } = await person.run({ args: mirror(), fakes: { uname: fakeUname(kernel, machine) } })
    expect([code, person.listed(), server.asked]).toEqual([2, [], []])
    expect(err).toBe(
      `${[
        `Error: There is no nexus-claude-api for this machine (${kernel} ${machine}).`,
        '  There is one for Linux and macOS, on x64 and arm64. On Windows, use install.ps1',
        '  in PowerShell. Elsewhere, build it from its sources:',
        '  https://github.com/nexus-claude-api/nexus-claude-api',
      ].join('\n')}\n`,
    )
  })

  test('every program that is built for it can be reached, and no other', () => {
    // What choose_target can put together, against the table that releases are made from.
    const reachable = ['x64', 'arm64'].flatMap((arch) =>
      ['linux', 'linux-musl', 'darwin'].flatMap((kind) => {
        const [os, libc = ''] = kind.split('-')
        const id = [os, arch, libc].filter((part) => part !== '').join('-')
        return arch === 'x64' ? [id, `${id}-baseline`] : [id]
      }),
    )
    expect(reachable.sort()).toEqual(unixTargets.map(({ id }) => id).sort())
  })

  test('and installs nothing that does not run here', async () => {
    const person = home()
    await person.run({ args: [...mirror(), '--version', '1.0.0'], fakes: linux })
    const path = 'v1.2.0/SHA256SUMS'
    for (const [name, content] of whole)
      if (name.startsWith('v1.0.0/') && name.endsWith('.gz'))
        server.files.set(name.replaceAll('1.0.0', '1.2.0'), content)
    // An archive of another version than its name says.
    const sums = [...server.files].filter(([name]) => name.startsWith('v1.2.0/') && name.endsWith('.gz'))
    const lines = sums.map(([name, content]) => {
      const hash = createHash('sha256').update(content).digest('hex')
      return `${hash} *${name.slice('v1.2.0/'.length)}`
    })
    server.files.set(path, lines.join('\n'))
    const { code, err } = await person.run({ args: [...mirror(), '--version', '1.2.0'], fakes: linux })
    expect([code, contentOf(person)]).toEqual([1, fakeProgram('1.0.0')])
    expect(err).toContain('Error: The archive holds no nexus-claude-api.')
  })
})

describe.skipIf(onWindows)('install.sh installs nothing, and leaves an old one alone, where', () => {
  /** Runs it over an installed 1.0.0, which has to be there afterwards, and alone. */
  const fails = async (options: Parameters<Sandbox['run']>[0] = {}): Promise<string> => {
    const person = home()
    await person.run({ args: [...mirror(), '--version', '1.0.0'], fakes: linux })
    server.asked.length = 0
    const { code, out, err } = await person.run({ args: mirror(), ...options, fakes: { ...linux, ...options.fakes } })
    expect({ code, out, files: person.listed(), content: contentOf(person) }).toEqual({
      code: 1,
      out: '',
      files: [program],
      content: fakeProgram('1.0.0'),
    })
    expect(Bun.spawnSync(['ls', '-A', person.temporary]).stdout.toString()).toBe('')
    return err
  }
  const changeArchives = (change: (content: Uint8Array) => string | Uint8Array | undefined): void => {
    for (const [path, content] of whole) {
      if (!path.startsWith('v1.2.0/') || typeof content === 'string') continue
      const changed = change(content)
      if (changed === undefined) server.files.delete(path)
      else server.files.set(path, changed)
    }
  }
  const changeSums = (change: (sums: string) => string): unknown =>
    server.files.set('latest/SHA256SUMS', change(String(whole.get('latest/SHA256SUMS'))))

  test('the archive was tampered with', async () => {
    changeArchives((content) => content.with(content.length - 1, (content.at(-1) ?? 0) ^ 1))
    expect(await fails()).toMatch(
      /Error: The archive is not what SHA256SUMS says\. Nothing was installed\.\n {2}http.*\n {2}expected [0-9a-f]{64}\n {2}found {4}[0-9a-f]{64}\n/,
    )
  })

  test('an archive of another release stands in its place', async () => {
    for (const [path, content] of whole)
      if (path.startsWith('v1.0.0/') && path.endsWith('.gz'))
        server.files.set(path.replaceAll('1.0.0', '1.2.0'), content)
    expect(await fails()).toContain('The archive is not what SHA256SUMS says')
  })

  test.each([
    [
      'has no line for it',
      (sums: string) => sums.replaceAll('linux-x64', 'linux-mips'),
      'has no checksum for linux-x64',
    ],
    ['is empty', () => '', 'has no checksum for'],
    ['is a page of a proxy', () => '<html>\n<body>Please log in\n', 'has no checksum for'],
    ['has short sums', (sums: string) => sums.replaceAll(/^[0-9a-f]{8}/gm, ''), 'something else than checksums'],
    ['has sums that are none', (sums: string) => sums.replaceAll(/^[0-9a-f]/gm, 'x'), 'something else than checksums'],
    ['names it twice', (sums: string) => sums + sums, 'twice'],
    ['names a strange version', (sums: string) => sums.replaceAll('-1.2.0-', '-1.2.0;x-'), 'a version that is none'],
    [
      'leads out of the folder',
      (sums: string) => sums.replaceAll('-1.2.0-', '-1.2.0/../../x-'),
      'a version that is none',
    ],
  ])('SHA256SUMS %s', async (_, change, words) => {
    changeSums(change)
    expect(await fails()).toContain(words)
    expect(server.asked).toEqual(['latest/SHA256SUMS'])
  })

  test('the archive is missing', async () => {
    changeArchives(() => undefined)
    expect(await fails()).toMatch(
      /^.*\nError: The server has no such file:\n {2}http:.*\.tar\.gz\n {2}SHA256SUMS names it/,
    )
  })

  test.each([['curl'], ['wget']])('there is no such version, and %s fetches', async (tool) => {
    const without = ['curl', 'wget'].filter((name) => name !== tool)
    const err = await fails({ args: [...mirror(), '--version', '9.9.9'], without })
    expect(err).toBe(
      `${[
        'Error: The server has no such file:',
        `  ${server.url}/v9.9.9/SHA256SUMS`,
        '  Is there a version 9.9.9? This page has the list:',
        '  https://github.com/nexus-claude-api/nexus-claude-api/releases',
      ].join('\n')}\n`,
    )
  })

  test.each([['curl'], ['wget']])('no server answers, and %s fetches', async (tool) => {
    const gone = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
    const address = `http://127.0.0.1:${gone.port}`
    gone.stop(true)
    const without = ['curl', 'wget'].filter((name) => name !== tool)
    const err = await fails({ args: ['--mirror', address], without })
    expect(err).toStartWith(`Error: This could not be fetched:\n  ${address}/latest/SHA256SUMS\n`)
    expect(err).toContain('set HTTPS_PROXY')
  })

  test('the download is cut off', async () => {
    for (const path of whole.keys()) if (/^v1\.2\.0.*gz$/.test(path)) server.cut.add(path)
    expect(await fails({ without: ['wget'] })).toContain('Error: This could not be fetched:\n')
  })

  test('there is neither curl nor wget', async () => {
    expect(await fails({ without: ['curl', 'wget'] })).toBe(
      'Error: There is neither curl nor wget here.\n  Install one of them, and run this again.\n',
    )
  })

  test('nothing can verify a checksum', async () => {
    expect(await fails({ without: ['sha256sum', 'shasum', 'openssl'] })).toContain('Nothing here can verify a checksum')
    expect(server.asked).toEqual([])
  })

  test('what verifies checksums is broken', async () => {
    expect(await fails({ fakes: { sha256sum: 'exit 1' } })).toContain('found    nothing')
  })

  test('the archive is none', async () => {
    const hash = createHash('sha256').update('no archive').digest('hex')
    changeArchives(() => Buffer.from('no archive'))
    changeSums((sums) => sums.replaceAll(/^[0-9a-f]{64}/gm, hash))
    expect(await fails()).toContain('Error: The archive could not be unpacked:')
  })
})

describe.skipIf(onWindows)('install.sh works with what is there', () => {
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
    for (const [path, content] of whole)
      if (path.startsWith('v1.0.0/') && typeof content !== 'string')
        server.files.set(path, content.with(9, (content[9] ?? 0) ^ 1))
  }

  test.skipIf(Bun.which('busybox') === null)("busybox's own tools alone", async () => {
    const own = 'wget sha256sum tar gzip sed grep cut tr mktemp head tail cp mv rm mkdir chmod cat'.split(' ')
    const box = Object.fromEntries(own.map((name) => [name, `exec ${Bun.which('busybox')} ${name} "$@"`]))
    const options = { fakes: { ...linux, ...box }, without: ['curl', 'shasum', 'openssl'] }
    const person = home()
    expect((await person.run({ args: mirror(), ...options })).code).toBe(0)
    changeOne()
    const tampered = await person.run({ args: [...mirror(), '--version', '1.0.0'], ...options })
    expect([tampered.code, contentOf(person)]).toEqual([1, fakeProgram('1.2.0')])
    const missing = await person.run({ args: [...mirror(), '--version', '9.0.0'], ...options })
    expect([missing.code, missing.err]).toEqual([1, expect.stringContaining('The server has no such file')])
  })

  const shells = [['dash'], ['bash'], ['bash', '--posix'], ['busybox', 'sh'], ['zsh'], ['ksh'], ['mksh'], ['yash']]
  const present = shells.filter(([name = '']) => Bun.which(name) !== null)

  test.each(present.map((shell) => [shell.join(' '), shell] as const))(
    '%s: from its file, and piped',
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
      expect(Bun.spawnSync(['ls', '-A', file.temporary]).stdout.toString()).toBe('')
    },
  )

  test('a script that was cut off on its way does nothing', async () => {
    const person = home()
    // Everywhere, and at every place of its last lines.
    const places = Array.from({ length: 40 }, (_, index) => Math.floor((index / 40) * text.length))
    for (let place = text.length - lastLine.length - 1; place < text.length - 1; place += 1) places.push(place)
    const runs = places.map((place) =>
      person.run({ args: mirror(), fakes: linux, script: text.slice(0, place) }).then(({ out }) => out),
    )
    expect((await Promise.all(runs)).join('')).toBe('')
    expect([person.listed(), server.asked]).toEqual([[], []])
  }, 30_000)
})

describe.skipIf(onWindows)('install.sh refuses', () => {
  test.each([
    [['--verison', '1.0.0'], 'Unknown option: --verison'],
    [['--version'], '--version needs a value.'],
    [['--version', '--force'], '--version needs a value.'],
    [['--version', 'latest'], 'That is no version: latest'],
    [['--version', '1.0.0/../..'], 'That is no version: 1.0.0/../..'],
    [['--mirror', 'mirror.example'], 'That is no address of a mirror: mirror.example'],
    [['--mirror', 'http://203.0.113.9/x'], "The mirror's address begins with http: http://203.0.113.9/x"],
    [['--mirror', 'http://localhost:1@203.0.113.9'], "The mirror's address begins with http:"],
  ])('%j', async (args, words) => {
    const { code, err } = await home().run({ args, fakes: linux })
    expect([code, err.includes(`Error: ${words}`)]).toEqual([2, true])
  })

  test('a person without a HOME', async () => {
    const { code, err } = await home().run({ args: mirror(), fakes: linux, environment: { HOME: '' } })
    expect([code, err]).toEqual([2, 'Error: HOME is not set.\n  Set it to your own folder, and run this again.\n'])
  })

  test('to replace or remove what is not this program, without --force', async () => {
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

  test('to replace a link that another installer made', async () => {
    const person = home()
    mkdirSync(join(person.home, '.local/bin'), { recursive: true })
    writeFileSync(join(person.home, 'npm'), fakeProgram('1.0.0'), { mode: 0o755 })
    symlinkSync(join(person.home, 'npm'), join(person.home, program))
    const { code, err } = await person.run({ args: mirror(), fakes: linux })
    expect([code, err.includes('is a link')]).toEqual([1, true])
    expect((await person.run({ args: ['--uninstall'], fakes: linux })).code).toBe(1)
    expect(contentOf(person, 'npm')).toBe(fakeProgram('1.0.0'))
  })

  test('a folder of that name, even with --force', async () => {
    const person = home()
    mkdirSync(join(person.home, program), { recursive: true })
    const { code, err } = await person.run({ args: [...mirror(), '--force'], fakes: linux })
    expect([code, err.includes('~/.local/bin/nexus-claude-api is a folder.')]).toEqual([1, true])
  })

  test('a place below a file', async () => {
    const person = home()
    writeFileSync(join(person.home, '.local'), '')
    const { code, err } = await person.run({ args: mirror(), fakes: linux })
    expect([code, err, server.asked]).toEqual([
      1,
      'Error: ~/.local is not a folder.\n  Choose another place with --to.\n',
      [],
    ])
  })

  test.skipIf(process.getuid?.() === 0)('a folder that cannot be written, before anything is fetched', async () => {
    const person = home()
    mkdirSync(join(person.home, '.local'))
    chmodSync(join(person.home, '.local'), 0o555)
    const { code, err } = await person.run({ args: mirror(), fakes: linux })
    expect([code, err.includes('~/.local cannot be written by you.'), server.asked]).toEqual([1, true, []])
  })

  test('what fails at the very end, and removes what it began', async () => {
    const person = home()
    const { code, err } = await person.run({ args: mirror(), fakes: { ...linux, mv: 'echo "no way" >&2; exit 1' } })
    expect([code, person.listed()]).toEqual([1, []])
    expect(err).toContain('Error: ~/.local/bin/nexus-claude-api cannot be replaced:\n  no way\n')
  })
})

describe.skipIf(onWindows)('install.sh --uninstall', () => {
  test('removes what was installed, and leaves the configuration and what others keep', async () => {
    const person = home()
    for (const path of ['.local/share', '.config/fish', '.config/nexus-claude-api', '.zfunc'])
      mkdirSync(join(person.home, path), { recursive: true })
    const settings = '.config/nexus-claude-api/config.json'
    writeFileSync(join(person.home, settings), '{ "apiKey": { "keychain": "apiKey" } }')
    writeFileSync(join(person.home, '.zfunc/_other'), '')
    await person.run({ args: mirror(), fakes: linux })
    const before = person.listed()
    expect(before).toHaveLength(7)

    const trial = await person.run({ args: ['--uninstall', '--dry-run'], fakes: linux })
    expect([trial.code, person.listed()]).toEqual([0, before])
    expect(trial.err).toContain('Would remove ~/.local/bin/nexus-claude-api\n')

    const { code, out, err } = await person.run({ args: ['--uninstall'], fakes: linux })
    expect({ code, out, err, left: person.listed() }).toEqual({
      code: 0,
      out: '',
      err: `${[
        'Removed ~/.local/bin/nexus-claude-api',
        'Removed ~/.local/share/bash-completion/completions/nexus-claude-api',
        'Removed ~/.config/fish/completions/nexus-claude-api.fish',
        'Removed ~/.zfunc/_nexus-claude-api',
        'Removed ~/.local/share/man/man1/nexus-claude-api.1',
        'Left, because it is yours: ~/.config/nexus-claude-api/config.json',
        'A key is in the keychain, too. This removes it:',
        "  secret-tool clear service nexus-claude-api account 'apiKey'",
      ].join('\n')}\n`,
      left: [settings, '.zfunc/_other'],
    })

    const again = await person.run({ args: ['--uninstall'], fakes: linux })
    expect([again.code, again.err.split('\n')[0]]).toEqual([0, 'There is no nexus-claude-api in ~/.local/bin.'])
  })
})

describe('install.sh, as it is written', () => {
  test('ends with the one line that does something', () => {
    expect(text).toEndWith(`\n}\n\n${lastLine}`)
  })

  test('leads where releases are published', () => {
    expect(text).toContain(`\nrepository=${project.homepage}\n`)
    expect(project.downloads).toBe(`${project.homepage}/releases/download`)
    expect(text).toContain(`\nprogram=${project.name}\n`)
  })

  test('never asks for more rights', () => {
    const code = text.replaceAll(/^\s*#.*$/gm, '')
    expect(code).not.toMatch(/\bsudo [^i]|\bsu -|\bdoas\b|\bpkexec\b/)
  })

  test('prints no help that is wider than a terminal', async () => {
    if (onWindows) return
    const { code, out, err } = await home().run({ args: ['--help'] })
    expect([code, err, out.split('\n').filter((line) => line.length > 80)]).toEqual([0, '', []])
  })

  test.skipIf(Bun.which('shellcheck') === null)('is clean for shellcheck', () => {
    const { stdout } = Bun.spawnSync(['shellcheck', installer])
    expect(stdout.toString()).toBe('')
  })
})
