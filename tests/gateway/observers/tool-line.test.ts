import { expect, test } from 'bun:test'
import { toToolLine } from '../../../src/gateway/observers/tool-line.ts'

const path = '/home/me/project/src/main.ts'

test.each<[string, unknown, string]>([
  ['Read', { file_path: path }, 'src/main.ts'],
  ['Read', { file_path: path, offset: 10, limit: 20 }, 'src/main.ts (lines 10-29)'],
  ['Read', { file_path: path, limit: 20 }, 'src/main.ts (20 lines)'],
  ['Read', { file_path: path, offset: 10 }, 'src/main.ts'],
  ['Read', { file_path: 'main.ts' }, 'main.ts'],
  ['Read', { file_path: 'C:\\project\\src\\main.ts' }, 'src/main.ts'],
  ['Write', { file_path: path, content: 'a\nb\nc' }, 'src/main.ts (3 lines)'],
  ['Edit', { file_path: path, old_string: 'a', new_string: 'b' }, 'src/main.ts'],
  ['Edit', { file_path: path, replace_all: true }, 'src/main.ts (all occurrences)'],
  ['MultiEdit', { file_path: path, edits: [{}, {}] }, 'src/main.ts (2 edits)'],
  ['NotebookEdit', { notebook_path: '/a/b/c.ipynb' }, 'b/c.ipynb'],
  ['NotebookRead', { notebook_path: '/a/b/c.ipynb' }, 'b/c.ipynb'],
  ['Read', { path }, `{"path":"${path}"}`],
  [
    'TodoWrite',
    { todos: ['pending', 'completed', 'in_progress', 'completed', 'other'].map((status) => ({ status })) },
    '5 todos (1 pending, 1 in progress, 2 completed)',
  ],
  ['TodoWrite', { todos: [] }, '0 todos (0 pending, 0 in progress, 0 completed)'],
  ['Bash', { command: 'ls\npwd' }, '{"command":"ls\\npwd"}'],
  ['Bash', { command: 'a'.repeat(100) }, `{"command":"${'a'.repeat(88)}...`],
  ['constructor', { file_path: path }, `{"file_path":"${path}"}`],
  ['Bash', 'text', '"text"'],
  ['Bash', null, 'null'],
])('the line of a call of %s (AU-S3)', (name, input, detail) => {
  expect(toToolLine(name, input)).toBe(`🔧 ${name} - ${detail}`)
})

test('a call without a known input has only its name (AU-S3)', () => {
  expect(toToolLine('Bash', undefined)).toBe('🔧 Bash')
})
