import type { Json } from '../../base/json.ts'
import type { Path } from '../../base/path.ts'
import type { Notes } from '../../messages/notes.ts'
import type { CustomTool } from '../../wire/anthropic/request.ts'
import type { ToolIdentity } from '../openai-entrance/answer-plan.ts'
import { objectAt, textAt } from '../openai-entrance/members.ts'
import { toInputSchema } from '../openai-entrance/tool-schema.ts'

/** Tools that OpenAI defines and the client runs: to the model they are functions (OE-R24, OE-R25). */

export type HostedKind = Exclude<ToolIdentity['kind'], 'function' | 'custom'>

type Definition = Pick<CustomTool, 'input_schema'> & { readonly description: string }

const text = (description: string): Json => ({ type: 'string', description })
const texts = (description: string): Json => ({ type: 'array', items: { type: 'string' }, description })
const milliseconds = { type: 'integer', description: 'Milliseconds before a command is stopped.' }

const localShell: Definition = {
  description: "Runs a program on the user's computer and returns its output.",
  input_schema: {
    type: 'object',
    properties: {
      command: texts('The program and its arguments.'),
      working_directory: text('The folder in which the program runs.'),
      timeout_ms: milliseconds,
    },
    required: ['command'],
  },
}

const shell: Definition = {
  description: "Runs shell commands on the user's computer and returns the output and the exit code of each.",
  input_schema: {
    type: 'object',
    properties: { commands: texts('The commands, each one a line for the shell.'), timeout_ms: milliseconds },
    required: ['commands'],
  },
}

const applyPatch: Definition = {
  description: 'Creates, changes or deletes one file.',
  input_schema: {
    type: 'object',
    properties: {
      operation: {
        type: 'object',
        properties: {
          type: { type: 'string', enum: ['create_file', 'update_file', 'delete_file'] },
          path: text('The path of the file.'),
          diff: text(
            'For create_file: the new file, each line after a "+". For update_file: sections that begin with a line ' +
              '"@@", with unchanged lines after a space, removed lines after a "-", and added lines after a "+".',
          ),
        },
        required: ['type', 'path'],
      },
    },
    required: ['operation'],
  },
}

const toolSearch: Definition = {
  description: 'Searches for tools. The tools that it finds can be called afterwards.',
  input_schema: {
    type: 'object',
    properties: { query: text('Words that describe the tool.') },
    required: ['query'],
  },
}

const definitions: Readonly<Record<HostedKind, Definition>> = {
  local_shell: localShell,
  shell,
  apply_patch: applyPatch,
  tool_search: toolSearch,
}

export const isHostedKind = (type: unknown): type is HostedKind =>
  typeof type === 'string' && Object.hasOwn(definitions, type)

/** The function for a tool of this kind. The client brings its own schema of a tool search. */
export const toHostedTool = (
  kind: HostedKind,
  name: string,
  definition: Json,
  path: Path,
  notes: Notes,
): CustomTool => {
  const { description, input_schema: schema } = definitions[kind]
  if (kind !== 'tool_search') return { name, description, input_schema: schema }
  const parameters = objectAt(definition, 'parameters', path) ?? schema
  return {
    name,
    description: textAt(definition, 'description', path) ?? description,
    input_schema: toInputSchema(parameters, [...path, 'parameters'], notes),
  }
}
