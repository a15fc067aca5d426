import type { CustomTool, TypedTool } from '../wire/anthropic/request.ts'

/**
 * Tools whose schema Anthropic defines and which the client runs. An upstream gets them like any other tool, with the
 * members that Anthropic documents. The descriptions are ours.
 */

type Schema = CustomTool['input_schema']

const text = (description: string): Schema => ({ type: 'string', description })
const wholeNumber = (description: string): Schema => ({ type: 'integer', description })
const lineRange: Schema = {
  type: 'array',
  items: { type: 'integer' },
  description: 'First and last line to show, counted from 1; -1 as the last line is the end of the file.',
}

const objectSchema = (properties: Readonly<Record<string, Schema>>, required: readonly string[]): Schema => ({
  type: 'object',
  properties,
  ...(required.length > 0 && { required }),
})

const bash = {
  description:
    'Runs a command in a bash shell that keeps its state between calls, and returns the output. Pass either command or restart.',
  input_schema: objectSchema(
    {
      command: text('The command to run.'),
      restart: { type: 'boolean', description: 'Restarts the shell.' },
    },
    [],
  ),
}

const editorCommands = ['view', 'create', 'str_replace', 'insert']

/** `inserted`: the member with the text of an `insert`, which was renamed in July 2025. */
const editor = (commands: readonly string[], inserted: 'new_str' | 'insert_text') => ({
  description:
    'Shows, creates and edits text files. view shows a file or lists a folder; create writes a whole file; str_replace replaces a text that occurs exactly once in the file; insert adds a text after a line.',
  input_schema: objectSchema(
    {
      command: { type: 'string', enum: commands, description: 'What to do.' },
      path: text('Absolute path of the file or folder.'),
      file_text: text('For create: the whole content of the file.'),
      old_str: text('For str_replace: the text to be replaced, exactly as it stands.'),
      new_str: text('For str_replace: the new text; omit it to delete old_str.'),
      insert_line: wholeNumber('For insert: the line behind which the text goes; 0 for the beginning.'),
      ...(inserted === 'insert_text'
        ? { insert_text: text('For insert: the text to add.') }
        : { new_str: text('For str_replace: the text that replaces old_str. For insert: the text to add.') }),
      view_range: lineRange,
    },
    ['command', 'path'],
  ),
})

const memory = {
  description:
    'Keeps notes in files under /memories that outlast this conversation. Look there before a task; write down what will be needed later.',
  input_schema: objectSchema(
    {
      command: {
        type: 'string',
        enum: ['view', 'create', 'str_replace', 'insert', 'delete', 'rename'],
        description: 'What to do.',
      },
      path: text('Path of the file or folder, for every command but rename.'),
      view_range: lineRange,
      file_text: text('For create: the whole content of the file.'),
      old_str: text('For str_replace: the text to be replaced, exactly as it stands.'),
      new_str: text('For str_replace: the new text.'),
      insert_line: wholeNumber('For insert: the line behind which the text goes; 0 for the beginning.'),
      insert_text: text('For insert: the text to add.'),
      old_path: text('For rename: the current path.'),
      new_path: text('For rename: the new path.'),
    },
    ['command'],
  ),
}

interface Known {
  readonly type: RegExp
  readonly name: string
  readonly tool: Pick<CustomTool, 'description' | 'input_schema'>
}

/** The first match for a tool's type counts. */
const known: readonly Known[] = [
  { type: /^bash_\d+$/, name: 'bash', tool: bash },
  {
    type: /^text_editor_(?:20241022|20250124)$/,
    name: 'str_replace_editor',
    tool: editor([...editorCommands, 'undo_edit'], 'new_str'),
  },
  { type: /^text_editor_20250429$/, name: 'str_replace_based_edit_tool', tool: editor(editorCommands, 'new_str') },
  { type: /^text_editor_\d+$/, name: 'str_replace_based_edit_tool', tool: editor(editorCommands, 'insert_text') },
  { type: /^memory_\d+$/, name: 'memory', tool: memory },
]

/** Adds the schema to a tool. Returns undefined for tools that Anthropic runs, and for computer use. */
export const toCustomTool = (typed: TypedTool): CustomTool | undefined => {
  const found = known.find(({ type }) => type.test(typed.type))
  if (found === undefined) return undefined
  const { type: _type, ...members } = typed
  return { ...members, name: typed.name ?? found.name, ...found.tool }
}

/** Tools that only Anthropic runs. */
const serverTool =
  /^(web_search|web_fetch|code_execution|tool_search_tool|advisor|mcp_toolset|browser_toolset|computer_toolset)(?:_(?:bm25|regex))?(?:_\d{8})?$/

/** A server tool's name for messages: `web_search_20250305` is "web search". Undefined for any other tool. */
export const serverToolName = ({ type }: TypedTool): string | undefined =>
  serverTool.exec(type)?.[1]?.replaceAll('_', ' ')

/** Computer use is sent in Anthropic's form, with the beta flag of its version. */
const computerBetas: Readonly<Record<string, string>> = {
  computer_20241022: 'computer-use-2024-10-22',
  computer_20250124: 'computer-use-2025-01-24',
  computer_20251124: 'computer-use-2025-11-24',
}

/** Returns the beta flag that a computer tool needs, or undefined for any other tool. */
export const computerBeta = ({ type }: TypedTool): string | undefined =>
  Object.hasOwn(computerBetas, type) ? computerBetas[type] : undefined
