import { invalidRequest } from '../base/errors.ts'
import { isObject, type Json } from '../base/json.ts'
import { isLoggableMember } from '../base/loggable-name.ts'
import type { Path } from '../base/path.ts'
import type { ContentBlock, ToolResultContent } from '../wire/anthropic/content.ts'
import { type InputMessage, isCustomTool, type MessagesRequest, type Tool } from '../wire/anthropic/request.ts'
import type { Notes } from './notes.ts'
import { toCustomTool } from './typed-tools.ts'

/**
 * The members of a request that are not sent. Each gets a note, or is refused if leaving it out would change the
 * request's meaning.
 */

const translatedFields: readonly string[] = [
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
]

/** Only Anthropic's API supports them, and they must not be dropped silently. */
const refusedFields: readonly string[] = ['container', 'mcp_servers', 'skills']

const translatedOutputConfig: readonly string[] = ['effort', 'format']
const translatedMessageFields: readonly string[] = ['role', 'content']
const translatedToolChoice: readonly string[] = ['type', 'name', 'disable_parallel_tool_use']
/** For those that are not sent, the translation of tools writes the note. */
const translatedTool: readonly string[] = [
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
]

const why = 'not supported by the upstream'

type Block = ContentBlock | ToolResultContent

const cacheable = ['type', 'cache_control']
const translatedBlockFields: Readonly<Partial<Record<Block['type'], readonly string[]>>> = {
  text: [...cacheable, 'text'],
  image: [...cacheable, 'source'],
  document: [...cacheable, 'source', 'title', 'context', 'citations'],
  search_result: [...cacheable, 'source', 'title', 'content', 'citations'],
  thinking: [...cacheable, 'thinking', 'signature'],
  redacted_thinking: [...cacheable, 'data'],
  tool_use: [...cacheable, 'id', 'name', 'input'],
  tool_result: [...cacheable, 'tool_use_id', 'content', 'is_error'],
  tool_reference: [...cacheable, 'tool_name'],
  tool_addition: ['type', 'tool'],
  tool_removal: ['type', 'tool'],
  compaction: [...cacheable, 'content'],
  container_upload: cacheable,
  fallback: ['type'],
}

/** Members that change what the model sees. */
const changing: readonly string[] = ['transformations']

/** Whether a member requests nothing: no value, an empty list, or an object of such members (`{"skills": []}`). */
const isEmpty = (value: unknown): boolean => {
  if (value === undefined || value === null) return true
  if (Array.isArray(value)) return value.length === 0
  return isObject(value) && Object.values(value).every(isEmpty)
}

/** Whether a member has the default value of a response's block: clients send these back. */
const isUnset = (name: string, value: unknown): boolean =>
  value === null || (name === 'caller' && isObject(value) && value['type'] === 'direct')

/** Clients can send any name: one that does not look like a member name is not repeated. */
const loggablePath = (path: Path, name: string): Path => [...path, isLoggableMember(name) ? name : '(unprintable name)']

const isUnsent = (block: Block, known: readonly string[], name: string): boolean =>
  !known.includes(name) && !isUnset(name, (block as Json)[name])

/** Most blocks have only members that are sent, so this check builds no paths. */
const holdUnsent = (blocks: readonly Block[]): boolean => {
  for (const block of blocks) {
    const known = translatedBlockFields[block.type]
    if (known === undefined) continue
    for (const name in block) if (isUnsent(block, known, name)) return true
    if (block.type === 'tool_result' && Array.isArray(block.content) && holdUnsent(block.content)) return true
  }
  return false
}

/** One note for each kind of member, at its first occurrence: a long history repeats them. */
const noteBlocks = (blocks: readonly Block[], path: Path, notes: Notes, noted: Set<string>): void => {
  let index = -1
  for (const block of blocks) {
    index += 1
    const known = translatedBlockFields[block.type]
    if (known === undefined) continue
    for (const name in block) {
      if (!isUnsent(block, known, name)) continue
      const key = `${block.type}.${name}`
      if (noted.has(key)) continue
      noted.add(key)
      notes[changing.includes(name) ? 'changed' : 'dropped'](loggablePath([...path, index], name), why)
    }
    if (block.type === 'tool_result' && Array.isArray(block.content)) {
      noteBlocks(block.content, [...path, index, 'tool_result', 'content'], notes, noted)
    }
  }
}

const hasOthers = (value: object, known: readonly string[]): boolean => {
  for (const name in value) if (!known.includes(name)) return true
  return false
}

const noteMembers = (value: object, known: readonly string[], path: Path, notes: Notes): void => {
  for (const name in value) if (!known.includes(name)) notes.dropped(loggablePath(path, name), why)
}

const noteTools = (tools: readonly Tool[], notes: Notes): void => {
  let index = -1
  for (const tool of tools) {
    index += 1
    if (!hasOthers(tool, translatedTool)) continue
    if (isCustomTool(tool) || toCustomTool(tool)) noteMembers(tool, translatedTool, ['tools', index], notes)
  }
}

const noteMessages = (messages: readonly InputMessage[], notes: Notes, noted: Set<string>): void => {
  let index = -1
  for (const message of messages) {
    index += 1
    if (hasOthers(message, translatedMessageFields)) {
      noteMembers(message, translatedMessageFields, ['messages', index], notes)
    }
    const { content } = message
    if (Array.isArray(content) && holdUnsent(content)) noteBlocks(content, ['messages', index, 'content'], notes, noted)
  }
}

/**
 * Notes each member that is not sent. Throws a 400 for those that must not be left out. `others`: members of the
 * request that another part of the translation sends, or notes itself.
 */
export const noteUnsentFields = (request: MessagesRequest, notes: Notes, others: readonly string[]): void => {
  const members: Readonly<Record<string, unknown>> = request
  for (const name of refusedFields) {
    if (!isEmpty(members[name])) throw invalidRequest([name], 'not supported by this endpoint: remove it')
  }
  for (const name in members) {
    if (!translatedFields.includes(name) && !others.includes(name)) notes.dropped(loggablePath([], name), why)
  }
  if (request.output_config) noteMembers(request.output_config, translatedOutputConfig, ['output_config'], notes)
  if (request.tool_choice) noteMembers(request.tool_choice, translatedToolChoice, ['tool_choice'], notes)
  if (request.tools) noteTools(request.tools, notes)

  const noted = new Set<string>()
  if (Array.isArray(request.system)) noteBlocks(request.system, ['system'], notes, noted)
  noteMessages(request.messages, notes, noted)
}
