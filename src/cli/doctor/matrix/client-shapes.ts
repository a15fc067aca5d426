import type { ModelCapabilities } from '../../../translate/capabilities/table.ts'
import type { MessagesRequest } from '../../../wire/anthropic/request.ts'

/**
 * The forms of the requests of three versions of Claude Code: members, beta flags and cache markers as observed, and
 * texts of our own (MX-D2).
 */

export interface ClientShape {
  readonly version: string
  /** Of the header `anthropic-beta`. */
  readonly betas: readonly string[]
  /** Texts in front of the prompt, each in a block of its own. */
  readonly reminders: number
  /** Whether it loads tools only when they are needed. */
  readonly defersTools: boolean
  readonly thinking: { readonly type: 'adaptive'; readonly display?: string }
}

const early: Omit<ClientShape, 'version' | 'reminders'> = {
  betas: [
    'claude-code-20250219',
    'interleaved-thinking-2025-05-14',
    'thinking-token-count-2026-05-13',
    'context-management-2025-06-27',
    'prompt-caching-scope-2026-01-05',
    'effort-2025-11-24',
  ],
  defersTools: false,
  thinking: { type: 'adaptive' },
}

export const newestShape: ClientShape = {
  version: '2.1.332',
  betas: [
    'claude-code-20250219',
    'interleaved-thinking-2025-05-14',
    'context-management-2025-06-27',
    'thinking-token-count-2026-05-13',
    'advanced-tool-use-2025-11-20',
    'effort-2025-11-24',
    'thinking-display-updates-2026-08-18',
  ],
  reminders: 8,
  defersTools: true,
  thinking: { type: 'adaptive', display: 'updates' },
}

/** Oldest first. */
export const clientShapes: readonly ClientShape[] = [
  { ...early, version: '2.1.197', reminders: 3 },
  { ...early, version: '2.1.265', reminders: 4 },
  newestShape,
]

/** Enough for a short answer. */
const answerTokens = 64

const cached = { cache_control: { type: 'ephemeral' } } as const

const readTool = {
  name: 'ReadNote',
  description: 'Reads a note.',
  input_schema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
}
const searchTool = {
  name: 'ToolSearch',
  description: 'Loads the definitions of tools.',
  input_schema: { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] },
}
const deferredTool = { ...readTool, name: 'WriteNote', description: 'Writes a note.', defer_loading: true }

const keptThinking = { context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] } }
const metadata = { metadata: { user_id: JSON.stringify({ device_id: '0', account_uuid: '', session_id: '0' }) } }

/** Thinking by effort, if the model has it. A budget needs an answer of more than a thousand tokens. */
const thinkingOf = (shape: ClientShape, model: ModelCapabilities): Partial<MessagesRequest> => {
  if (!model.thinking.includes('adaptive')) return {}
  return {
    thinking: shape.thinking,
    ...keptThinking,
    ...(model.effort.includes('high') && { output_config: { effort: 'high' } }),
  }
}

/** The first request of a session that our commands start. */
export const firstRequest = (shape: ClientShape, model: string, capabilities: ModelCapabilities): MessagesRequest => ({
  model,
  max_tokens: answerTokens,
  system: [
    { type: 'text', text: 'You answer in a few words.', ...cached },
    { type: 'text', text: 'You work with notes. You call a tool only if the user wants you to.', ...cached },
  ],
  tools: shape.defersTools ? [readTool, searchTool, deferredTool] : [readTool],
  ...metadata,
  messages: [
    {
      role: 'user',
      content: [
        ...Array.from({ length: shape.reminders }, (_, index) => ({
          type: 'text' as const,
          text: `<system-reminder>\nNote ${index + 1} is empty.\n</system-reminder>`,
        })),
        { type: 'text', text: 'Count from 1 to 20, with a space between the numbers and nothing else.', ...cached },
      ],
    },
  ],
  ...thinkingOf(shape, capabilities),
})
