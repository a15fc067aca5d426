import type { Message, Usage } from '../wire/anthropic/response.ts'

/** The empty message at the start of a stream. */
export const emptyMessage = (id: string, model: string, usage: Usage): Message => ({
  id,
  type: 'message',
  role: 'assistant',
  model,
  content: [],
  stop_reason: null,
  stop_sequence: null,
  stop_details: null,
  container: null,
  context_management: null,
  diagnostics: null,
  usage,
})
