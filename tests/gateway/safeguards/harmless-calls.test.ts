import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { readCheckContext } from '../../../src/gateway/safeguards/check-context.ts'
import { isHarmless } from '../../../src/gateway/safeguards/harmless-calls.ts'
import { classifierContext, workFolder } from '../../support/safeguards.ts'

/** A1: calls that Claude Code 2.1.329 and 2.1.332 run in auto mode without a verdict, tried with both. */

const harmless = (name: string, input: Record<string, unknown>, context: object = {}): boolean =>
  isHarmless({ id: 't1', name, input, isCut: false }, readCheckContext(classifierContext(context)))
const write = (file_path: unknown, context: object = {}) => harmless('Write', { file_path, content: 'x' }, context)

const trusted = (members: object) => ({
  trusted_directories: { primary: { path: workFolder, resolved: [workFolder] }, additional: [], ...members },
})

describe('A1 needs no verdict', () => {
  test.each(['Read', 'Grep', 'ToolSearch', 'TodoWrite', 'TaskUpdate', 'AskUserQuestion'])('%s', (name) => {
    expect(harmless(name, {})).toBe(true)
  })

  test.each([`${workFolder}/a.ts`, `${workFolder}/src/deep/b.py`, `${workFolder}/package.json`])(
    'a change of %s',
    (path) => {
      expect([
        write(path),
        harmless('Edit', { file_path: path }),
        harmless('NotebookEdit', { notebook_path: path }),
      ]).toEqual([true, true, true])
    },
  )

  test('a change in an additional folder, and in the target of a link', () => {
    const more = trusted({ additional: [{ path: '/link', resolved: ['/real/folder'], source: 'session' }] })
    expect([write('/link/a', more), write('/real/folder/a', more), write('/real/other/a', more)]).toEqual([
      true,
      true,
      false,
    ])
  })

  test('a change on Windows', () => {
    const root = String.raw`C:\work`
    const windows = { trusted_directories: { primary: { path: root, resolved: [root] } } }
    expect([write(`${root}\\src\\a.ts`, windows), write(String.raw`C:\other\a.ts`, windows)]).toEqual([true, false])
  })
})

describe('A1 needs a verdict', () => {
  test.each(['Bash', 'Agent', 'Task', 'WebFetch', 'WebSearch', 'Skill', 'SendMessage', 'mcp__files__Read', 'read', ''])(
    'the tool %p',
    (name) => {
      expect(harmless(name, { file_path: `${workFolder}/a.ts` })).toBe(false)
    },
  )

  test.each([
    '/etc/passwd',
    '/home/me/a.ts',
    `${workFolder}`,
    `${workFolder}/`,
    `${workFolder}2/a.ts`,
    `${workFolder}/../a.ts`,
    `${workFolder}/src/../../a.ts`,
    `${workFolder}/.git/hooks/pre-commit`,
    `${workFolder}/.claude/settings.json`,
    `${workFolder}/src/.vscode/tasks.json`,
    `${workFolder}/.bashrc`,
    'a.ts',
    '',
    undefined,
    [[`${workFolder}/a.ts`]],
  ])('a change of %p', (path) => {
    expect(write(path)).toBe(false)
  })

  test('a change if the client names no folder', () => {
    const call = { id: 't1', name: 'Write', input: { file_path: '/a' }, isCut: false }
    expect(isHarmless(call, readCheckContext({}))).toBe(false)
    expect(write('/a.ts', { trusted_directories: { primary: { path: '' } } })).toBe(false)
  })

  test('a change in a restricted session', () => {
    expect(write(`${workFolder}/a.ts`, { restricted: true })).toBe(false)
  })

  test('reading, if the user blocks it outside the folders', () => {
    const blocked = trusted({ block_reads_outside_working_directories: true })
    expect([harmless('Read', { file_path: '/etc/passwd' }, blocked), harmless('ToolSearch', {}, blocked)]).toEqual([
      false,
      true,
    ])
  })

  test('a call that cannot be read or was cut', () => {
    const context = readCheckContext(classifierContext())
    expect(isHarmless({ id: 't1', name: 'Read', input: undefined, isCut: false }, context)).toBe(false)
    expect(isHarmless({ id: 't1', name: 'Read', input: {}, isCut: true }, context)).toBe(false)
  })
})

test('A1 accepts a context of any shape, which allows no change of a file without a folder', () => {
  const members = Object.keys(classifierContext())
  const context = fc.dictionary(fc.constantFrom(...members, 'other'), fc.jsonValue(), { maxKeys: 8 })
  fc.assert(
    fc.property(context, (given) => {
      const read = readCheckContext({ ...given, trusted_directories: null })
      expect(isHarmless({ id: 't', name: 'Write', input: { file_path: '/a' }, isCut: false }, read)).toBe(false)
      JSON.stringify(readCheckContext(given).settings)
    }),
  )
})
