import type { Note } from '../../../messages/notes.ts'

/** The header that names the members of a request which the model does not get as they were sent. */
export const noteHeader = 'x-nexus-notes'

/** Members of both protocols. The header names no other: the rest of a path may be the client's own text. */
const members: ReadonlySet<string> = new Set([
  'audio',
  'cache_control',
  'context_management',
  'frequency_penalty',
  'function_call',
  'functions',
  'include',
  'include_reasoning',
  'input',
  'instructions',
  'logit_bias',
  'max_completion_tokens',
  'max_output_tokens',
  'max_tokens',
  'max_tool_calls',
  'messages',
  'metadata',
  'modalities',
  'model',
  'moderation',
  'parallel_tool_calls',
  'prediction',
  'presence_penalty',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
  'reasoning',
  'reasoning_effort',
  'response_format',
  'safety_identifier',
  'seed',
  'service_tier',
  'stop',
  'store',
  'stream_options',
  'temperature',
  'text',
  'thinking',
  'tool_choice',
  'tools',
  'top_k',
  'top_logprobs',
  'top_p',
  'truncation',
  'user',
  'verbosity',
  'web_search_options',
])
const otherMember = 'other'

const memberOf = ({ path }: Note): string => {
  const [member = ''] = path.split(/[.[]/, 1)
  return members.has(member) ? member : otherMember
}

/** The members' names, each once: `seed, messages`. Undefined without notes. */
export const noteHeaderOf = (notes: readonly Note[]): string | undefined =>
  notes.length === 0 ? undefined : [...new Set(notes.map(memberOf))].join(', ')
