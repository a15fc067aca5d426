import { describe, expect, test } from 'bun:test'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { copy } from '../../../src/cli/system/clipboard.ts'
import type { Io } from '../../../src/cli/terminal/io.ts'
import { cli, temporaryFolder, testIo } from '../../support/cli.ts'

describe('env', () => {
  test('needs no key, and prints only the environment', async () => {
    const { code, out, err } = await cli(['env', '--shell', 'json', '--port', '5000', '--model', 'opus[1m]'])
    expect([code, err]).toEqual([0, ''])
    expect(JSON.parse(out)).toMatchObject({
      ANTHROPIC_BASE_URL: 'http://127.0.0.1:5000',
      ANTHROPIC_AUTH_TOKEN: 'dummy',
      ANTHROPIC_MODEL: 'claude-opus-4-6[1m]',
      ANTHROPIC_API_KEY: '',
    })
  })

  test('prints the client token, never the key', async () => {
    const { out } = await cli(['env', '--shell', 'bash'], { NEXUS_API_KEY: 'canary-key', NEXUS_CLIENT_TOKEN: 'tok' })
    expect(out).toContain("export ANTHROPIC_AUTH_TOKEN='tok'\n")
    expect(out).not.toContain('canary')
  })

  test.each([
    [['env', '--shell', 'tcsh'], '--shell must be one of bash, zsh, fish, sh, powershell, pwsh, cmd, json, dotenv.'],
    [['env', '--port', '0'], 'Give the port that it printed: --port.'],
    [['env', '--simulate'], 'Unknown flag --simulate.'],
  ])('%p', async (args, words) => {
    expect(await cli(args)).toEqual({ code: 2, out: '', err: expect.stringContaining(words) as never })
  })
})

/** A clipboard program that writes the text to a file. */
const clipboard = (name: string, end = 'exit 0'): { folder: string; held: () => Promise<string> } => {
  const folder = temporaryFolder()
  const file = join(folder, 'held')
  writeFileSync(join(folder, name), `#!/bin/sh\necho "$@" > ${file}.args\ncat > ${file}\n${end}\n`)
  chmodSync(join(folder, name), 0o755)
  return { folder, held: () => Bun.file(file).text() }
}

const ioWith = (environment: Record<string, string>, platform = 'linux', isTerminal = false) => {
  const said: string[] = []
  const io: Io = { ...testIo({ environment, platform }), isTerminal, err: (text) => void said.push(text) }
  return { io, said }
}

describe('the clipboard', () => {
  const system = '/usr/bin:/bin'

  test.each([
    ['xclip', { DISPLAY: ':0' }, 'linux'],
    ['xsel', { DISPLAY: ':0' }, 'linux'],
    ['wl-copy', { WAYLAND_DISPLAY: 'wayland-0', DISPLAY: ':0' }, 'linux'],
    ['pbcopy', {}, 'darwin'],
  ] as const)('by %s', async (name, environment, platform) => {
    const { folder, held } = clipboard(name)
    const { io } = ioWith({ ...environment, PATH: `${folder}:${system}` }, platform)
    expect(await copy("it's a line", io)).toEqual({ kind: 'done', program: name })
    expect(await held()).toBe("it's a line")
  })

  test('skips a program that fails', async () => {
    const { folder } = clipboard('wl-copy', 'exit 1')
    const other = clipboard('xclip')
    const environment = { WAYLAND_DISPLAY: 'x', DISPLAY: ':0', PATH: `${folder}:${other.folder}:${system}` }
    expect(await copy('a line', ioWith(environment).io)).toEqual({ kind: 'done', program: 'xclip' })
  })

  test('is that of the terminal over ssh', async () => {
    const { folder } = clipboard('xclip')
    const { io, said } = ioWith({ SSH_TTY: '/dev/pts/1', DISPLAY: ':0', PATH: folder }, 'linux', true)
    expect(await copy('äöü', io)).toEqual({ kind: 'handed-over' })
    expect(said).toEqual([`\u001b]52;c;${Buffer.from('äöü').toString('base64')}\u0007`])
  })

  test('gets no escape sequence without a terminal', async () => {
    const { io, said } = ioWith({ PATH: temporaryFolder() })
    expect([await copy('a line', io), said]).toEqual([{ kind: 'impossible' }, []])
  })

  test('gets the command of start --copy, which prints it only with --claude-code or without a clipboard', async () => {
    const { folder, held } = clipboard('xclip')
    const environment = { DISPLAY: ':0', PATH: `${folder}:${system}` }
    const quiet = await cli(['--dry-run', '--simulate', '--copy', '--shell', 'bash'], environment)
    expect([quiet.code, quiet.out]).toEqual([0, ''])
    expect(quiet.err).toContain('Copied the command that starts Claude Code (with xclip).')
    expect(await held()).toStartWith('env -u ANTHROPIC_API_KEY ')
    const both = await cli(['--dry-run', '--simulate', '--copy', '-c', '--shell', 'bash'], environment)
    expect(both.out).toBe(`${await held()}\n`)
    const none = await cli(['--dry-run', '--simulate', '--copy', '--shell', 'bash'])
    expect(none.err).toContain('warning: no clipboard is available; copy the command below by hand.')
    expect(none.out).toBe(both.out)
  })
})

describe('env for a server with named clients', () => {
  test.each(['claude', 'codex', 'opencode'])('has a place for the token of %s, and says so (OP-A2)', async (client) => {
    const args = ['env', '--shell', 'json', '--client', client]
    const named = { NEXUS_CLIENTS_FILE: '/nowhere/clients.json' }
    const { code, out, err } = await cli(args, named)
    expect(code).toBe(0)
    expect(out).toContain('YOUR-TOKEN')
    expect(err).toContain('Replace YOUR-TOKEN with your token: clients have names on this server.')
    const shared = await cli(args, { ...named, NEXUS_CLIENT_TOKEN: 'shared-token' })
    expect(shared.out).toContain('shared-token')
    expect(shared.out + shared.err).not.toContain('YOUR-TOKEN')
  })

  test('says that a server with sign-in requires a token, if the configuration has none (SI-T1)', async () => {
    const note = 'The server requires a token, because clients sign in to it.'
    expect((await cli(['env'], { NEXUS_SIGN_IN: 'true' })).err).toContain(note)
    const withToken = await cli(['env'], { NEXUS_SIGN_IN: 'true', NEXUS_CLIENT_TOKEN: 'a-client-token' })
    expect(withToken.err).not.toContain(note)
  })

  test('never prints the token of a named client (OP-A8)', async () => {
    const token = 'canary-token-of-a-named-client'
    const { out, err } = await cli(['env', '--shell', 'json'], { NEXUS_CLIENT_TOKENS: `alice:${token}` })
    expect(out).toContain('YOUR-TOKEN')
    expect(out + err).not.toContain(token)
  })
})
