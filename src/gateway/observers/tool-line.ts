import { isObject, type Json } from '../../base/json.ts'

/** One line for a call of a tool, with the part of its input that tells a reader most (M23). */

const count = (number: number, what: string): string => ` (${number} ${what})`

const lineRange = (offset: unknown, limit: unknown): string => {
  if (typeof limit !== 'number') return ''
  return typeof offset === 'number' ? ` (lines ${offset}-${offset + limit - 1})` : count(limit, 'lines')
}

/** What a tool does with a file, after the file's name. */
const fileDetails = new Map<string, (input: Json) => string>([
  ['Read', ({ offset, limit }) => lineRange(offset, limit)],
  ['Write', ({ content }) => (typeof content === 'string' ? count(content.split('\n').length, 'lines') : '')],
  ['Edit', (input) => (input['replace_all'] === true ? ' (all occurrences)' : '')],
  ['MultiEdit', ({ edits }) => (Array.isArray(edits) ? count(edits.length, 'edits') : '')],
  ['NotebookEdit', () => ''],
  ['NotebookRead', () => ''],
])

const shownSegments = 2

const endOfPath = (path: string): string =>
  path
    .split(/[/\\]/)
    .filter((segment) => segment !== '')
    .slice(-shownSegments)
    .join('/')

const todoStates = ['pending', 'in_progress', 'completed'] as const

const todoDetail = (todos: readonly unknown[]): string => {
  const states = todos.map((todo) => (isObject(todo) ? todo['status'] : undefined))
  const counts = todoStates.map((state) => `${states.filter((one) => one === state).length} ${state.replace('_', ' ')}`)
  return `${todos.length} todos (${counts.join(', ')})`
}

const longestJson = 100

const jsonDetail = (input: unknown): string => {
  const json = JSON.stringify(input)
  return json.length <= longestJson ? json : `${json.slice(0, longestJson)}...`
}

const detailOf = (name: string, input: unknown): string | undefined => {
  if (input === undefined) return undefined
  if (!isObject(input)) return jsonDetail(input)
  const { todos } = input
  if (name === 'TodoWrite' && Array.isArray(todos)) return todoDetail(todos)
  const path = input['file_path'] ?? input['notebook_path']
  const fileDetail = fileDetails.get(name)
  if (fileDetail === undefined || typeof path !== 'string') return jsonDetail(input)
  return endOfPath(path) + fileDetail(input)
}

/** `input` is undefined if it is not known. */
export const toToolLine = (name: string, input: unknown): string => {
  const detail = detailOf(name, input)
  return detail === undefined ? `🔧 ${name}` : `🔧 ${name} - ${detail}`
}
