import { invalidRequest } from '../../base/errors.ts'
import type { ContentBlock } from '../../wire/anthropic/content.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { Notes } from '../notes.ts'

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
])

/** Not expressible in Converse, and not to be left out in silence either. */
const refusedFields: readonly string[] = ['container', 'mcp_servers', 'skills']

const translatedOutputConfig: ReadonlySet<string> = new Set(['effort', 'format'])
const translatedMessageFields: ReadonlySet<string> = new Set(['role', 'content'])

const cacheable = ['type', 'cache_control']
const translatedBlockFields: Readonly<Partial<Record<ContentBlock['type'], ReadonlySet<string>>>> = {
  text: new Set([...cacheable, 'text']),
  image: new Set([...cacheable, 'source']),
  document: new Set([...cacheable, 'source', 'title', 'context', 'citations']),
  search_result: new Set([...cacheable, 'source', 'title', 'content', 'citations']),
  thinking: new Set(['type', 'thinking', 'signature']),
  redacted_thinking: new Set(['type', 'data']),
  tool_use: new Set([...cacheable, 'id', 'name', 'input']),
  tool_result: new Set([...cacheable, 'tool_use_id', 'content', 'is_error']),
}

const why = 'has no place in Converse'

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0)

const noteBlocks = (blocks: readonly ContentBlock[], message: number, notes: Notes, noted: Set<string>): void => {
  for (const [index, block] of blocks.entries()) {
    const known = translatedBlockFields[block.type]
    if (known === undefined) continue
    for (const name of Object.keys(block)) {
      const key = `${block.type}.${name}`
      if (known.has(name) || noted.has(key)) continue
      noted.add(key)
      notes.dropped(['messages', message, 'content', index, name], why)
    }
  }
}

const noteMembers = (
  value: object,
  known: ReadonlySet<string>,
  path: readonly (string | number)[],
  notes: Notes,
): void => {
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

  const noted = new Set<string>()
  for (const [index, message] of request.messages.entries()) {
    noteMembers(message, translatedMessageFields, ['messages', index], notes)
    if (Array.isArray(message.content)) noteBlocks(message.content, index, notes, noted)
  }
}
