import { describe, expect, test } from 'bun:test'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { cli, startCli, temporaryFolder } from '../../../support/cli.ts'
import { configPath, homeWithConfig, modeOf, readJson } from '../../../support/files.ts'

describe('config set', () => {
  test('refuses an object, which belongs into the file (SI-M3)', async () => {
    const folder = temporaryFolder()
    expect(await cli(['config', 'set', 'signIn.settings', '{}'], {}, folder)).toEqual({
      code: 2,
      out: '',
      err: 'error: signIn.settings must be an object; set it in a configuration file.\n',
    })
    expect(existsSync(configPath(folder))).toBe(false)
  })

  test('creates the file and its folder, with owner-only access', async () => {
    const folder = temporaryFolder()
    const path = configPath(folder)
    expect(await cli(['config', 'set', 'model', 'claude-opus-4.6'], {}, folder)).toEqual({
      code: 0,
      out: '',
      err: `model is claude-opus-4.6 in ${path}.\n`,
    })
    expect(readFileSync(path, 'utf8')).toBe('{\n  "model": "claude-opus-4.6"\n}\n')
    expect([modeOf(path), modeOf(dirname(path))]).toEqual([0o600, 0o700])
    expect(readdirSync(dirname(path))).toEqual(['config.json'])
  })

  test('writes each kind of value as JSON, and parses it like a flag', async () => {
    const folder = temporaryFolder()
    for (const [key, value] of [
      ['port', '0'],
      ['timeout', '1.5'],
      ['allow_http', 'yes'],
      ['translation.betas', 'one, two'],
      ['logging.level', 'warn'],
      ['endpointUrl', 'https://nexus.example/path/'],
      ['host', '[::1]'],
    ] as const)
      expect(await cli(['config', 'set', key, value], {}, folder)).toMatchObject({ code: 0, out: '' })
    expect(readJson(configPath(folder))).toEqual({
      port: 0,
      timeout: 1.5,
      allowHttp: true,
      translation: { betas: ['one', 'two'] },
      logging: { level: 'warn' },
      endpointUrl: 'https://nexus.example/path',
      host: '::1',
    })
  })

  test('writes a value that start reads', async () => {
    const folder = temporaryFolder()
    await cli(['config', 'set', 'port', '5005'], {}, folder)
    expect((await cli(['--dry-run', '--simulate'], {}, folder)).err).toMatch(/port +5005 +\S*config\.json/)
  })

  test.each([
    [['prot', '1'], 'Unknown setting prot. Did you mean port?'],
    [['api-key'], 'Unknown setting api-key. Did you mean apiKey?'],
    [['port', 'x'], 'port must be a whole number from 0 to 65535.'],
    [['port', ''], 'port must be a whole number'],
    [['model', 'gpt-5'], "model: unknown model 'gpt-5'."],
    [['model', ''], 'model must be a non-empty string.'],
    [['model'], 'config set model needs a value: nexus-claude-api config set model <model>'],
    [['allowHttp'], 'config set allowHttp <true|false>'],
    [['allowHttp', 'maybe'], 'allowHttp must be 1 or 0, true or false.'],
    [['logging.level', 'loud'], 'logging.level must be one of'],
    [['endpointUrl', 'nexus'], 'endpointUrl must be an http or https URL.'],
    [['port', '1', '--store', 'file'], '--store is only for secrets, and port is not a secret.'],
    [['apiKey', '--store', 'cupboard'], '--store must be one of keychain, file.'],
    [['port', '1', '--dev', '--config', 'c.json'], '--dev and --config name two different files.'],
    [[], 'config set needs <key>'],
    [['port', '-1'], 'A value that begins with - goes after --: nexus-claude-api config set <key> -- <value>'],
    [['timeout', '-0.5'], 'A value that begins with - goes after --'],
    [['port', '--', '-1'], 'port must be a whole number from 0 to 65535.'],
  ])('%p changes nothing', async (args, message) => {
    const folder = temporaryFolder()
    const { code, out, err } = await cli(['config', 'set', ...args], {}, folder)
    expect([code, out, err]).toEqual([2, '', expect.stringContaining(message) as never])
    expect(readdirSync(folder)).toEqual([])
  })

  test.each(['{ "port": 1', '[1]'])('does not overwrite a file that it cannot read: %p', async (text) => {
    const { folder, path } = homeWithConfig(text)
    const { code, err } = await cli(['config', 'set', 'port', '2'], {}, folder)
    expect([code, err]).toEqual([2, expect.stringContaining(path) as never])
    expect(readFileSync(path, 'utf8')).toBe(text)
  })

  test('changes another file with --config, NEXUS_CONFIG or --dev', async () => {
    const folder = temporaryFolder()
    await cli(['config', 'set', 'port', '1', '--config', 'c.json'], {}, folder)
    await cli(['config', 'set', 'port', '2'], { NEXUS_CONFIG: join(folder, 'deep', 'd.json') }, folder)
    await cli(['config', 'set', 'port', '3', '--dev'], {}, folder)
    expect(readJson(join(folder, 'c.json'))).toEqual({ port: 1 })
    expect(readJson(join(folder, 'deep', 'd.json'))).toEqual({ port: 2 })
    expect(readJson(join(folder, 'nexus-claude-api.local.json'))).toEqual({ port: 3 })
    expect(existsSync(configPath(folder))).toBe(false)
  })

  test('warns about a variable that takes precedence over the file', async () => {
    const { err } = await cli(['config', 'set', 'model', 'opus'], { NEXUS_MODEL: 'haiku' })
    expect(err).toEndWith('warning: NEXUS_MODEL is set and takes precedence over the file.\n')
    expect((await cli(['config', 'set', 'model', 'opus'])).err).not.toContain('warning')
  })

  test('changes a file with errors in other settings, and reports them', async () => {
    const { folder, path } = homeWithConfig({ port: 'x', timeout: -1 })
    const { code, err } = await cli(['config', 'set', 'port', '1'], {}, folder)
    expect([code, err]).toEqual([0, expect.stringContaining(`warning: timeout in ${path} (line 1) must be`) as never])
    expect(readJson(path)).toEqual({ port: 1, timeout: -1 })
  })
})

describe('A10 names of other programs', () => {
  test('config list is the same as config show', async () => {
    const { folder } = homeWithConfig({ port: 5000 })
    expect(await cli(['config', 'list'], {}, folder)).toEqual(await cli(['config', 'show'], {}, folder))
    expect((await cli(['config', 'list', '--help'])).out).toContain('Usage: nexus-claude-api config show')
  })

  test('config set accepts key=value, but not for a secret', async () => {
    const { folder, path } = homeWithConfig({})
    expect((await cli(['config', 'set', 'endpointUrl=https://x.example/a'], {}, folder)).code).toBe(0)
    expect(readJson(path)).toEqual({ endpointUrl: 'https://x.example/a' })
    const { code, err } = await cli(['config', 'set', 'apiKey=canary'], {}, folder)
    expect([code, err]).toEqual([2, expect.stringContaining('apiKey is not accepted on the command line') as never])
    expect(err).not.toContain('canary')
  })
})

describe('the file on the disk', () => {
  test('is changed through a link, which stays', async () => {
    const { folder, path } = homeWithConfig({ port: 1 })
    const link = join(folder, 'link.json')
    symlinkSync(path, link)
    await cli(['config', 'set', 'port', '2', '--config', link], {}, folder)
    expect([lstatSync(link).isSymbolicLink(), readJson(path)]).toEqual([true, { port: 2 }])
    const early = join(folder, 'early.json')
    symlinkSync('later/c.json', early)
    await cli(['config', 'set', 'port', '3', '--config', early], {}, folder)
    expect([lstatSync(early).isSymbolicLink(), readJson(join(folder, 'later', 'c.json'))]).toEqual([true, { port: 3 }])
  })

  test('keeps its mode without a secret', async () => {
    const { folder, path } = homeWithConfig({ port: 1 })
    for (const mode of [0o644, 0o640, 0o600]) {
      chmodSync(path, mode)
      await cli(['config', 'set', 'port', String(mode)], {}, folder)
      expect(modeOf(path)).toBe(mode)
    }
  })

  test('has owner-only access after any change if it contains a secret', async () => {
    const { folder, path } = homeWithConfig({ apiKey: 'canary' })
    chmodSync(path, 0o644)
    await cli(['config', 'set', 'port', '1'], {}, folder)
    expect(modeOf(path)).toBe(0o600)
  })

  test('causes an error if it cannot be written, and leaves no temporary file', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'file'), '')
    for (const path of ['file/c.json', 'file/deep/c.json']) {
      const { code, err } = await cli(['config', 'set', 'port', '1', '--config', path], {}, folder)
      expect([code, err]).toEqual([2, expect.stringContaining(`${folder}/${path} cannot be written (`) as never])
    }
    const made = join(folder, 'folder')
    mkdirSync(made)
    expect((await cli(['config', 'set', 'port', '1', '--config', made], {}, folder)).code).toBe(2)
    expect(readdirSync(folder).sort()).toEqual(['file', 'folder'])
  })

  test('is complete for every reader during concurrent changes, and loses no change', async () => {
    // Large, so that writing takes long enough and the changes overlap.
    const filling = 'x'.repeat(4_000_000)
    const { folder, path } = homeWithConfig({ model: 'opus', filling })
    const changes = { port: 5001, timeout: 5, maxRetries: 3, smallModel: 'haiku' }
    const programs = Object.entries(changes).map(([key, value]) =>
      startCli(['config', 'set', key, String(value), '--config', path]),
    )
    let isOver = false
    const ended = Promise.all(programs.map((program) => program.ended)).finally(() => {
      isOver = true
    })
    while (!isOver) {
      expect(readJson(path)).toMatchObject({ model: 'opus' })
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect((await ended).map(({ code }) => code)).toEqual([0, 0, 0, 0])
    // Compared in parts, because the test would print a difference in full.
    const { filling: kept, ...others } = readJson(path) as { filling: string }
    expect([kept === filling, others]).toEqual([true, { model: 'opus', ...changes }])
    expect(readdirSync(dirname(path))).toEqual(['config.json'])
    expect(readdirSync(folder)).toEqual(['.config'])
  }, 30_000)

  test('is changed in spite of a lock that a crash left', async () => {
    const { folder, path } = homeWithConfig({ port: 1 })
    const lock = `${path}.lock`
    writeFileSync(lock, '')
    utimesSync(lock, 0, 0)
    expect((await cli(['config', 'set', 'port', '2'], {}, folder)).code).toBe(0)
    expect([readJson(path), existsSync(lock)]).toEqual([{ port: 2 }, false])
  })

  test('is not locked for a change to the same value', async () => {
    const { folder, path } = homeWithConfig({ port: 1 })
    writeFileSync(`${path}.lock`, '')
    expect((await cli(['config', 'set', 'port', '1'], {}, folder)).code).toBe(0)
  })

  test('is created at the end of a chain of links, which stay', async () => {
    const { folder } = homeWithConfig({})
    const [first, second] = [join(folder, 'a.json'), join(folder, 'b.json')]
    symlinkSync('b.json', first)
    symlinkSync('deep/c.json', second)
    await cli(['config', 'set', 'port', '3', '--config', first], {}, folder)
    expect([first, second].map((link) => lstatSync(link).isSymbolicLink())).toEqual([true, true])
    expect(readJson(join(folder, 'deep', 'c.json'))).toEqual({ port: 3 })
  })

  test('causes an error for a loop of links', async () => {
    const folder = temporaryFolder()
    symlinkSync('b.json', join(folder, 'a.json'))
    symlinkSync('a.json', join(folder, 'b.json'))
    const { code, err } = await cli(['config', 'set', 'port', '3', '--config', 'a.json'], {}, folder)
    expect([code, err]).toEqual([2, expect.stringContaining('ELOOP') as never])
  })
})
