import { describe, expect, test } from 'bun:test'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { settings } from '../../../../src/config/settings/settings.ts'
import { cli, startCli, temporaryFolder } from '../../../support/cli.ts'

const ownFile = (folder: string): string => join(folder, '.config', 'nexus-claude-api', 'config.json')
const contents = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))
const modeOf = (path: string): number => statSync(path).mode & 0o777

/** A world with a file of one's own. */
const withFile = (value: unknown): { folder: string; path: string } => {
  const folder = temporaryFolder()
  const path = ownFile(folder)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value))
  return { folder, path }
}

describe('config set', () => {
  test('makes the file and its folder, for their owner alone', async () => {
    const folder = temporaryFolder()
    const path = ownFile(folder)
    expect(await cli(['config', 'set', 'model', 'claude-opus-4.6'], {}, folder)).toEqual({
      code: 0,
      out: '',
      err: `model is claude-opus-4.6 in ${path}.\n`,
    })
    expect(readFileSync(path, 'utf8')).toBe('{\n  "model": "claude-opus-4.6"\n}\n')
    expect([modeOf(path), modeOf(dirname(path))]).toEqual([0o600, 0o700])
    expect(readdirSync(dirname(path))).toEqual(['config.json'])
  })

  test('writes each kind as JSON has it, and as a flag would be understood', async () => {
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
    expect(contents(ownFile(folder))).toEqual({
      port: 0,
      timeout: 1.5,
      allowHttp: true,
      translation: { betas: ['one', 'two'] },
      logging: { level: 'warn' },
      endpointUrl: 'https://nexus.example/path',
      host: '::1',
    })
  })

  test('what it wrote is what start reads', async () => {
    const folder = temporaryFolder()
    await cli(['config', 'set', 'port', '5005'], {}, folder)
    expect((await cli(['--dry-run', '--simulate'], {}, folder)).err).toMatch(/port +5005 +\S*config\.json/)
  })

  test.each([
    [['prot', '1'], 'Unknown setting prot. Did you mean port?'],
    [['api-key'], 'Unknown setting api-key. Did you mean apiKey?'],
    [['port', 'x'], 'port must be a whole number from 0 to 65535.'],
    [['port', ''], 'port must be a whole number'],
    [['model', 'gpt-5'], "model 'gpt-5' is not known."],
    [['model', ''], 'model must be a text, and not an empty one.'],
    [['model'], 'config set model needs a value: nexus-claude-api config set model <model>'],
    [['allowHttp'], 'config set allowHttp <true|false>'],
    [['allowHttp', 'maybe'], 'allowHttp must be 1 or 0, true or false.'],
    [['logging.level', 'loud'], 'logging.level must be one of'],
    [['endpointUrl', 'nexus'], 'endpointUrl must be an http or https address.'],
    [['port', '1', '--store', 'file'], '--store is for secrets alone, and port is none.'],
    [['apiKey', '--store', 'cupboard'], '--store must be one of keychain, file.'],
    [['port', '1', '--dev', '--config', 'c.json'], '--dev and --config name two files.'],
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

  test.each(['{ "port": 1', '[1]'])('does not write over what it cannot read: %p', async (text) => {
    const { folder, path } = withFile(text)
    const { code, err } = await cli(['config', 'set', 'port', '2'], {}, folder)
    expect([code, err]).toEqual([2, expect.stringContaining(path) as never])
    expect(readFileSync(path, 'utf8')).toBe(text)
  })

  test('another file: --config, NEXUS_CONFIG, --dev', async () => {
    const folder = temporaryFolder()
    await cli(['config', 'set', 'port', '1', '--config', 'c.json'], {}, folder)
    await cli(['config', 'set', 'port', '2'], { NEXUS_CONFIG: join(folder, 'deep', 'd.json') }, folder)
    await cli(['config', 'set', 'port', '3', '--dev'], {}, folder)
    expect(contents(join(folder, 'c.json'))).toEqual({ port: 1 })
    expect(contents(join(folder, 'deep', 'd.json'))).toEqual({ port: 2 })
    expect(contents(join(folder, 'nexus-claude-api.local.json'))).toEqual({ port: 3 })
    expect(existsSync(ownFile(folder))).toBe(false)
  })

  test('a variable that wins over the file is told', async () => {
    const { err } = await cli(['config', 'set', 'model', 'opus'], { NEXUS_MODEL: 'haiku' })
    expect(err).toEndWith('warning: NEXUS_MODEL is set, and wins over the file.\n')
    expect((await cli(['config', 'set', 'model', 'opus'])).err).not.toContain('warning')
  })

  test('mends a file whose other settings are wrong, and says what is', async () => {
    const { folder, path } = withFile({ port: 'x', timeout: -1 })
    const { code, err } = await cli(['config', 'set', 'port', '1'], {}, folder)
    expect([code, err]).toEqual([0, expect.stringContaining(`warning: timeout in ${path} must be`) as never])
    expect(contents(path)).toEqual({ port: 1, timeout: -1 })
  })
})

describe('A10 what other programs call it', () => {
  test('config list is config show', async () => {
    const { folder } = withFile({ port: 5000 })
    expect(await cli(['config', 'list'], {}, folder)).toEqual(await cli(['config', 'show'], {}, folder))
    expect((await cli(['config', 'list', '--help'])).out).toContain('Usage: nexus-claude-api config show')
  })

  test('config set key=value, and never a secret', async () => {
    const { folder, path } = withFile({})
    expect((await cli(['config', 'set', 'endpointUrl=https://x.example/a'], {}, folder)).code).toBe(0)
    expect(contents(path)).toEqual({ endpointUrl: 'https://x.example/a' })
    const { code, err } = await cli(['config', 'set', 'apiKey=canary'], {}, folder)
    expect([code, err]).toEqual([2, expect.stringContaining('apiKey is not taken from the command line') as never])
    expect(err).not.toContain('canary')
  })
})

test('Part 3 config show has the rarely changed settings behind the others', async () => {
  const { out } = await cli(['config', 'show'])
  const [usual = '', rare = ''] = out.split('Rarely changed:\n')
  expect(usual).toMatch(/^ {2}host [\s\S]*\n {2}apiKeyCommand [\s\S]*\n {2}countTokens /)
  expect(usual).not.toMatch(/translation\.|bedrock\./)
  expect(rare).toMatch(
    /^ {2}translation\.pdf [\s\S]*\n {2}bedrock\.guardrailMode [\s\S]*Read from:\n {2}configuration file: /,
  )
  for (const { key } of settings) expect(out.match(new RegExp(`^ {2}${key} `, 'gm'))).toHaveLength(1)
})

describe('A10 config edit', () => {
  /** An editor that writes the text into the file that it is given. */
  const editor = (text: string): string => {
    const path = join(temporaryFolder(), 'my editor')
    writeFileSync(path, `#!/bin/sh\necho "$1" > "$0.args"\nprintf '%s' '${text}' > "$2"\n`, { mode: 0o700 })
    return path
  }

  test('opens the file in the editor of VISUAL or EDITOR, for its owner alone, and checks it', async () => {
    const folder = temporaryFolder()
    const path = ownFile(folder)
    const own = editor('{ "port": 5001 } // mine')
    const { code, err } = await cli(['config', 'edit'], { EDITOR: `'${own}' --wait`, VISUAL: '' }, folder)
    expect([code, err]).toEqual([0, `${path} is valid.\n`])
    expect([modeOf(path), modeOf(dirname(path))]).toEqual([0o600, 0o700])
    expect(readFileSync(`${own}.args`, 'utf8')).toBe('--wait\n')
    expect((await cli(['config', 'get', 'port'], {}, folder)).out).toBe('5001\n')
  })

  test('says where the file is broken afterwards', async () => {
    const folder = temporaryFolder()
    const { code, err } = await cli(['config', 'edit'], { VISUAL: `'${editor('{ port')}' -w` }, folder)
    expect([code, err]).toEqual([2, expect.stringContaining('config.json:1:3 is not valid JSON') as never])
  })

  test('without an editor, or with one that fails, ends with words', async () => {
    const folder = temporaryFolder()
    const none = await cli(['config', 'edit'], {}, folder)
    expect([none.code, none.err]).toEqual([
      2,
      expect.stringContaining(`Set EDITOR, or open the file yourself: ${ownFile(folder)}`) as never,
    ])
    expect(existsSync(ownFile(folder))).toBe(false)
    expect(await cli(['config', 'edit'], { EDITOR: 'false' }, folder)).toMatchObject({
      code: 1,
      err: 'The editor ended with exit code 1.\n',
    })
  })
})

describe('the file on the disk', () => {
  test('a link stays one, and what it leads to is changed', async () => {
    const { folder, path } = withFile({ port: 1 })
    const link = join(folder, 'link.json')
    symlinkSync(path, link)
    await cli(['config', 'set', 'port', '2', '--config', link], {}, folder)
    expect([lstatSync(link).isSymbolicLink(), contents(path)]).toEqual([true, { port: 2 }])
    const early = join(folder, 'early.json')
    symlinkSync('later/c.json', early)
    await cli(['config', 'set', 'port', '3', '--config', early], {}, folder)
    expect([lstatSync(early).isSymbolicLink(), contents(join(folder, 'later', 'c.json'))]).toEqual([true, { port: 3 }])
  })

  test('its mode stays while it holds no secret', async () => {
    const { folder, path } = withFile({ port: 1 })
    for (const mode of [0o644, 0o640, 0o600]) {
      chmodSync(path, mode)
      await cli(['config', 'set', 'port', String(mode)], {}, folder)
      expect(modeOf(path)).toBe(mode)
    }
  })

  test('one that holds a secret is for its owner alone after any change', async () => {
    const { folder, path } = withFile({ apiKey: 'canary' })
    chmodSync(path, 0o644)
    await cli(['config', 'set', 'port', '1'], {}, folder)
    expect(modeOf(path)).toBe(0o600)
  })

  test('a place that cannot be written to is told, with nothing left behind', async () => {
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

  test('many at once: whoever reads finds a whole file, and no change is lost', async () => {
    // So large that its writing can be watched, and that they are at it at the same time.
    const filling = 'x'.repeat(4_000_000)
    const { folder, path } = withFile({ model: 'opus', filling })
    const changes = { port: 5001, timeout: 5, maxRetries: 3, smallModel: 'haiku' }
    const programs = Object.entries(changes).map(([key, value]) =>
      startCli(['config', 'set', key, String(value), '--config', path]),
    )
    let isOver = false
    const ended = Promise.all(programs.map((program) => program.ended)).finally(() => {
      isOver = true
    })
    while (!isOver) {
      expect(contents(path)).toMatchObject({ model: 'opus' })
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect((await ended).map(({ code }) => code)).toEqual([0, 0, 0, 0])
    // Not compared as a whole: what is shown of a difference would be as large.
    const { filling: kept, ...others } = contents(path) as { filling: string }
    expect([kept === filling, others]).toEqual([true, { model: 'opus', ...changes }])
    expect(readdirSync(dirname(path))).toEqual(['config.json'])
    expect(readdirSync(folder)).toEqual(['.config'])
  }, 30_000)

  test('a lock that a crash left behind is taken over', async () => {
    const { folder, path } = withFile({ port: 1 })
    const lock = `${path}.lock`
    writeFileSync(lock, '')
    utimesSync(lock, 0, 0)
    expect((await cli(['config', 'set', 'port', '2'], {}, folder)).code).toBe(0)
    expect([contents(path), existsSync(lock)]).toEqual([{ port: 2 }, false])
  })

  test('what would not change anything waits for nobody', async () => {
    const { folder, path } = withFile({ port: 1 })
    writeFileSync(`${path}.lock`, '')
    expect((await cli(['config', 'set', 'port', '1'], {}, folder)).code).toBe(0)
  })

  test('links that lead to links stay, though nothing is at their end yet', async () => {
    const { folder } = withFile({})
    const [first, second] = [join(folder, 'a.json'), join(folder, 'b.json')]
    symlinkSync('b.json', first)
    symlinkSync('deep/c.json', second)
    await cli(['config', 'set', 'port', '3', '--config', first], {}, folder)
    expect([first, second].map((link) => lstatSync(link).isSymbolicLink())).toEqual([true, true])
    expect(contents(join(folder, 'deep', 'c.json'))).toEqual({ port: 3 })
  })

  test('links in a circle lead nowhere, and that is told', async () => {
    const folder = temporaryFolder()
    symlinkSync('b.json', join(folder, 'a.json'))
    symlinkSync('a.json', join(folder, 'b.json'))
    const { code, err } = await cli(['config', 'set', 'port', '3', '--config', 'a.json'], {}, folder)
    expect([code, err]).toEqual([2, expect.stringContaining('ELOOP') as never])
  })
})

describe('config unset', () => {
  test('takes a setting out, and says what holds now', async () => {
    const { folder, path } = withFile({ port: 5005, logging: { level: 'warn' }, mine: 1 })
    expect((await cli(['config', 'unset', 'port'], {}, folder)).err).toBe(
      `port is no longer set in ${path}.\nNow it is 4141 (default).\n`,
    )
    expect((await cli(['config', 'unset', 'logging.level'], { NEXUS_LOG_LEVEL: 'error' }, folder)).err).toEndWith(
      'Now it is error (NEXUS_LOG_LEVEL).\n',
    )
    expect(contents(path)).toEqual({ mine: 1 })
    expect((await cli(['config', 'unset', 'logging.file'], {}, folder)).err).toBe(
      `logging.file is not set in ${path}.\nThere is no other.\n`,
    )
  })
})

describe('config get', () => {
  test('the value alone on standard output', async () => {
    const { folder } = withFile({ port: 5005, translation: { betas: ['a', 'b'] } })
    expect(await cli(['config', 'get', 'port'], {}, folder)).toEqual({ code: 0, out: '5005\n', err: '' })
    expect((await cli(['config', 'get', 'translation.betas'], {}, folder)).out).toBe('a,b\n')
    expect((await cli(['config', 'get', 'max_retries'], {}, folder)).out).toBe('2\n')
    expect(await cli(['config', 'get', 'model'], { NEXUS_MODEL: 'opus' }, folder, { isTerminal: true })).toEqual({
      code: 0,
      out: 'opus\n',
      err: 'from NEXUS_MODEL\n',
    })
  })

  test('ends with 1 where there is none', async () => {
    expect(await cli(['config', 'get', 'apiKey'])).toEqual({ code: 1, out: '', err: 'apiKey is not set.\n' })
  })
})

describe('config path', () => {
  test('the path alone on standard output', async () => {
    const { folder, path } = withFile({})
    expect(await cli(['config', 'path'], {}, folder)).toEqual({ code: 0, out: `${path}\n`, err: '' })
    expect((await cli(['config', 'path', '--config', 'c.json'], {}, folder)).out).toBe(`${folder}/c.json\n`)
    expect(await cli(['config', 'path', '--dev'], {}, folder)).toEqual({
      code: 0,
      out: `${folder}/nexus-claude-api.local.json\n`,
      err: 'There is no such file yet: nexus-claude-api config set makes it.\n',
    })
  })
})

describe('config show', () => {
  test('every setting with its source, and the files that were looked for', async () => {
    const { folder, path } = withFile({ port: 5005, nonsense: 1 })
    const { code, out, err } = await cli(['config', 'show', '--dev'], { NEXUS_MODEL: 'opus' }, folder)
    expect([code, err]).toEqual([0, `warning: ${path}: unknown key nonsense.\n`])
    for (const { key } of settings) expect(out).toMatch(new RegExp(`^ {2}${key} `, 'm'))
    expect(out).toMatch(/^ {2}port +5005 +\S*config\.json$/m)
    expect(out).toMatch(/^ {2}model +opus +NEXUS_MODEL$/m)
    expect(out).toEndWith(
      `  configuration file: ${folder}/nexus-claude-api.local.json (not there)\n  configuration file: ${path}\n`,
    )
  })

  test('--json: the same for a program', async () => {
    const { folder, path } = withFile({ port: 5005, apiKey: 'canary-key-0123456789' })
    const { out, err } = await cli(['config', 'show', '--json'], {}, folder)
    const shown = JSON.parse(out)
    expect(err).toBe('')
    expect(Object.keys(shown.settings)).toEqual(settings.map(({ key }) => key))
    expect(shown).toMatchObject({
      settings: {
        port: { value: 5005, source: path },
        apiKey: { value: 'cana…(21 characters)', source: path },
        clientToken: { value: null, source: null },
      },
      files: [{ path, found: true }],
      warnings: [],
    })
  })

  test('fits into a terminal of 80 columns: a long source has a line of its own', async () => {
    const { folder } = withFile({ endpointUrl: 'https://nexus.example/a/long/path/of/some/kind', port: 1 })
    const { out } = await cli(['config', 'show'], {}, folder, { isOutTerminal: true, columns: 80 })
    const rows = out.split('\n').filter((line) => !line.includes('configuration file'))
    // A path that is longer than the terminal is not cut.
    expect(rows.filter((row) => row.length > 80 && row.trim().length < 76)).toEqual([])
    expect(out).toMatch(/^ {2}endpointUrl +https:\S+\n {4,30}\S*config\.json$/m)
    expect(out).toContain('~/.config/')
    // In a pipe a row is a line, for grep: standard error is a terminal there as well.
    const piped = (await cli(['config', 'show'], {}, folder, { isTerminal: true, columns: 80 })).out
    expect(piped).toMatch(new RegExp(`^ {2}endpointUrl +https:\\S+ +${folder}/\\S*config\\.json$`, 'm'))
    expect(piped).not.toContain('~/')
  })
})
