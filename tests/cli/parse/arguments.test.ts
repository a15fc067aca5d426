import { describe, expect, test } from 'bun:test'
import { parseArgs } from 'citty'
import { UsageError } from '../../../src/base/usage-error.ts'
import { parseArguments } from '../../../src/cli/parse/arguments.ts'

const args = {
  port: { type: 'string', alias: 'p', valueHint: 'port' },
  'dry-run': { type: 'boolean' },
  key: { type: 'positional' },
  value: { type: 'positional', required: false },
} as const
const command = { name: 'try', args }

describe('the strict check refuses what citty accepts silently', () => {
  test.each([
    ['an unknown flag', ['a', '--prot=1'], 'Unknown flag --prot. Did you mean --port?'],
    ['a negated switch', ['a', '--no-dry-run'], 'Unknown flag --no-dry-run'],
    ['a missing value', ['a', '--port'], '--port needs a value'],
    ['the second spelling of a name', ['a', '--dryRun'], 'Unknown flag --dryRun'],
    ['too many arguments', ['a', 'b', 'c'], 'try takes at most <key> [value]'],
  ])('%s', (_fault, rawArgs, sentence) => {
    expect(() => parseArgs([...rawArgs], args)).not.toThrow()
    expect(() => parseArguments(command, rawArgs)).toThrow(UsageError)
    expect(() => parseArguments(command, rawArgs)).toThrow(sentence)
  })
})

test('flags and arguments have only their own names, in any order', () => {
  expect(parseArguments(command, ['-p', '1', 'a', '--dry-run', '--', '-2'])).toEqual({
    flags: { port: '1', 'dry-run': true },
    positionals: { key: 'a', value: '-2' },
    rest: [],
  })
})

test('a flag whose name begins with no- is not the opposite of another one', () => {
  const withNo = { name: 'try', args: { 'no-browser': { type: 'boolean' }, manual: { type: 'boolean' } } as const }
  expect(parseArguments(withNo, ['--no-browser']).flags).toEqual({ 'no-browser': true })
  expect(parseArguments(withNo, ['--manual']).flags).toEqual({ manual: true })
})
