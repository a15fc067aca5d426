import type { Json } from '../../base/json.ts'
import type { CheckContext } from './check-context.ts'
import type { ToolCall } from './tool-calls.ts'

/**
 * Calls that Claude Code runs in auto mode without a verdict, so that no verdict is necessary. Their result is
 * `skipped`, which is not a permission: if the client requires a verdict after all, it refuses the call.
 */

/** Tools that change nothing, or ask the user. */
const quietTools: ReadonlySet<string> = new Set([
  'AskUserQuestion',
  'CronList',
  'EnterPlanMode',
  'ExitPlanMode',
  'ListAgents',
  'ReportFindings',
  'TaskCreate',
  'TaskGet',
  'TaskList',
  'TaskUpdate',
  'TodoWrite',
  'ToolSearch',
])

const readingTools: ReadonlySet<string> = new Set(['Glob', 'Grep', 'Read'])

/** Tools that change one file, and the input member with its path. */
const editingTools: ReadonlyMap<string, string> = new Map([
  ['Edit', 'file_path'],
  ['MultiEdit', 'file_path'],
  ['Write', 'file_path'],
  ['NotebookEdit', 'notebook_path'],
])

const segmentsOf = (path: string): string[] => path.split(/[\\/]/)

/** Files and folders that begin with a dot configure git, editors, shells and the client itself. */
const isPlainFile = (segments: readonly string[]): boolean =>
  segments.length > 0 && segments.every((segment) => segment !== '' && !segment.startsWith('.'))

const isPlainFileIn = (folders: readonly string[], path: unknown): boolean => {
  if (typeof path !== 'string') return false
  const segments = segmentsOf(path)
  return folders.some((folder) => {
    const root = segmentsOf(folder)
    return root.every((segment, index) => segment === segments[index]) && isPlainFile(segments.slice(root.length))
  })
}

const isHarmlessEdit = (name: string, input: Json, { workFolders, isRestricted }: CheckContext): boolean => {
  const member = editingTools.get(name)
  return member !== undefined && !isRestricted && isPlainFileIn(workFolders, input[member])
}

export const isHarmless = ({ name, input, isCut }: ToolCall, context: CheckContext): boolean => {
  if (input === undefined || isCut) return false
  if (quietTools.has(name)) return true
  if (readingTools.has(name)) return !context.blocksOutsideReads
  return isHarmlessEdit(name, input, context)
}
