/** The differences between servers in the form of their responses. */
export interface AnswerShape {
  /**
   * Position of the reasoning: a member of the message, OpenRouter's `reasoning_details`, Mistral's parts of the
   * content, or none.
   */
  readonly reasoning: 'hidden' | 'reasoning_content' | 'reasoning' | 'details' | 'parts'
  /** The content of a delta for something else; absent if such a delta has no content. */
  readonly emptyContent?: '' | null
  /** The deltas that have the role. `own chunk`: a delta with only the role. */
  readonly role: 'own chunk' | 'first delta' | 'every delta'
  /** The position of the usage. `own chunk`: a last chunk without choices, if the request asks for it. */
  readonly usage: 'own chunk' | 'finish chunk' | 'in choice'
  /** The form of the figures for cached tokens. */
  readonly cachedTokens: 'details' | 'hit and miss' | 'flat' | 'none'
  /** How a tool call is sent: the name and then its arguments, or the whole call. */
  readonly calls: 'pieces' | 'whole' | 'whole without index' | 'whole with index 0'
  /** The last delta and the finish reason come in one chunk. */
  readonly finishesWithLastDelta?: boolean
  /** The comment that a stream sends before its first event. */
  readonly comment?: string
  /** Leaves out `object` in chunks. */
  readonly hasNoObject?: boolean
  /** Pads chunks by `obfuscation`. */
  readonly isPadded?: boolean
  /** The finish reason is `stop` if the request names the tool to call. */
  readonly namedCallStops?: boolean
  /** A chunk before all others. */
  readonly prelude?: Readonly<Record<string, unknown>>
  /** Members of every response and chunk. */
  readonly members?: Readonly<Record<string, unknown>>
  /** Members of every choice. */
  readonly choiceMembers?: Readonly<Record<string, unknown>>
  /** The member of a choice that names the stop sequence that ended it. */
  readonly stopMember?: string
  /** The header with the server's own id of the request. */
  readonly requestIdHeader: string
  /** `id` is a UUID; `index` counts the calls of the response. */
  readonly callId: (id: string, call: { readonly name: string; readonly index: number }) => string
}
