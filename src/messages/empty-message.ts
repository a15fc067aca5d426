import type { Message, Usage } from '../wire/anthropic/response.ts'

/** A message that says nothing yet, as streams begin with it. */
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
