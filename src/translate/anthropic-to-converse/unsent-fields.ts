import { invalidRequest } from '../../base/errors.ts'
import type { Path } from '../../base/path.ts'
import type { ContentBlock, ToolResultContent } from '../../wire/anthropic/content.ts'
import { isCustomTool, type MessagesRequest } from '../../wire/anthropic/request.ts'
import type { Notes } from '../notes.ts'

import { toCustomTool } from './typed-tools.ts'

/**
 * The members of a request that go nowhere. Each is either accounted for with a note or, where
 * leaving it out would change what was asked, refused.
 */

const translatedFields: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'system',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'output_format',
  'cache_control',
  'max_tokens',
  'stream',
  'temperature',
  'top_p',
  'top_k',
  'stop_sequences',
  'betas',
  // Said of where their beta flag decides, in additional-fields.ts.
  'context_management',
  'safeguards',
])

/** Not expressible in Converse, and not to be left out in silence either. */
const refusedFields: readonly string[] = ['container', 'mcp_servers', 'skills']

const translatedOutputConfig: ReadonlySet<string> = new Set(['effort', 'format'])
const translatedMessageFields: ReadonlySet<string> = new Set(['role', 'content'])
const translatedToolChoice: ReadonlySet<string> = new Set(['type', 'name', 'disable_parallel_tool_use'])
/** Those that tools.ts speaks of itself, too. */
const translatedTool: ReadonlySet<string> = new Set([
  'type',
  'name',
  'description',
  'input_schema',
  'cache_control',
  'defer_loading',
  'eager_input_streaming',
  'strict',
  'input_examples',
  'allowed_callers',
])

type Block = ContentBlock | ToolResultContent

const cacheable = ['type', 'cache_control']
const translatedBlockFields: Readonly<Partial<Record<Block['type'], ReadonlySet<string>>>> = {
  text: new Set([...cacheable, 'text']),
  image: new Set([...cacheable, 'source']),
  document: new Set([...cacheable, 'source', 'title', 'context', 'citations']),
  search_result: new Set([...cacheable, 'source', 'title', 'content', 'citations']),
  thinking: new Set([...cacheable, 'thinking', 'signature']),
  redacted_thinking: new Set([...cacheable, 'data']),
  tool_use: new Set([...cacheable, 'id', 'name', 'input']),
  tool_result: new Set([...cacheable, 'tool_use_id', 'content', 'is_error']),
  tool_reference: new Set([...cacheable, 'tool_name']),
  tool_addition: new Set(['type', 'tool']),
  tool_removal: new Set(['type', 'tool']),
  compaction: new Set([...cacheable, 'content']),
  container_upload: new Set(cacheable),
  fallback: new Set(['type']),
}

/** Members that change what the model sees. */
const changing: ReadonlySet<string> = new Set(['transformations'])

const why = 'has no place in Converse'

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0)

/** One note for each kind of member, where it first stands: a long history repeats them. */
const noteBlocks = (blocks: readonly Block[], path: Path, notes: Notes, noted: Set<string>): void => {
  for (const [index, block] of blocks.entries()) {
    const known = translatedBlockFields[block.type]
    for (const name of known === undefined ? [] : Object.keys(block)) {
      if (known?.has(name) === true) continue
      const key = `${block.type}.${name}`
      if (noted.has(key)) continue
      noted.add(key)
      notes[changing.has(name) ? 'changed' : 'dropped']([...path, index, name], why)
    }
    if (block.type === 'tool_result' && Array.isArray(block.content)) {
      noteBlocks(block.content, [...path, index, 'tool_result', 'content'], notes, noted)
    }
  }
}

const noteMembers = (value: object, known: ReadonlySet<string>, path: Path, notes: Notes): void => {
  for (const name of Object.keys(value)) if (!known.has(name)) notes.dropped([...path, name], why)
}

/** One note for each member that is not sent. Throws a 400 for those that must not be left out. */
export const noteUnsentFields = (request: MessagesRequest, notes: Notes): void => {
  const members: Readonly<Record<string, unknown>> = request
  for (const name of refusedFields) {
    if (!isEmpty(members[name])) throw invalidRequest([name], 'not supported by this endpoint: remove it')
  }
  noteMembers(request, translatedFields, [], notes)
  if (request.output_config) noteMembers(request.output_config, translatedOutputConfig, ['output_config'], notes)

  if (request.tool_choice) noteMembers(request.tool_choice, translatedToolChoice, ['tool_choice'], notes)
  for (const [index, tool] of (request.tools ?? []).entries()) {
    if (isCustomTool(tool) || toCustomTool(tool)) noteMembers(tool, translatedTool, ['tools', index], notes)
  }

  const noted = new Set<string>()
  if (Array.isArray(request.system)) noteBlocks(request.system, ['system'], notes, noted)
  for (const [index, message] of request.messages.entries()) {
    noteMembers(message, translatedMessageFields, ['messages', index], notes)
    if (Array.isArray(message.content)) noteBlocks(message.content, ['messages', index, 'content'], notes, noted)
  }
}
