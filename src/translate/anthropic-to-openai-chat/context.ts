import type { Path } from '../../base/path.ts'
import type { BlockKinds } from '../../messages/block-kinds.ts'
import type { Turn } from '../../messages/conversation.ts'
import type { Notes } from '../../messages/notes.ts'
import type { CacheControl, ContentBlock } from '../../wire/anthropic/content.ts'
import type { MediaPart, TextPart } from '../../wire/openai-chat/message.ts'
import type { ChatDialect } from '../capabilities/chat-dialect.ts'
import type { Renamed } from '../renamed.ts'
import type { FileNames } from './file-names.ts'
import type { ChatPolicy } from './policy.ts'

/** The state that the steps of one translation share. Each request has its own. */
export interface ChatContext {
  readonly dialect: ChatDialect
  readonly policy: ChatPolicy
  readonly notes: Notes
  /** Kinds of blocks in the client's messages. */
  readonly blockKinds: BlockKinds
  readonly toolNames: Renamed
  readonly toolCallIds: Renamed
  readonly fileNames: FileNames
}

/** The kinds of blocks that messages consist of. Other kinds become one of these, or are dropped. */
export type SentBlock = Extract<
  ContentBlock,
  { type: 'text' | 'image' | 'document' | 'search_result' | 'thinking' | 'tool_use' | 'tool_result' }
>

/** One of the client's blocks. */
export interface ChatUnit {
  readonly block: SentBlock
  /** Where the block is in the client's request. */
  readonly path: Path
  /** Its cache marker, if the provider supports markers. */
  marker?: CacheControl | undefined
  /** A text that replaces a block that only Anthropic's API can continue. */
  readonly isTranscript?: true
}

export type ChatTurn = Turn<ChatUnit>

/** A part of a message, and the block that it comes from. */
export interface PlacedPart {
  readonly part: TextPart | MediaPart
  readonly path: Path
  marker?: CacheControl | undefined
}

export const textPart = (text: string, path: Path): PlacedPart => ({ part: { type: 'text', text }, path })

export const isTextPart = (placed: PlacedPart): placed is PlacedPart & { readonly part: TextPart } =>
  placed.part.type === 'text'
