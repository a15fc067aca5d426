import type { CompletionDelta, CompletionUsage, FinishReason } from '../../wire/openai-chat/completion.ts'

/** What one chunk adds to an answer. The frequent kinds have a form of their own, which costs little to write. */
export type CompletionStep =
  | { readonly type: 'text'; readonly text: string }
  /** A part of a block of thinking. `index`: among these blocks. */
  | { readonly type: 'reasoning'; readonly text: string; readonly index: number }
  /** A part of a function's arguments. `index`: among the calls. */
  | { readonly type: 'arguments'; readonly text: string; readonly index: number }
  /** A part of a custom tool's text. */
  | { readonly type: 'custom_input'; readonly text: string; readonly index: number }
  | { readonly type: 'delta'; readonly delta: CompletionDelta }
  | { readonly type: 'finish'; readonly reason: FinishReason }
  | { readonly type: 'usage'; readonly usage: CompletionUsage }

export type Emit = (step: CompletionStep) => void
