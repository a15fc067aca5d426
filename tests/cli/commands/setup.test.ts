import { describe, expect, test } from 'bun:test'
import { chmodSync, chownSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Prompts } from '../../../src/cli/terminal/prompts.ts'
import { startChain } from '../../support/chain.ts'
import { temporaryFolder } from '../../support/cli.ts'
import { modeOf, readJson, writeFile } from '../../support/files.ts'
import { clientTree, copiesOf, journalOf, setup, silentUrl, tree } from '../../support/setup.ts'

/** The rules of every client, with Claude Code's settings as the example. */

const rich = `{
  // Mine.
  "model": "opus",
  "env": { "KEEP": "1", "ANTHROPIC_BASE_URL": "https://other.example" },
}
`

const home = (text?: string) => {
  const folder = temporaryFolder()
  const path = join(folder, '.claude', 'settings.json')
  if (text !== undefined) writeFile(path, text)
  return { folder, path }
}

const answering = (answer: 'yes' | 'no', during = (): void => {}): Prompts => ({
  secret: async () => undefined,
  choose: async (_, options) => {
    during()
    return options.find(({ value }) => value === answer)?.value
  },
})

const dayOf = (path: string): number => statSync(path).mtimeMs

describe('setup writes nothing without a yes', () => {
  test('without a terminal and --yes, it prints the diff and ends with 2 (SU-1)', async () => {
    const { folder } = home(rich)
    const before = tree(folder)
    const { code, out, err } = await setup({ folder }, ['claude-code'])
    expect(code).toBe(2)
    expect(out).toStartWith(`--- ${folder}/.claude/settings.json\n+++ ${folder}/.claude/settings.json\n@@ -1,5 `)
    expect(err).toContain('Pass --yes.')
    expect(tree(folder)).toEqual(before)
  })

  test('at a terminal, No changes nothing and ends with 1; Yes writes (SU-1)', async () => {
    const { folder, path } = home(rich)
    const before = tree(folder)
    const declined = await setup({ folder }, ['claude-code'], { prompts: answering('no') })
    expect([declined.code, declined.err.includes('Nothing was changed.')]).toEqual([1, true])
    expect(tree(folder)).toEqual(before)
    expect((await setup({ folder }, ['claude-code'], { prompts: answering('yes') })).code).toBe(0)
    expect(readFileSync(path, 'utf8')).toContain(silentUrl)
  })

  test('--dry-run prints the diff with hidden secrets, ends with 0, and creates neither file nor folder (SU-2)', async () => {
    const { folder } = home(rich.replace('"KEEP": "1"', '"MY_API_KEY": "sk-very-secret"'))
    const before = tree(folder)
    const { code, out, err } = await setup({ folder }, ['claude-code', '--dry-run'])
    expect([code, tree(folder)]).toEqual([0, before])
    expect(out).toContain('"MY_API_KEY": "***"')
    expect(out + err).not.toContain('sk-very-secret')
    const empty = home()
    expect((await setup({ folder: empty.folder }, ['claude-code', '--dry-run'])).out).toStartWith('--- /dev/null\n')
    expect(tree(empty.folder)).toEqual({})
  })

  test('hides secrets in comments, in headers and in arguments, but no value of ours (SU-2)', async () => {
    const { folder } = home(`{
  "env": {
    "PLAIN": "shown",
    // "ANTHROPIC_AUTH_TOKEN": "hunter1",
    "headers": { "X-Custom": "hunter2" }, "args": ["--token", "hunter3", "--password=hunter4"]
  }
}
`)
    const { out } = await setup({ folder }, ['claude-code', '--dry-run'])
    expect(out).not.toContain('hunter')
    expect(out).toContain(' // "ANTHROPIC_AUTH_TOKEN": "***",')
    expect(out).toContain('+    "ANTHROPIC_BASE_URL": "http://127.0.0.1:1",')
    expect(/^\+ +"(?:ANTHROPIC|CLAUDE).*\*\*\*/m.exec(out)).toBeNull()
  })

  test('names the values of the user that it replaces (SU-6)', async () => {
    const { folder, path } = home(rich)
    const { err } = await setup({ folder }, ['claude-code', '--dry-run'])
    expect(err).toContain(`replaces: env.ANTHROPIC_BASE_URL in ${path}\n`)
  })
})

describe('setup and undo', () => {
  test.each([
    ['no file', undefined],
    ['an empty file', ''],
    ['an empty object', '{}'],
    ['comments, a trailing comma and other keys', rich],
    ['Windows line breaks and a byte order mark', `\uFEFF${rich.replaceAll('\n', '\r\n')}`],
    ['tabs', rich.replaceAll('  ', '\t')],
  ])('give back %s byte for byte (SU-10)', async (_, text) => {
    const { folder, path } = home(text)
    const before = clientTree(folder)
    expect((await setup({ folder }, ['claude-code', '--yes'])).code).toBe(0)
    expect(readFileSync(path, 'utf8')).toContain(silentUrl)
    expect((await setup({ folder }, ['claude-code', '--undo', '--yes'])).code).toBe(0)
    expect(clientTree(folder)).toEqual(before)
  })

  test('a second setup with the same values writes nothing (SU-11)', async () => {
    const { folder, path } = home(rich)
    await setup({ folder }, ['claude-code', '--yes'])
    const [before, day] = [tree(folder), dayOf(path)]
    const { code, out, err } = await setup({ folder }, ['claude-code', '--yes'])
    expect([code, out]).toEqual([0, ''])
    expect(err).toContain('Claude Code: nothing to change.')
    expect([tree(folder), dayOf(path)]).toEqual([before, day])
  })

  test('with another URL, the first value before is kept (SU-11)', async () => {
    const { folder } = home(rich)
    const before = clientTree(folder)
    await setup({ folder }, ['claude-code', '--yes'])
    await setup({ folder, environment: { NEXUS_PORT: '2' } }, ['claude-code', '--yes'])
    expect(readJson(journalOf(folder, 'claude-code'))).toMatchObject({ url: 'http://127.0.0.1:2' })
    await setup({ folder }, ['claude-code', '--undo', '--yes'])
    expect(clientTree(folder)).toEqual(before)
  })

  test('a second undo has nothing to undo and ends with 0 (SU-10)', async () => {
    const { folder } = home(rich)
    for (const args of [['--yes'], ['--undo', '--yes']]) await setup({ folder }, ['claude-code', ...args])
    const { code, err } = await setup({ folder }, ['claude-code', '--undo'])
    expect([code, err]).toEqual([0, 'Claude Code: nothing to undo.\n'])
  })

  test('--undo --dry-run shows the diff and writes nothing (SU-2)', async () => {
    const { folder } = home(rich)
    await setup({ folder }, ['claude-code', '--yes'])
    const before = tree(folder)
    const { code, out } = await setup({ folder }, ['claude-code', '--undo', '--dry-run'])
    expect([code, tree(folder)]).toEqual([0, before])
    expect(out).toContain('+  "env": { "KEEP": "1", "ANTHROPIC_BASE_URL": "https://other.example" },\n')
  })

  test('an undo keeps what was changed since, and names it (SU-10)', async () => {
    const { folder, path } = home('{\n  "model": "opus"\n}\n')
    await setup({ folder }, ['claude-code', '--yes'])
    const edited = readFileSync(path, 'utf8').replace(silentUrl, 'http://127.0.0.1:9').replace('"opus"', '"haiku"')
    writeFileSync(path, edited)
    const { code, err } = await setup({ folder }, ['claude-code', '--undo', '--yes'])
    expect(code).toBe(0)
    expect(err).toContain(`stays, because it was changed since: env.ANTHROPIC_BASE_URL in ${path}\n`)
    expect(readFileSync(path, 'utf8')).toBe(
      '{\n  "model": "haiku",\n  "env": {\n    "ANTHROPIC_BASE_URL": "http://127.0.0.1:9"\n  }\n}\n',
    )
  })

  test('the undo of a file with other changes of the user takes out only ours, with empty objects (SU-10)', async () => {
    const { folder, path } = home(rich)
    await setup({ folder }, ['claude-code', '--yes'])
    writeFileSync(path, readFileSync(path, 'utf8').replace('"opus"', '"haiku"'))
    await setup({ folder }, ['claude-code', '--undo', '--yes'])
    expect(readFileSync(path, 'utf8').replace('"haiku"', '"opus"').replaceAll(/\s/g, '')).toBe(
      rich.replaceAll(/\s/g, ''),
    )
  })

  test('the journal and the copy are for the owner only; the newest five copies stay (SU-9)', async () => {
    const { folder } = home(rich)
    for (const port of ['2', '3', '4', '5', '6', '7', '8'])
      await setup({ folder, environment: { NEXUS_PORT: port } }, ['claude-code', '--yes'])
    const copies = copiesOf(folder, 'claude-code')
    // The first one is needed for the undo.
    expect(copies.length).toBe(6)
    expect([journalOf(folder, 'claude-code'), ...copies].map(modeOf)).toEqual(Array(7).fill(0o600))
    expect(modeOf(dirname(copies[0] ?? ''))).toBe(0o700)
    expect(copies.filter((path) => readFileSync(path, 'utf8') === rich).length).toBe(1)
    expect(readJson(journalOf(folder, 'claude-code'))).toMatchObject({
      client: 'claude-code',
      version: expect.any(String),
      time: expect.any(String),
      url: 'http://127.0.0.1:8',
      files: [{ path: `${folder}/.claude/settings.json`, hash: expect.stringMatching(/^[\da-f]{64}$/) }],
    })
  })

  test('keeps the mode of the file (SU-8)', async () => {
    const { folder, path } = home(rich)
    chmodSync(path, 0o640)
    await setup({ folder }, ['claude-code', '--yes'])
    expect(modeOf(path)).toBe(0o640)
  })
})

describe('a file that setup must not change', () => {
  const fails = async (folder: string, code: number, words: string, args: readonly string[] = ['--yes']) => {
    const before = clientTree(folder)
    const result = await setup({ folder }, ['claude-code', ...args], { times: { setupLockMs: 50 } })
    expect([result.code, result.err.includes(words), result.err]).toEqual([code, true, result.err])
    expect(clientTree(folder)).toEqual(before)
  }

  test('does not parse: the line and the column (SU-5)', async () => {
    const { folder, path } = home('{\n  "env": {,}\n}\n')
    await fails(folder, 2, `${path}:2:11 is not valid JSON`)
  })

  test('has another type at a key of ours (SU-5)', async () => {
    const { folder, path } = home('{\n  "env": "text"\n}\n')
    await fails(folder, 2, `${path}:2:10: env must be an object.`)
  })

  test('is larger than 2 MB', async () => {
    const { folder } = home(`{"a": "${'x'.repeat(2 * 1024 * 1024)}"}`)
    await fails(folder, 2, 'is larger than 2 MB')
  })

  test('is a folder, or a pipe', async () => {
    const { folder, path } = home()
    mkdirSync(path, { recursive: true })
    await fails(folder, 2, 'is not a file')
    rmSync(path, { recursive: true })
    Bun.spawnSync(['mkfifo', path])
    const { code, err } = await setup({ folder }, ['claude-code', '--yes'])
    expect([code, err.includes('is not a file')]).toEqual([2, true])
  })

  test('is a link to what is not a file: the link must go, not what it leads to (SU-7)', async () => {
    const { folder, path } = home()
    mkdirSync(dirname(path))
    symlinkSync('/dev/null', path)
    await fails(folder, 2, 'settings.json leads to /dev/null, which is not a file. Remove the link.')
    rmSync(path)
    symlinkSync(path, path)
    const { code, err } = await setup({ folder }, ['claude-code', '--yes'])
    expect([code, err.includes('settings.json cannot be changed (ELOOP).')]).toEqual([2, true])
  })

  test('is not UTF-8', async () => {
    const { folder, path } = home()
    mkdirSync(dirname(path))
    writeFileSync(path, Buffer.from('{"a": "\xfc"}', 'latin1'))
    await fails(folder, 2, 'is not valid UTF-8')
  })

  test('is read-only (SU-7)', async () => {
    const { folder, path } = home(rich)
    chmodSync(path, 0o400)
    await fails(folder, 2, 'is read-only')
  })

  test('leads out of the home folder, without --yes; with it, the target is changed and the link stays (SU-7)', async () => {
    const { folder, path } = home()
    const elsewhere = writeFile(join(temporaryFolder(), 'settings.json'), rich)
    mkdirSync(dirname(path))
    symlinkSync(elsewhere, path)
    const { code, err } = await setup({ folder }, ['claude-code'], { prompts: answering('yes') })
    expect([code, err.includes('outside your home folder. Pass --yes')]).toEqual([2, true])
    expect((await setup({ folder }, ['claude-code', '--yes'])).code).toBe(0)
    expect(readFileSync(elsewhere, 'utf8')).toContain(silentUrl)
    await setup({ folder }, ['claude-code', '--undo', '--yes'])
    expect(readFileSync(elsewhere, 'utf8')).toBe(rich)
  })

  test('a link within the home folder is followed (SU-7)', async () => {
    const { folder, path } = home()
    const target = writeFile(join(folder, 'dotfiles', 'claude.json'), rich)
    mkdirSync(dirname(path))
    symlinkSync(target, path)
    expect((await setup({ folder }, ['claude-code'], { prompts: answering('yes') })).code).toBe(0)
    expect(readFileSync(target, 'utf8')).toContain(silentUrl)
  })

  test.if(process.getuid?.() === 0)('belongs to another user (SU-7)', async () => {
    const { folder, path } = home(rich)
    chownSync(path, 12_345, 12_345)
    await fails(folder, 2, 'belongs to another user')
  })

  test('HOME is not set', async () => {
    const { folder } = home(rich)
    const { code, err } = await setup({ folder, environment: { HOME: '' } }, ['claude-code', '--yes'])
    expect([code, err.includes('HOME is not set')]).toEqual([2, true])
    const relative = await setup({ folder, environment: { HOME: 'me' } }, ['claude-code', '--yes'])
    expect([relative.code, relative.err.includes('HOME is not an absolute path')]).toEqual([2, true])
  })

  test('changes while setup runs: it is read again once, then setup ends with 1 (SU-8)', async () => {
    const { folder, path } = home(rich)
    let changes = 0
    const once = answering('yes', () => {
      changes += 1
      if (changes === 1) writeFileSync(path, rich.replace('"opus"', '"haiku"'))
    })
    expect((await setup({ folder }, ['claude-code'], { prompts: once })).code).toBe(0)
    const text = readFileSync(path, 'utf8')
    expect([changes, text.includes('"haiku"'), text.includes(silentUrl)]).toEqual([2, true, true])
    await setup({ folder }, ['claude-code', '--undo', '--yes'])
    const always = answering('yes', () => {
      changes += 1
      writeFileSync(path, rich.replace('"opus"', `"${changes}"`))
    })
    const { code, err } = await setup({ folder }, ['claude-code'], { prompts: always })
    expect([code, err.includes('changed while setup was running, twice')]).toEqual([1, true])
    expect(readFileSync(path, 'utf8')).toBe(rich.replace('"opus"', `"${changes}"`))
  })

  test('is being set up by another process: setup waits, then ends with 1', async () => {
    const { folder } = home(rich)
    writeFile(`${journalOf(folder, 'claude-code')}.lock`, '')
    await fails(folder, 1, 'Another setup of claude-code is running')
  })

  test('a damaged journal: the undo ends with 1 and names the copy', async () => {
    const { folder } = home(rich)
    await setup({ folder }, ['claude-code', '--yes'])
    writeFileSync(journalOf(folder, 'claude-code'), '{"client": "claude-code"')
    const [copy = ''] = copiesOf(folder, 'claude-code')
    await fails(folder, 1, copy, ['--undo', '--yes'])
    expect(readFileSync(copy, 'utf8')).toBe(rich)
    await fails(folder, 1, 'is damaged')
  })
})

describe('the address', () => {
  test('is the literal address of this machine, without a path (SU-13)', async () => {
    const { folder, path } = home()
    await setup({ folder }, ['claude-code', '--yes'])
    expect(readJson(path)).toMatchObject({ env: { ANTHROPIC_BASE_URL: 'http://127.0.0.1:1' } })
    await setup({ folder }, ['claude-code', '--yes', '--url', 'https://127.0.0.1:1/'])
    expect(readJson(path)).toMatchObject({ env: { ANTHROPIC_BASE_URL: 'https://127.0.0.1:1' } })
  })

  test.each([
    ['http://nexus.example:4141', 'must begin with https'],
    ['https://nexus.example/v1', '--url has a path. Write only https://nexus.example'],
    ['https://me:secret@nexus.example', '--url contains a login'],
    ['nexus.example', '--url is not a URL'],
  ])('refuses %p (SU-13)', async (url, words) => {
    const { folder } = home()
    const { code, err } = await setup({ folder }, ['claude-code', '--yes', '--url', url])
    expect([code, err.includes(words), err.includes('secret')]).toEqual([2, true, false])
    expect(tree(folder)).toEqual({})
  })

  test('port 0 has no address to write', async () => {
    const { folder } = home()
    const { code, err } = await setup({ folder }, ['claude-code', '--yes', '--port', '0'])
    expect([code, err.includes('--port 0')]).toEqual([2, true])
  })

  test('without a server, it writes with a warning that names service print (SU-12)', async () => {
    const { folder } = home()
    const silent = await setup({ folder }, ['claude-code', '--yes'])
    expect([silent.code, silent.err.includes('nexus-claude-api service print')]).toEqual([0, true])
    const { port } = new URL(startChain().url)
    const answered = await setup({ folder }, ['claude-code', '--yes', '--port', port])
    expect([answered.code, answered.err.includes('warning')]).toEqual([0, false])
  })

  test('ends with what to restart and a command to check it (SU-15)', async () => {
    const { folder } = home()
    const { err } = await setup({ folder }, ['claude-code', '--yes'])
    expect(err).toEndWith(
      'Restart Claude Code: it reads its settings at the start.\nTo check it: claude -p "Say hello"\n',
    )
  })
})

describe('the command line', () => {
  test('an unknown client ends with 2, the nearest name and the list (SU-16)', async () => {
    const { folder } = home()
    const { code, err } = await setup({ folder }, ['claud-code', '--yes'])
    expect(code).toBe(2)
    expect(err).toContain('Unknown client claud-code. Did you mean claude-code? Use one of claude-code')
  })

  test('without a client, it names the list', async () => {
    const { code, err } = await setup({ folder: temporaryFolder() }, [])
    expect([code, err.includes('Use one of claude-code')]).toEqual([2, true])
  })

  test('--list with --undo is refused: the list undoes nothing', async () => {
    const { code, err } = await setup({ folder: temporaryFolder() }, ['--list', '--undo'])
    expect([code, err.includes('leave --undo out')]).toEqual([2, true])
  })

  test('--list shows each client and its state', async () => {
    const { folder, path } = home()
    const listed = async (): Promise<string | undefined> =>
      (await setup({ folder }, ['--list'])).out.split('\n').find((line) => line.startsWith('claude-code '))
    expect(await listed()).toMatch(/^claude-code +Claude Code +not set up, no settings found$/)
    await setup({ folder }, ['claude-code', '--yes'])
    expect(await listed()).toMatch(/ set up for http:\/\/127\.0\.0\.1:1$/)
    writeFileSync(path, readFileSync(path, 'utf8').replace(silentUrl, 'http://127.0.0.1:9'))
    expect(await listed()).toMatch(/ set up for http:\/\/127\.0\.0\.1:1, changed since$/)
    writeFileSync(journalOf(folder, 'claude-code'), '')
    expect(await listed()).toMatch(/ damaged journal$/)
  })
})
