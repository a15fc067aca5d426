import { describe, expect, test } from 'bun:test'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { project } from '../release/project.ts'
import {
  contentOf,
  createInstallContext,
  lastLine,
  leftIn,
  linux,
  onWindows,
  program,
  text,
} from './install-context.ts'
import { fakeProgram } from './release-server.ts'
import { installer } from './sandbox.ts'

/** install.sh with a release server on loopback. Needs no build. */

const { archiveNow, home, mirror, server } = createInstallContext()

describe.skipIf(onWindows)('install.sh', () => {
  test('installs the latest version into ~/.local/bin, and prints the next step', async () => {
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
        `Downloading nexus-claude-api 1.2.0 for ${/1\.2\.0-(.*)\.tar/.exec(archiveNow())?.[1]} ...`,
        'nexus-claude-api 1.2.0 is installed: ~/.local/bin/nexus-claude-api',
        '~/.local/bin is not on your PATH.',
        'Add this line to ~/.zshrc, and open a new terminal:',
        '  export PATH="$HOME/.local/bin:$PATH"',
        "Then, in your project's folder:",
        '  nexus-claude-api claude',
      ].join('\n')}\n`,
    })
    expect(person.listed()).toEqual([program])
    expect(server().requestedPaths).toEqual(['latest/SHA256SUMS', archiveNow()])
    const ran = Bun.spawnSync([join(person.home, program), '--version'])
    expect(ran.stdout.toString()).toStartWith('nexus-claude-api 1.2.0 ')
  })

  test.each([['1.0.0'], ['v1.0.0']])('installs the requested version: %s', async (version) => {
    const person = home()
    const { code } = await person.run({ args: [...mirror(), '--version', version], fakes: linux })
    expect([code, contentOf(person)]).toEqual([0, fakeProgram('1.0.0')])
    expect(server().requestedPaths[0]).toBe('v1.0.0/SHA256SUMS')
  })

  test('replaces an older version', async () => {
    const person = home()
    await person.run({ args: [...mirror(), '--version', '1.0.0'], fakes: linux })
    const { code } = await person.run({
      args: [],
      fakes: linux,
      environment: { NEXUS_CLAUDE_API_MIRROR: server().url },
    })
    expect([code, contentOf(person), person.listed()]).toEqual([0, fakeProgram('1.2.0'), [program]])
  })

  test('installs completions if the shell has a folder for them', async () => {
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
        '.zfunc/_nexus-claude-api',
      ],
    ])
  })

  test('leaves only the installed files', async () => {
    const person = home()
    await person.run({ args: mirror(), fakes: linux })
    expect(leftIn(person)).toEqual([])
  })

  test('supports folders with blanks, and quotes them for the shell', async () => {
    const person = home('a home')
    const { code, err } = await person.run({
      args: [...mirror(), '--to', join(person.home, 'my $programs')],
      fakes: linux,
      environment: { SHELL: '/usr/bin/fish' },
    })
    expect([code, person.listed()]).toEqual([0, ['my $programs/nexus-claude-api']])
    expect(err).toContain('\n  fish_add_path "$HOME/my \\$programs"\n')
  })

  test('expands ~ after --to=, which shells do not', async () => {
    const person = home()
    const { code } = await person.run({ args: [...mirror(), '--to=~/own tools'], fakes: linux })
    expect([code, person.listed()]).toEqual([0, ['own tools/nexus-claude-api']])
  })

  test('prints no hint if PATH is right, and names another program that comes first', async () => {
    const person = home()
    for (const end of ['', '/']) {
      const path = [join(person.home, '.local/bin') + end]
      const first = await person.run({ args: mirror(), fakes: linux, path })
      expect(first.err).not.toContain('PATH')
    }
    const elsewhere = join(person.home, 'other')
    mkdirSync(elsewhere)
    writeFileSync(join(elsewhere, 'nexus-claude-api'), fakeProgram('0.1.0'), { mode: 0o755 })
    const path = [elsewhere, join(person.home, '.local/bin')]
    const second = await person.run({ args: mirror(), fakes: linux, path })
    expect(second.err).toContain('another nexus-claude-api comes first on your PATH: ~/other/nexus-claude-api\n')
  })

  test('changes nothing with --dry-run', async () => {
    const person = home()
    const { code, err } = await person.run({ args: [...mirror(), '--dry-run'], fakes: linux })
    expect([code, person.listed(), server().requestedPaths]).toEqual([0, [], ['latest/SHA256SUMS']])
    expect(err).toContain('would be installed: ~/.local/bin/nexus-claude-api')
  })
})

describe.skipIf(onWindows)('install.sh --uninstall', () => {
  test("removes the installed files, and keeps the configuration and other programs' files", async () => {
    const person = home()
    for (const path of ['.local/share', '.config/fish', '.config/nexus-claude-api', '.zfunc'])
      mkdirSync(join(person.home, path), { recursive: true })
    const settings = '.config/nexus-claude-api/config.json'
    writeFileSync(join(person.home, settings), '{ "apiKey": { "keychain": "apiKey" } }')
    writeFileSync(join(person.home, '.zfunc/_other'), '')
    await person.run({ args: mirror(), fakes: linux })
    const before = person.listed()
    expect(before).toHaveLength(6)

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
        'Kept your configuration: ~/.config/nexus-claude-api/config.json',
        'The keychain still has a key. To remove it:',
        "  secret-tool clear service nexus-claude-api account 'apiKey'",
      ].join('\n')}\n`,
      left: [settings, '.zfunc/_other'],
    })

    const again = await person.run({ args: ['--uninstall'], fakes: linux })
    expect([again.code, again.err.split('\n')[0]]).toEqual([0, 'There is no nexus-claude-api in ~/.local/bin.'])
  })
})

describe('the text of install.sh', () => {
  test('ends with the only line that acts', () => {
    expect(text).toEndWith(`\n}\n\n${lastLine}`)
  })

  test('has the address of the releases', () => {
    expect(text).toContain(`\nrepository=${project.homepage}\n`)
    expect(project.downloads).toBe(`${project.homepage}/releases/download`)
    expect(text).toContain(`\nprogram=${project.name}\n`)
  })

  test('never requests more rights', () => {
    const code = text.replaceAll(/^\s*#.*$/gm, '')
    expect(code).not.toMatch(/\bsudo [^i]|\bsu -|\bdoas\b|\bpkexec\b/)
  })

  test('prints help that fits a terminal', async () => {
    if (onWindows) return
    const { code, out, err } = await home().run({ args: ['--help'] })
    expect([code, err, out.split('\n').filter((line) => line.length > 80)]).toEqual([0, '', []])
  })

  test.skipIf(Bun.which('shellcheck') === null)('passes shellcheck', () => {
    const { stdout } = Bun.spawnSync(['shellcheck', installer])
    expect(stdout.toString()).toBe('')
  })
})
