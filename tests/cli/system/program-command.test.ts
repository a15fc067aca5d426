import { expect, test } from 'bun:test'
// The oracle: most of npm starts batch files with this package.
import { command as commandOracle, argument as oracle } from 'cross-spawn/lib/util/escape'
import fc from 'fast-check'
import { programCommand } from '../../../src/cli/system/program-command.ts'

const windows = { platform: 'win32', environment: { ComSpec: String.raw`C:\Windows\system32\cmd.exe` } }
const shim = String.raw`C:\Users\Me & You (home)\AppData\Roaming\npm\claude.cmd`

test('a program is started directly', () => {
  for (const path of [String.raw`C:\x\claude.exe`, '/usr/bin/claude'])
    expect(programCommand(path, ['a b', '"'], windows)).toEqual({
      command: path,
      args: ['a b', '"'],
      isVerbatim: false,
    })
  expect(programCommand('/x/claude.cmd', ['&'], { platform: 'linux', environment: {} }).isVerbatim).toBe(false)
})

test('a batch file is started by cmd, with all special characters escaped for both readings', () => {
  const { command, args, isVerbatim } = programCommand(shim, ['-p', 'say "a & calc"'], windows)
  expect([command, args.slice(0, 3), isVerbatim]).toEqual([
    String.raw`C:\Windows\system32\cmd.exe`,
    ['/d', '/s', '/c'],
    true,
  ])
  expect(args[3]).toStartWith(`"${commandOracle(shim)} `)
  expect(args[3]).not.toMatch(/[^^]&/)
})

const specialCharacter = fc.constantFrom(
  '"',
  '\\',
  '\\"',
  '%PATH%',
  '^',
  '&',
  '|',
  '<',
  '>',
  '(',
  ')',
  '!',
  ' ',
  ';',
  ',',
  '`',
)
const argument = fc
  .array(fc.oneof(specialCharacter, fc.string({ maxLength: 6 })), { maxLength: 6 })
  .map((parts) => parts.join(''))
  .filter((text) => !/[\r\n]/.test(text))
const lineFor = (text: string): string => programCommand('claude.cmd', [text], windows).args[3] ?? ''

test('arguments are quoted in the same way as by the oracle', () => {
  // Except several backslashes before a quote or the end: the oracle doubles only the last one.
  const plain = argument.filter((text) => !/\\\\(?:"|$)/.test(text))
  fc.assert(
    fc.property(plain, (text) => expect(lineFor(text)).toBe(`"claude.cmd ${oracle(text, true)}"`)),
    { seed: 20261121, numRuns: 500 },
  )
})

/** Reads like cmd: a caret escapes the next character; no special character may be unescaped. */
const readByCmd = (line: string): string => {
  expect(line.replace(/\^./g, '')).not.toMatch(/[()%!"<>&|]/)
  return line.replace(/\^(.)/g, '$1')
}

/** Parses one quoted argument like a Windows program. */
const readByProgram = (quoted: string): string =>
  quoted
    .replace(/^"(.*)"$/, '$1')
    .replace(/(\\+)(?="|$)/g, (slashes) => slashes.slice(0, Math.ceil(slashes.length / 2)))
    .replace(/\\"/g, '"')

test('an argument is unchanged after two readings by cmd and one by the program', () => {
  fc.assert(
    fc.property(argument, (text) => {
      const [, written = ''] = /^"claude\.cmd (.*)"$/.exec(lineFor(text)) ?? []
      const arrived = readByCmd(readByCmd(written))
      expect(arrived).toStartWith('"')
      expect(readByProgram(arrived)).toBe(text)
    }),
    { seed: 20261121, numRuns: 500 },
  )
})

test('a line break is refused, because it would end the command line', () => {
  expect(() => programCommand(shim, ['two\nlines'], windows)).toThrow('is a batch file')
})
