/** A block of the model's thinking that can be sent back to it: all of a turn's blocks, or none. */
export type ThinkingContent =
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'redacted_thinking'; readonly data: string }
