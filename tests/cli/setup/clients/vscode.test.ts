import { describe, expect, test } from 'bun:test'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { startChain } from '../../../support/chain.ts'
import { afterTest } from '../../../support/cleanup.ts'
import { temporaryFolder } from '../../../support/cli.ts'
import { readJson, writeFile } from '../../../support/files.ts'
import { clientTree, journalOf, setup, silentUrl, tree } from '../../../support/setup.ts'

const settingsOf = (folder: string, editor = 'Code'): string => join(folder, '.config', editor, 'User', 'settings.json')

const text = `{
\t// My editor.
\t"editor.tabSize": 2,
\t"claudeCode.environmentVariables": [
\t\t{ "name": "MINE", "value": "1" },
\t\t{ "value": "corp.example", "name": "NO_PROXY" },
\t],
}
`

const hosts = '127.0.0.1,localhost,::1'

const isName = (name: string) => (entry: unknown) => (entry as { name: string }).name === name

const variablesIn = (path: string): readonly unknown[] => {
  const settings: Record<string, unknown> = Bun.JSONC.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
  return settings['claudeCode.environmentVariables'] as readonly unknown[]
}

describe('VS Code', () => {
  test('gets the environment in each editor that exists, merged by name, and so does Claude Code', async () => {
    const folder = temporaryFolder()
    const path = writeFile(settingsOf(folder), text)
    mkdirSync(join(folder, '.config', 'VSCodium', 'User'), { recursive: true })
    expect((await setup({ folder }, ['vscode', '--yes'])).code).toBe(0)
    const variables = variablesIn(path)
    expect(variables.slice(0, 2)).toEqual([
      { name: 'MINE', value: '1' },
      { name: 'NO_PROXY', value: `corp.example,${hosts}` },
    ])
    expect(variables.find(isName('ANTHROPIC_BASE_URL'))).toEqual({ name: 'ANTHROPIC_BASE_URL', value: silentUrl })
    expect(readJson(settingsOf(folder, 'VSCodium'))).toMatchObject({ 'claudeCode.disableLoginPrompt': true })
    expect(existsSync(settingsOf(folder, 'Cursor'))).toBe(false)
    expect(readJson(join(folder, '.claude', 'settings.json'))).toMatchObject({ env: { ANTHROPIC_BASE_URL: silentUrl } })
  })

  test('an undo gives back the files of both (SU-10)', async () => {
    const folder = temporaryFolder()
    writeFile(settingsOf(folder), text)
    const before = clientTree(folder)
    await setup({ folder }, ['vscode', '--yes'])
    expect((await setup({ folder }, ['vscode', '--undo', '--yes'])).code).toBe(0)
    expect(clientTree(folder)).toEqual(before)
  })

  test('if its own files cannot be written, the settings of Claude Code stay as they were (SU-8)', async () => {
    const folder = temporaryFolder()
    writeFile(settingsOf(folder), text)
    writeFile(journalOf(folder, 'vscode').replace(/json$/, 'copies'), 'a file instead of the folder')
    const before = clientTree(folder)
    const { code, err } = await setup({ folder }, ['vscode', '--yes'])
    expect([code, err.includes('Nothing was changed.')]).toEqual([1, true])
    expect(clientTree(folder)).toEqual(before)
    expect(existsSync(journalOf(folder, 'claude-code'))).toBe(false)
  })

  test('if one undo cannot be written, the other one does not happen either (SU-8, SU-10)', async () => {
    const folder = temporaryFolder()
    writeFile(join(folder, '.claude', 'settings.json'), '{"mine":1}')
    writeFile(settingsOf(folder), text)
    const before = clientTree(folder)
    await setup({ folder }, ['vscode', '--yes'])
    const written = tree(folder)
    const lock = `${journalOf(folder, 'vscode')}.lock`
    writeFile(lock, '')
    const failed = await setup({ folder }, ['vscode', '--undo', '--yes'], { times: { setupLockMs: 50 } })
    expect([failed.code, failed.err.includes('Another setup of vscode is running')]).toEqual([1, true])
    rmSync(lock)
    expect(tree(folder)).toEqual(written)
    expect((await setup({ folder }, ['vscode', '--undo', '--yes'])).code).toBe(0)
    expect(clientTree(folder)).toEqual(before)
  })

  test('an undo leaves entries of the user, and takes out those of ours one by one (SU-10)', async () => {
    const folder = temporaryFolder()
    const path = writeFile(settingsOf(folder), text)
    await setup({ folder }, ['vscode', '--yes'])
    writeFile(path, readFileSync(path, 'utf8').replace('"editor.tabSize": 2', '"editor.tabSize": 4'))
    await setup({ folder }, ['vscode', '--undo', '--yes'])
    expect(readFileSync(path, 'utf8').replaceAll(/\s/g, '')).toBe(text.replace('2', '4').replaceAll(/\s/g, ''))
  })

  test('a Claude Code that was set up on its own stays set up', async () => {
    const folder = temporaryFolder()
    writeFile(settingsOf(folder), text)
    await setup({ folder }, ['claude-code', '--yes'])
    await setup({ folder }, ['vscode', '--yes'])
    const { code, err } = await setup({ folder }, ['vscode', '--undo', '--yes'])
    expect([code, err.includes('Claude Code stays set up, for claude-code.')]).toEqual([0, true])
    expect(readFileSync(settingsOf(folder), 'utf8')).toBe(text)
    expect(existsSync(join(folder, '.claude', 'settings.json'))).toBe(true)
    await setup({ folder }, ['claude-code', '--undo', '--yes'])
    expect(existsSync(join(folder, '.claude'))).toBe(false)
  })

  test('names the profiles that it leaves, and says how to reload (SU-VS1, SU-VS2)', async () => {
    const folder = temporaryFolder()
    writeFile(settingsOf(folder), text)
    const profile = writeFile(join(folder, '.config', 'Code', 'User', 'profiles', 'x1', 'settings.json'), '{}')
    const { err } = await setup({ folder }, ['vscode', '--yes'])
    expect(err).toContain(profile)
    expect(err).toContain('"Developer: Reload Window"')
    expect(readFileSync(profile, 'utf8')).toBe('{}')
  })

  test('with a client token, the editor has none: Claude Code runs our command (SU-3)', async () => {
    const folder = temporaryFolder()
    const path = writeFile(settingsOf(folder), text)
    await setup({ folder, environment: { NEXUS_CLIENT_TOKEN: 'my-token' } }, ['vscode', '--yes'])
    expect(variablesIn(path).some(isName('ANTHROPIC_AUTH_TOKEN'))).toBe(false)
    expect(JSON.stringify(clientTree(folder))).not.toContain('my-token')
  })

  test('with sign-in, only Claude Code is set up', async () => {
    const { url } = startChain()
    const server = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      fetch: ({ url: at }) => (at.endsWith('/health') ? fetch(`${url}/health`) : Response.json({})),
    })
    afterTest(() => server.stop(true))
    const folder = temporaryFolder()
    const path = writeFile(settingsOf(folder), text)
    const environment = { NEXUS_PORT: String(server.port) }
    await setup({ folder, environment }, ['vscode', '--yes'])
    expect((await setup({ folder, environment }, ['vscode', '--yes', '--sign-in'])).code).toBe(0)
    expect(readFileSync(path, 'utf8')).toBe(text)
    expect(readJson(join(folder, '.claude', 'settings.json'))).toMatchObject({ forceLoginMethod: 'gateway' })
  })

  test('uses the folder of a remote machine', async () => {
    const folder = temporaryFolder()
    const machine = join(folder, '.vscode-server', 'data', 'Machine')
    mkdirSync(machine, { recursive: true })
    await setup({ folder }, ['vscode', '--yes'])
    expect(readJson(join(machine, 'settings.json'))).toMatchObject({ 'claudeCode.disableLoginPrompt': true })
  })

  test('without an editor, it names the folders', async () => {
    const folder = temporaryFolder()
    const { code, err } = await setup({ folder }, ['vscode', '--yes'])
    expect([code, err.includes(join(folder, '.config')), clientTree(folder)]).toEqual([2, true, {}])
  })
})
