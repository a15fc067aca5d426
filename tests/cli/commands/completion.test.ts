import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { ShellCompDirective } from '@bomb.sh/tab'
import { directive } from '../../../src/cli/commands/completion/answer.ts'
import { bashScript } from '../../../src/cli/commands/completion/bash.ts'
import { cli, entry, startCli, temporaryFolder } from '../../support/cli.ts'

describe('complete', () => {
  test('is not in a list of commands', async () => {
    for (const { out } of [await cli(['--help']), await cli(['help'])]) expect(out).not.toMatch(/^ +complete /m)
    expect((await cli(['complett'])).err).not.toContain('Did you mean complete?')
  })

  test('reads no configuration, and prints only candidates', async () => {
    const environment = { NEXUS_CONFIG: '/nowhere/config.json', NEXUS_PORT: 'x', NEXUS_MODEL: 'other' }
    const program = startCli(['complete', '--', 'start', '--log-fo'], environment)
    expect(await program.ended).toEqual({ code: 0, out: '--log-format\tWrite the log in this format\n:4\n', err: '' })
  })

  test('proposes the clients of the file for a flag and for an argument (OP-A5, OP-U1)', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'clients.json')
    for (const name of ['alice', 'bob']) await cli(['clients', 'add', name, '--clients', file], {}, folder)
    const environment = { NEXUS_CLIENTS_FILE: file }
    const given = async (...words: string[]): Promise<string> =>
      (await cli(['complete', '--', ...words], environment, folder)).out
    expect(await given('usage', '--client', '')).toBe('alice\nbob\n:4\n')
    expect(await given('usage', 'export', '--client=b')).toBe('bob\n:4\n')
    expect(await given('clients', 'rotate', 'a')).toBe('alice\n:4\n')
    // Of another command, a client is a program.
    expect(await given('env', '--client', 'c')).toBe('claude\ncodex\n:4\n')
  })

  test('uses the directives of the scripts', () => {
    const used: readonly number[] = [directive.files, directive.noFiles]
    expect(used).toEqual([
      ShellCompDirective.ShellCompDirectiveDefault,
      ShellCompDirective.ShellCompDirectiveNoFileComp,
    ])
  })
})

describe('completion', () => {
  test.each(['bash', 'zsh', 'fish', 'powershell'])(
    'prints a script for %s that calls this program by name',
    async (shell) => {
      const { code, out, err } = await startCli(['completion', shell]).ended
      expect([code, err]).toEqual([0, ''])
      expect(out).toContain('nexus-claude-api complete')
      // A login shell may not be able to read UTF-8.
      expect(out).toMatch(/^[\t\n -~]*$/)
    },
  )

  test('for PowerShell registers itself, and passes -- in quotes, because PowerShell would interpret it', async () => {
    const { out } = await startCli(['completion', 'powershell']).ended
    expect(out).toContain("Register-ArgumentCompleter -CommandName 'nexus-claude-api' -ScriptBlock ")
    expect(out).toContain("& nexus-claude-api complete '--' ")
    // Windows PowerShell 5.1 has none of these.
    expect(out).not.toMatch(/&&|\?\?|\?\.|-Parallel/)
    expect(await startCli(['completion', 'pwsh']).ended).toEqual({ code: 0, out, err: '' })
  })

  test('without an argument is for the current shell', async () => {
    // Two commands, or bash would become the program instead of starting it.
    const child = Bun.spawn(['bash', '-c', '"$0" "$1" completion; true', process.execPath, entry], {
      stdout: 'pipe',
      env: { PATH: process.env['PATH'] ?? '', SHELL: '/bin/bash' },
    })
    expect(await new Response(child.stdout).text()).toBe(bashScript)
  })

  test('for an unknown shell lists the known ones', async () => {
    expect(await cli(['completion', 'tcsh'])).toEqual({
      code: 2,
      out: '',
      err: 'error: No completion script for the shell tcsh. Use one of bash, zsh, fish, powershell.\n',
    })
  })
})
