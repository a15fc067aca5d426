import type { Path } from '../../base/path.ts'
import type { BlockKinds } from '../../messages/block-kinds.ts'
import type { Turn as AnyTurn } from '../../messages/conversation.ts'
import type { Notes } from '../../messages/notes.ts'
import type { CachePoint, ContentBlock } from '../../wire/converse/content.ts'
import type { CapabilityOverrides } from '../capabilities/overrides.ts'
import type { ModelCapabilities } from '../capabilities/table.ts'
import type { TranslationPolicy } from '../policy.ts'
import type { Renamed } from '../renamed.ts'
import type { DocumentNames } from './document-names.ts'
import type { SearchResults } from './search-results.ts'

/** The state that the steps of one translation share. Created for each request. */
export interface TranslationContext {
  readonly model: ModelCapabilities
  readonly policy: TranslationPolicy
  /** What the model has refused, in addition to what `model` says. */
  readonly overrides: CapabilityOverrides
  readonly notes: Notes
  /** Kinds of blocks in the client's messages. */
  readonly blockKinds: BlockKinds
  readonly toolNames: Renamed
  readonly toolUseIds: Renamed
  readonly searchResults: SearchResults
  readonly documentNames: DocumentNames
}

/**
 * Converse shows the model a PDF's pages as images only with citations, and requires citations for all documents or
 * for none. So they are enabled for the images, and citations that the client did not request are removed from the
 * response.
 */
export interface CitationPolicy {
  /** The client requested citations of its documents. */
  readonly documents: boolean
  /** The client requested citations of its search results. */
  readonly searchResults: boolean
  /** Every document is sent with citations that the client did not request. */
  readonly forced: boolean
}

/** A block and the cache point after it, kept together while blocks are moved. */
export interface MarkedBlock<Block> {
  readonly block: Block
  cachePoint?: CachePoint
  /** The block's path in the client's request. */
  readonly path: Path
  /** Sent as text, because only Anthropic can process it. */
  readonly isTranscript?: true
  /** For a tool result: the path of each part. */
  readonly partPaths?: readonly Path[]
}

export type MarkedContentBlock = MarkedBlock<ContentBlock>

/** Consecutive messages of one role: Converse requires alternating roles. */
export type Turn = AnyTurn<MarkedContentBlock>
