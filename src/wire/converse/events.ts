import type { AdditionalResponseFields, Citation, OutputToolUse, TokenUsage } from './response.ts'

/** The content of a frame of `/converse-stream`: the event's name and its JSON. */

export interface BlockStart {
  readonly contentBlockIndex?: number
  readonly start?: { readonly toolUse?: Omit<OutputToolUse, 'input'> }
}

export interface BlockDelta {
  readonly contentBlockIndex?: number
  readonly delta?: {
    readonly text?: string
    readonly toolUse?: { readonly input?: string }
    readonly reasoningContent?: {
      readonly text?: string
      readonly signature?: string
      /** Base64. */
      readonly redactedContent?: string
    }
    readonly citation?: Citation
  }
}

export interface MessageStop {
  readonly stopReason?: string
  readonly additionalModelResponseFields?: AdditionalResponseFields | null
}

export interface Metadata {
  readonly usage?: TokenUsage
  readonly serviceTier?: { readonly type?: string }
}

export type ConverseStreamEvent =
  | { readonly type: 'messageStart' }
  | ({ readonly type: 'contentBlockStart' } & BlockStart)
  | ({ readonly type: 'contentBlockDelta' } & BlockDelta)
  | { readonly type: 'contentBlockStop'; readonly contentBlockIndex?: number }
  | ({ readonly type: 'messageStop' } & MessageStop)
  | ({ readonly type: 'metadata' } & Metadata)
  /** An unknown frame: ignored, with one warning. */
  | { readonly type: 'unknown'; readonly name: string }
