import { describe, expect, test } from 'bun:test'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
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
const after = (seconds: number): Date => new Date(now.getTime() + seconds * 1000)
const nine = (letter: string): string => `${letter.repeat(9)}\n`

describe('rotation', () => {
  test('comes before the line that would not fit, and keeps three files in all, each for its owner alone', () => {
    const { path, file, texts, warnings } = open()
    for (const letter of 'abcdefg') file.write(nine(letter), now)
    expect(texts()).toEqual([nine('g'), nine('e') + nine('f'), nine('c') + nine('d'), undefined])
    expect(['', '.1', '.2'].map((age) => statSync(path + age).mode & 0o777)).toEqual([0o600, 0o600, 0o600])
    expect(warnings).toEqual([])
  })

  test('counts bytes, not characters', () => {
    const { file, texts } = open()
    file.write('éééé\n', now)
    file.write('éééééé\n', now)
    expect(texts().slice(0, 2)).toEqual(['éééééé\n', 'éééé\n'])
  })

  test('leaves a line whole that is larger than the limit', () => {
    const { file, texts } = open()
    file.write('x'.repeat(50), now)
    file.write('y', now)
    expect(texts()).toEqual(['y', 'x'.repeat(50), undefined, undefined])
  })

  test('of a file that was too large before comes with the first line', () => {
    const path = join(temporaryFolder(), 'log')
    writeFileSync(path, 'x'.repeat(50))
    const { file, texts } = open(path)
    expect(texts()).toEqual(['x'.repeat(50), undefined, undefined, undefined])
    file.write('y', now)
    expect(texts()).toEqual(['y', 'x'.repeat(50), undefined, undefined])
  })

  test('of a link is that of the file behind it', () => {
    const folder = temporaryFolder()
    const real = join(folder, 'real')
    const path = join(folder, 'log')
    writeFileSync(real, '')
    symlinkSync(real, path)
    const { file } = open(path)
    for (const letter of 'abc') file.write(nine(letter), now)
    expect(lstatSync(path).isSymbolicLink()).toBe(true)
    expect([readFileSync(real, 'utf8'), readFileSync(`${real}.1`, 'utf8')]).toEqual([nine('c'), nine('a') + nine('b')])
  })

  test('that cannot be had is one warning, and no line is lost', () => {
    const { path, file, texts, warnings } = open()
    // Nobody, not even root, puts a file in the place of a folder.
    mkdirSync(join(`${path}.1`, 'taken'), { recursive: true })
    mkdirSync(join(`${path}.2`, 'taken'), { recursive: true })
    const letters = [...'abcdefghij']
    for (const letter of letters) file.write(nine(letter), now)
    expect(readFileSync(path, 'utf8')).toBe(letters.map(nine).join(''))
    expect(warnings).toEqual([expect.stringMatching(/^the log file cannot be rotated \(E\w+\), and goes on growing$/)])
    // What stood in the way has gone: it is tried again.
    for (const age of ['.1', '.2']) renameSync(path + age, `${path}-elsewhere${age}`)
    for (const letter of 'kl') file.write(nine(letter), now)
    expect(texts().slice(0, 2)).toEqual([nine('k') + nine('l'), letters.map(nine).join('')])
    expect(warnings.length).toBe(1)
  })
})

describe('a file that is not there any more', () => {
  test('because somebody moved it, is begun anew', () => {
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

  test('because another one of us rotated it, is followed', () => {
    const path = join(temporaryFolder(), 'log')
    const [first, second] = [open(path), open(path)]
    first.file.write(nine('a'), now)
    second.file.write(nine('b'), now)
    first.file.write(nine('c'), now)
    second.file.write(nine('d'), now)
    expect(first.texts()).toEqual([nine('c') + nine('d'), nine('a') + nine('b'), undefined, undefined])
  })
})

describe('a file that is gone and cannot be made again', () => {
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
      'a link that leads nowhere is in its place',
      (path) => {
        unlinkSync(path)
        symlinkSync(join(path, '..', 'none', 'log'), path)
      },
      (path) => unlinkSync(path),
    ],
  ])('is told of, and is there again after a while: %s', (_name, spoil, mend) => {
    const folder = join(temporaryFolder(), 'logs')
    mkdirSync(folder)
    const { path, file, warnings } = open(join(folder, 'log'))
    file.write('a\n', now)
    spoil(path)
    for (const second of [0, 5, 11, 15]) file.write('lost\n', after(second))
    const told = expect.stringMatching(
      /^the log file is gone and cannot be made again \((?:ENOENT|EISDIR)\); it is tried again$/,
    )
    expect(warnings).toEqual([told])
    mend(path)
    for (const second of [15, 22]) file.write(`${second}\n`, after(second))
    expect(readFileSync(path, 'utf8')).toBe('22\n')
    expect(warnings).toEqual([told, 'the log file is there again'])
  })

  test('because it was moved, has the lines that come meanwhile', () => {
    const { path, file } = open()
    file.write('a\n', now)
    renameSync(path, `${path}.old`)
    mkdirSync(path)
    file.write('b\n', now)
    expect(readFileSync(`${path}.old`, 'utf8')).toBe('a\nb\n')
  })
})

describe('a disk that is full', () => {
  test('for a while costs whole lines, and is told of when it begins and when it is over', () => {
    const path = join(temporaryFolder(), 'log')
    // No file of the child may grow beyond one block, of 512 bytes or of 1024: no number of whole lines.
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
      console.log(JSON.stringify({ full, mended: readFileSync(path, 'utf8'), warnings }))
    `
    const shell = 'trap "" XFSZ; ulimit -f 1; exec "$@"'
    const { stdout, stderr } = Bun.spawnSync(['sh', '-c', shell, 'sh', process.execPath, '-e', program, path])
    expect(stderr.toString()).toBe('')
    const { full, mended, warnings } = JSON.parse(stdout.toString())
    const line = (letter: string): string => `${letter.repeat(99)}\n`
    const whole = [...'abcdefghijklmno'].map(line).join('')
    expect([full.length % 100, whole.startsWith(full)]).toEqual([0, true])
    expect(mended).toBe(['a', 'y', 'z'].map(line).join(''))
    expect(warnings).toEqual([
      'the log file cannot be written (EFBIG); it is tried again',
      `the log file is written again; lines that are missing: ${15 - full.length / 100 + 1}`,
    ])
  })

  test.skipIf(!existsSync('/dev/full'))('for good is one warning', () => {
    const { file, warnings } = open('/dev/full')
    for (let second = 0; second < 60; second += 1) file.write('a\n', after(second))
    expect(warnings).toEqual(['the log file cannot be written (ENOSPC); it is tried again'])
  })

  test('has left half a line behind: the next one begins with a line of its own', () => {
    const path = join(temporaryFolder(), 'log')
    writeFileSync(path, '{"b":"half')
    const { file } = open(path, 1000)
    for (const letter of 'cd') file.write(`{"${letter}":3}\n`, now)
    expect(readFileSync(path, 'utf8')).toBe('{"b":"half\n{"c":3}\n{"d":3}\n')
  })
})

test('what is no file is written to and left as it is', () => {
  const { file, warnings } = open('/dev/null')
  const mode = statSync('/dev/null').mode
  for (let line = 0; line < 5; line += 1) file.write('x'.repeat(30), now)
  expect([warnings, statSync('/dev/null').mode, existsSync('/dev/null.1')]).toEqual([[], mode, false])
})

test('a lock that a crash has left behind is respected for a while, and then taken away', () => {
  const { path, file, texts, warnings } = open()
  writeFileSync(`${path}.lock`, '')
  for (const letter of 'abc') file.write(nine(letter), now)
  expect(texts()).toEqual([nine('a') + nine('b') + nine('c'), undefined, undefined, undefined])
  utimesSync(`${path}.lock`, 0, 0)
  for (const letter of 'de') file.write(nine(letter), now)
  expect(texts().slice(0, 2)).toEqual([nine('e'), ['a', 'b', 'c', 'd'].map(nine).join('')])
  expect([existsSync(`${path}.lock`), warnings]).toEqual([false, []])
})

test('a lock of the future is that of a clock that was set back: it does not stop rotation for good', () => {
  const { path, file, texts } = open()
  writeFileSync(`${path}.lock`, '')
  utimesSync(`${path}.lock`, after(3600), after(3600))
  for (const letter of 'abcd') file.write(nine(letter), now)
  expect(texts().slice(0, 2)).toEqual([nine('d'), ['a', 'b', 'c'].map(nine).join('')])
})

test('two processes that write to one file tear no line, and lose none that is kept', async () => {
  const path = join(temporaryFolder(), 'log')
  const lines = 400
  const program = `
    import { LogFile } from '${Bun.resolveSync('../../../src/cli/log/log-file.ts', import.meta.dir)}'
    const file = new LogFile(process.argv[1], { maximumBytes: 36_000, warn: console.error })
    for (let line = 0; line < ${lines}; line += 1) file.write(process.argv[2] + '.' + line + '.' + 'x'.repeat(100) + '\\n', new Date())
  `
  const writers = ['a', 'b'].map((name) =>
    Bun.spawn([process.execPath, '-e', program, path, name], { stdout: 'ignore', stderr: 'pipe' }),
  )
  for (const writer of writers) expect(await new Response(writer.stderr).text()).toBe('')
  const folder = join(path, '..')
  const written = readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'))
  expect(written.filter((line) => !/^[ab]\.\d+\.x{100}$/.test(line))).toEqual([])
  // Two rotations are due, and three files hold everything.
  expect(new Set(written).size).toBe(2 * lines)
  expect(written.length).toBe(2 * lines)
})
