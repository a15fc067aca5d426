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

/** What one translation carries from room to room. Made new for each request. */
export interface TranslationContext {
  readonly model: ModelCapabilities
  readonly policy: TranslationPolicy
  /** What the model was found to refuse, beside what `model` says of it. */
  readonly overrides: CapabilityOverrides
  readonly notes: Notes
  /** What stands in the client's messages. */
  readonly blockKinds: BlockKinds
  readonly toolNames: Renamed
  readonly toolUseIds: Renamed
  readonly searchResults: SearchResults
  readonly documentNames: DocumentNames
}

/**
 * Converse reads a PDF's pages as pictures only where citations are on, and wants them on for all
 * documents or none. So they are switched on for the sake of the pictures, and the citations that
 * the client did not ask for are taken out of the answer again.
 */
export interface CitationPolicy {
  /** The client asked for citations of its documents. */
  readonly documents: boolean
  /** The client asked for citations of its search results. */
  readonly searchResults: boolean
  /** Every document goes with citations on, unasked. */
  readonly forced: boolean
}

/** A block and the cache point that follows it, kept together while blocks are moved about. */
export interface MarkedBlock<Block> {
  readonly block: Block
  cachePoint?: CachePoint
  /** Where the block stood in the client's request. */
  readonly path: Path
  /** Told as words, because only Anthropic could have gone on with it. */
  readonly isTranscript?: true
  /** Of a tool result: where each of its parts stood. */
  readonly partPaths?: readonly Path[]
}

export type MarkedContentBlock = MarkedBlock<ContentBlock>

/** Consecutive messages of one side of the conversation: Converse wants the sides to alternate. */
export type Turn = AnyTurn<MarkedContentBlock>
