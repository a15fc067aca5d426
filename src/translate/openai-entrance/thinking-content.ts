import { isObject, type Json } from '../../base/json.ts'
import type { ContentBlock } from '../../wire/anthropic/content.ts'

/** A block of the model's thinking that can be sent back to it: all of a turn's blocks, or none. */
export type ThinkingContent =
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'redacted_thinking'; readonly data: string }

/** Whether a canonical block is thinking, with or without a signature. */
export const isThinkingBlock = ({ type }: ContentBlock): boolean => type === 'thinking' || type === 'redacted_thinking'

/**
 * A block as this server wrote it, whose signature is empty if the upstream signs no thinking. Returns undefined for any
 * other value.
 */
export const toWrittenThinking = (block: unknown): ThinkingContent | undefined => {
  const { type, thinking, signature, data }: Json = isObject(block) ? block : {}
  if (type === 'thinking' && typeof thinking === 'string' && typeof signature === 'string')
    return { type, thinking, signature }
  return type === 'redacted_thinking' && typeof data === 'string' ? { type, data } : undefined
}

/** Returns undefined for a value that is not a complete block of thinking. */
export const toThinkingContent = (block: unknown): ThinkingContent | undefined => {
  const written = toWrittenThinking(block)
  return written?.type === 'thinking' && written.signature === '' ? undefined : written
}

/** All blocks of a list, or undefined if one is missing or the list is empty. */
export const completeThinking = (
  blocks: readonly (ThinkingContent | undefined)[],
): readonly ThinkingContent[] | undefined =>
  blocks.length > 0 && blocks.every((block) => block !== undefined) ? blocks : undefined
