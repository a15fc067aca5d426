import { describe, expect, test } from 'bun:test'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { LogFile } from '../../../src/cli/log/log-file.ts'
import { temporaryFolder } from '../../support/cli.ts'

const open = (path = join(temporaryFolder(), 'log'), maximumBytes = 20) => {
  const warnings: string[] = []
  const file = new LogFile(path, { maximumBytes, warn: (sentence) => warnings.push(sentence) })
  const texts = (): (string | undefined)[] =>
    ['', '.1', '.2', '.3'].map((age) => (existsSync(path + age) ? readFileSync(path + age, 'utf8') : undefined))
  return { path, file, warnings, texts }
}
const now = new Date()
const secondsLater = (seconds: number): Date => new Date(now.getTime() + seconds * 1000)
const nineLetterLine = (letter: string): string => `${letter.repeat(9)}\n`

describe('rotation', () => {
  test('happens at the start if the file is too large, and keeps three files in total with owner-only access', () => {
    const path = join(temporaryFolder(), 'log')
    const starts = ['a', 'b', 'c', 'd'].map((letter) => {
      const opened = open(path)
      for (let line = 0; line < 3; line += 1) opened.file.write(nineLetterLine(letter), now)
      return opened
    })
    expect(open(path, 30).texts()).toEqual([
      ...['d', 'c', 'b'].map((letter) => nineLetterLine(letter).repeat(3)),
      undefined,
    ])
    expect(['', '.1', '.2'].map((age) => statSync(path + age).mode & 0o777)).toEqual([0o600, 0o600, 0o600])
    expect(starts.flatMap(({ warnings }) => warnings)).toEqual([])
  })

  test('does not happen while the server runs, or for a file of the maximum size', () => {
    const { path, file, texts } = open()
    for (const letter of 'abc') file.write(nineLetterLine(letter), now)
    open(path, 30).file.write(nineLetterLine('d'), now)
    expect(texts()).toEqual([['a', 'b', 'c', 'd'].map(nineLetterLine).join(''), undefined, undefined, undefined])
  })

  test('follows a link to its file', () => {
    const folder = temporaryFolder()
    const real = join(folder, 'real')
    const path = join(folder, 'log')
    writeFileSync(real, 'x'.repeat(50))
    symlinkSync(real, path)
    open(path).file.write('a\n', now)
    expect(lstatSync(path).isSymbolicLink()).toBe(true)
    expect([readFileSync(real, 'utf8'), readFileSync(`${real}.1`, 'utf8')]).toEqual(['a\n', 'x'.repeat(50)])
  })

  test('causes one warning if it fails, and the file is still written', () => {
    const path = join(temporaryFolder(), 'log')
    writeFileSync(path, `${'x'.repeat(50)}\n`)
    // Not even root can replace a folder with a file.
    mkdirSync(join(`${path}.1`, 'taken'), { recursive: true })
    mkdirSync(join(`${path}.2`, 'taken'), { recursive: true })
    const { file, warnings } = open(path)
    for (const letter of 'ab') file.write(nineLetterLine(letter), now)
    expect(readFileSync(path, 'utf8')).toBe(`${'x'.repeat(50)}\n${nineLetterLine('a')}${nineLetterLine('b')}`)
    expect(warnings).toEqual([expect.stringMatching(/^the log file cannot be rotated \(E\w+\) and keeps growing$/)])
  })
})

describe('a missing file', () => {
  test('is created again after it was moved', () => {
    const { path, file } = open()
    file.write('a\n', now)
    renameSync(path, `${path}.old`)
    file.write('b\n', now)
    expect([readFileSync(path, 'utf8'), readFileSync(`${path}.old`, 'utf8')]).toEqual(['b\n', 'a\n'])
    expect(statSync(path).mode & 0o777).toBe(0o600)
    unlinkSync(path)
    file.write('c\n', now)
    expect(readFileSync(path, 'utf8')).toBe('c\n')
  })

  test('is created again after another server rotated it', () => {
    const first = open()
    for (const letter of 'abc') first.file.write(nineLetterLine(letter), now)
    const second = open(first.path)
    first.file.write(nineLetterLine('d'), now)
    second.file.write(nineLetterLine('e'), now)
    expect(first.texts().slice(0, 2)).toEqual([
      nineLetterLine('d') + nineLetterLine('e'),
      ['a', 'b', 'c'].map(nineLetterLine).join(''),
    ])
  })
})

describe('a missing file that cannot be created again', () => {
  test.each<[string, (path: string) => void, (path: string) => void]>([
    [
      'its folder was deleted',
      (path) => rmSync(join(path, '..'), { recursive: true }),
      (path) => mkdirSync(join(path, '..')),
    ],
    [
      'a folder is in its place',
      (path) => {
        unlinkSync(path)
        mkdirSync(path)
      },
      (path) => rmdirSync(path),
    ],
    [
      'a broken link is in its place',
      (path) => {
        unlinkSync(path)
        symlinkSync(join(path, '..', 'none', 'log'), path)
      },
      (path) => unlinkSync(path),
    ],
  ])('is reported, and created again later: %s', (_name, spoil, repair) => {
    const folder = join(temporaryFolder(), 'logs')
    mkdirSync(folder)
    const { path, file, warnings } = open(join(folder, 'log'))
    file.write('a\n', now)
    spoil(path)
    for (const second of [0, 5, 11, 15]) file.write('lost\n', secondsLater(second))
    const failure = expect.stringMatching(
      /^the log file cannot be written \((?:ENOENT|EISDIR)\); the server tries again$/,
    )
    expect(warnings).toEqual([failure])
    repair(path)
    for (const second of [15, 22]) file.write(`${second}\n`, secondsLater(second))
    expect(readFileSync(path, 'utf8')).toBe('22\n')
    expect(warnings).toEqual([failure, 'the log file is written again; missing lines: 5'])
  })
})

describe('a full disk', () => {
  test('loses whole lines for a while, and is reported at its beginning and its end', () => {
    const path = join(temporaryFolder(), 'log')
    // Files of the child are limited to one block, 512 or 1024 bytes: not a whole number of lines.
    const program = `
      import { LogFile } from '${Bun.resolveSync('../../../src/cli/log/log-file.ts', import.meta.dir)}'
      import { readFileSync, truncateSync } from 'node:fs'
      const warnings = []
      const [, path] = process.argv
      const file = new LogFile(path, { warn: (sentence) => warnings.push(sentence) })
      const write = (letter, second) => file.write(letter.repeat(99) + '\\n', new Date(second * 1000))
      for (const letter of 'abcdefghijklmno') write(letter, 0)
      const full = readFileSync(path, 'utf8')
      truncateSync(path, 100)
      write('x', 5)
      write('y', 11)
      write('z', 12)
      console.log(JSON.stringify({ full, repaired: readFileSync(path, 'utf8'), warnings }))
    `
    const shell = 'trap "" XFSZ; ulimit -f 1; exec "$@"'
    const { stdout, stderr } = Bun.spawnSync(['sh', '-c', shell, 'sh', process.execPath, '-e', program, path])
    expect(stderr.toString()).toBe('')
    const { full, repaired, warnings } = JSON.parse(stdout.toString())
    const line = (letter: string): string => `${letter.repeat(99)}\n`
    const whole = [...'abcdefghijklmno'].map(line).join('')
    expect([full.length % 100, whole.startsWith(full)]).toEqual([0, true])
    expect(repaired).toBe(['a', 'y', 'z'].map(line).join(''))
    expect(warnings).toEqual([
      'the log file cannot be written (EFBIG); the server tries again',
      `the log file is written again; missing lines: ${15 - full.length / 100 + 1}`,
    ])
  })

  test.skipIf(!existsSync('/dev/full'))('for good is one warning', () => {
    const { file, warnings } = open('/dev/full')
    for (let second = 0; second < 60; second += 1) file.write('a\n', secondsLater(second))
    expect(warnings).toEqual(['the log file cannot be written (ENOSPC); the server tries again'])
  })

  test('may leave half a line: the next line begins on a new line', () => {
    const path = join(temporaryFolder(), 'log')
    writeFileSync(path, '{"b":"half')
    const { file } = open(path, 1000)
    for (const letter of 'cd') file.write(`{"${letter}":3}\n`, now)
    expect(readFileSync(path, 'utf8')).toBe('{"b":"half\n{"c":3}\n{"d":3}\n')
  })
})

test('a device is written to, and keeps its mode', () => {
  const { file, warnings } = open('/dev/null')
  const mode = statSync('/dev/null').mode
  for (let line = 0; line < 5; line += 1) file.write('x'.repeat(30), now)
  expect([warnings, statSync('/dev/null').mode, existsSync('/dev/null.1')]).toEqual([[], mode, false])
})

test('two processes that write to one file break no line, and lose none', async () => {
  const path = join(temporaryFolder(), 'log')
  const lines = 400
  const program = `
    import { LogFile } from '${Bun.resolveSync('../../../src/cli/log/log-file.ts', import.meta.dir)}'
    const file = new LogFile(process.argv[1], { warn: console.error })
    for (let line = 0; line < ${lines}; line += 1) file.write(process.argv[2] + '.' + line + '.' + 'x'.repeat(100) + '\\n', new Date())
  `
  const writers = ['a', 'b'].map((name) =>
    Bun.spawn([process.execPath, '-e', program, path, name], { stdout: 'ignore', stderr: 'pipe' }),
  )
  for (const writer of writers) expect(await new Response(writer.stderr).text()).toBe('')
  const written = readFileSync(path, 'utf8').trimEnd().split('\n')
  expect(written.filter((line) => !/^[ab]\.\d+\.x{100}$/.test(line))).toEqual([])
  expect([written.length, new Set(written).size]).toEqual([2 * lines, 2 * lines])
})
