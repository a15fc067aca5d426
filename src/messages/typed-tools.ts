import type { CustomTool, TypedTool } from '../wire/anthropic/request.ts'

/**
 * Tools whose schema Anthropic keeps, and which the client runs itself: an upstream is told of them as of
 * any other tool, with the members that Anthropic documents. The words are our own.
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
    'Runs a command in a bash shell that keeps its state from call to call, and answers with what it prints. Give either a command or restart.',
  input_schema: objectSchema(
    {
      command: text('The command to run.'),
      restart: { type: 'boolean', description: 'Starts the shell anew.' },
    },
    [],
  ),
}

const editorCommands = ['view', 'create', 'str_replace', 'insert']

/** `inserted`: the member that holds the text of an `insert`, which was renamed in July 2025. */
const editor = (commands: readonly string[], inserted: 'new_str' | 'insert_text') => ({
  description:
    'Shows, creates and edits text files. view shows a file or lists a folder; create writes a whole file; str_replace replaces a text that stands exactly once in the file; insert adds a text behind a line.',
  input_schema: objectSchema(
    {
      command: { type: 'string', enum: commands, description: 'What to do.' },
      path: text('Absolute path of the file or folder.'),
      file_text: text('For create: the whole content of the file.'),
      old_str: text('For str_replace: the text to be replaced, exactly as it stands.'),
      new_str: text('For str_replace: what takes its place; nothing for taking it out.'),
      insert_line: wholeNumber('For insert: the line behind which the text goes; 0 for the beginning.'),
      ...(inserted === 'insert_text'
        ? { insert_text: text('For insert: the text to add.') }
        : { new_str: text('For str_replace: what takes the place of old_str. For insert: the text to add.') }),
      view_range: lineRange,
    },
    ['command', 'path'],
  ),
})

const memory = {
  description:
    'Keeps notes in files under /memories that outlast this conversation. Look there before a task; write down what will be wanted later.',
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
      new_str: text('For str_replace: what takes its place.'),
      insert_line: wholeNumber('For insert: the line behind which the text goes; 0 for the beginning.'),
      insert_text: text('For insert: the text to add.'),
      old_path: text('For rename: the path as it is.'),
      new_path: text('For rename: the path as it shall be.'),
    },
    ['command'],
  ),
}

interface Known {
  readonly type: RegExp
  readonly name: string
  readonly tool: Pick<CustomTool, 'description' | 'input_schema'>
}

/** The first that fits a tool's type. */
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

/** The tool as one with a schema of its own; undefined for those that Anthropic runs, and for computer use. */
export const toCustomTool = (typed: TypedTool): CustomTool | undefined => {
  const found = known.find(({ type }) => type.test(typed.type))
  if (found === undefined) return undefined
  const { type: _type, ...members } = typed
  return { ...members, name: typed.name ?? found.name, ...found.tool }
}

/** Tools that Anthropic runs itself. No other upstream runs them. */
const serverTool =
  /^(web_search|web_fetch|code_execution|tool_search_tool|advisor|mcp_toolset|browser_toolset|computer_toolset)(?:_(?:bm25|regex))?(?:_\d{8})?$/

/** What such a tool is called, for people: `web_search_20250305` is "web search". Undefined for every other tool. */
export const serverToolName = ({ type }: TypedTool): string | undefined =>
  serverTool.exec(type)?.[1]?.replaceAll('_', ' ')

/** Computer use goes to the model in Anthropic's own form, with the beta flag of its version. */
const computerBetas: Readonly<Record<string, string>> = {
  computer_20241022: 'computer-use-2024-10-22',
  computer_20250124: 'computer-use-2025-01-24',
  computer_20251124: 'computer-use-2025-11-24',
}

/** The beta flag that a computer tool needs; undefined for every other tool. */
export const computerBeta = ({ type }: TypedTool): string | undefined =>
  Object.hasOwn(computerBetas, type) ? computerBetas[type] : undefined
