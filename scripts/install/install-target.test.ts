import { describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { contentOf, createInstallContext, linux, onWindows, unixTargets, withFunctions } from './install-context.ts'
import { fakeProgram } from './release-server.ts'

/** Tests how install.sh selects the program for a machine. */

const { archiveNow, home, mirror, server, whole } = createInstallContext()

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
  ])('%s, although the shell reports an Intel Mac', async (id, sysctl) => {
    const fakes = { uname: fakeUname('Darwin', 'x86_64'), sysctl }
    const { code } = await home().run({ args: mirror(), fakes })
    expect([code, archiveNow()]).toEqual([0, `v1.2.0/nexus-claude-api-1.2.0-${id}.tar.gz`])
  })

  test.each([
    ['FreeBSD', 'amd64'],
    ['Linux', 'armv7l'],
    ['MINGW64_NT-10.0', 'x86_64'],
  ])('and lists the supported machines on %s %s', async (kernel, machine) => {
    const person = home()
    const { code, err } = await person.run({ args: mirror(), fakes: { uname: fakeUname(kernel, machine) } })
    expect([code, person.listed(), server().requestedPaths]).toEqual([2, [], []])
    expect(err).toBe(
      `${[
        `Error: There is no nexus-claude-api for this machine (${kernel} ${machine}).`,
        '  Linux and macOS on x64 and arm64 are supported. On Windows, run install.ps1 in',
        '  PowerShell. On other systems, build it from source:',
        '  https://github.com/nexus-claude-api/nexus-claude-api',
      ].join('\n')}\n`,
    )
  })

  test('and refuses 32-bit systems, also with a 64-bit kernel', async () => {
    const fakes = { uname: fakeUname('Linux', 'aarch64'), ldd: glibc, getconf: '[ "$1" = LONG_BIT ] && echo 32' }
    const { code, err } = await home().run({ args: mirror(), fakes })
    expect([code, err.split('\n')[0], server().requestedPaths]).toEqual([
      2,
      'Error: There is no nexus-claude-api for this machine (Linux aarch64, 32 bits).',
      [],
    ])
  })

  test('can select exactly the programs that are built for it', () => {
    // Compares the possible results of choose_target with the table of the release.
    const reachable = ['x64', 'arm64'].flatMap((arch) =>
      ['linux', 'linux-musl', 'darwin'].flatMap((kind) => {
        const [os, libc = ''] = kind.split('-')
        const id = [os, arch, libc].filter((part) => part !== '').join('-')
        return arch === 'x64' ? [id, `${id}-baseline`] : [id]
      }),
    )
    expect(reachable.sort()).toEqual(unixTargets.map(({ id }) => id).sort())
  })

  test('and installs no program that does not run here', async () => {
    const person = home()
    await person.run({ args: [...mirror(), '--version', '1.0.0'], fakes: linux })
    const path = 'v1.2.0/SHA256SUMS'
    for (const [name, content] of whole())
      if (name.startsWith('v1.0.0/') && name.endsWith('.gz'))
        server().files.set(name.replaceAll('1.0.0', '1.2.0'), content)
    // An archive with another version than its name.
    const sums = [...server().files].filter(([name]) => name.startsWith('v1.2.0/') && name.endsWith('.gz'))
    const lines = sums.map(([name, content]) => {
      const hash = createHash('sha256').update(content).digest('hex')
      return `${hash} *${name.slice('v1.2.0/'.length)}`
    })
    server().files.set(path, lines.join('\n'))
    const { code, err } = await person.run({ args: [...mirror(), '--version', '1.2.0'], fakes: linux })
    expect([code, contentOf(person)]).toEqual([1, fakeProgram('1.0.0')])
    expect(err).toContain('Error: The archive does not contain nexus-claude-api.')
  })
})
