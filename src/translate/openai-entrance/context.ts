import type { Notes } from '../../messages/notes.ts'
import type { ThinkingContent } from './thinking-content.ts'

/** What the administrator can configure about the translation of OpenAI's requests. */
export interface OpenAiPolicy {
  /** Tokens, for requests without a limit. */
  readonly defaultMaxTokens: number
  readonly autoCache: boolean
  /** The members of Chat Completions that show the model's thinking. */
  readonly reasoning: 'both' | 'content' | 'details' | 'none'
}

/** Whether remembered thinking may belong to the client's message. */
export type IsThinkingOf = (remembered: readonly ThinkingContent[]) => boolean

/** What the translation of one request needs besides its body. */
export interface OpenAiContext {
  /** The model that the request's name stands for. */
  readonly model: {
    /** The upstream's id. */
    readonly id: string
    /** Tokens. */
    readonly maxOutputTokens: number
  }
  readonly policy: OpenAiPolicy
  /** Whether this server or its upstream searches the web for the model. */
  readonly searchesWeb: boolean
  /**
   * The thinking of the turn with this tool call, if the thinking memory has it for this model (OE-C64). The translation
   * is a function of the body and of these answers.
   */
  readonly recall: (toolCallId: string, isOf?: IsThinkingOf) => readonly ThinkingContent[] | undefined
  readonly notes: Notes
}
