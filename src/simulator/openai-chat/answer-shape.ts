/** How a server writes its answers, where servers differ. */
export interface AnswerShape {
  /**
   * Where reasoning stands: a member of the message, OpenRouter's `reasoning_details`, Mistral's parts of the content, or
   * nowhere.
   */
  readonly reasoning: 'hidden' | 'reasoning_content' | 'reasoning' | 'details' | 'parts'
  /** The content of a delta that brings something else; absent where such a delta has no content. */
  readonly emptyContent?: '' | null
  /** Which deltas carry the role. `own chunk`: one without anything else. */
  readonly role: 'own chunk' | 'first delta' | 'every delta'
  /** `own chunk` has no choices and comes last, if asked for. */
  readonly usage: 'own chunk' | 'finish chunk' | 'in choice'
  /** The form of the usage figures of reading a cached prompt. */
  readonly cachedTokens: 'details' | 'hit and miss' | 'flat' | 'none'
  /** How a tool call arrives: name first and then its arguments, or at once. */
  readonly calls: 'pieces' | 'whole' | 'whole without index' | 'whole with index 0'
  /** The last delta and the finish reason come in one chunk. */
  readonly finishesWithLastDelta?: boolean
  /** A comment that a stream sends while there is nothing to say. */
  readonly comment?: string
  /** Leaves out `object` in chunks. */
  readonly hasNoObject?: boolean
  /** Pads chunks by `obfuscation`. */
  readonly isPadded?: boolean
  /** A call that the request names ends with `stop`. */
  readonly namedCallStops?: boolean
  /** A chunk in front of all others. */
  readonly prelude?: Readonly<Record<string, unknown>>
  /** Members of every answer and chunk. */
  readonly members?: Readonly<Record<string, unknown>>
  /** Members of every choice. */
  readonly choiceMembers?: Readonly<Record<string, unknown>>
  /** The member of a choice that names the stop sequence it ended by. */
  readonly stopMember?: string
  /** The header with the server's own id of the request. */
  readonly requestIdHeader: string
  /** `id` is a UUID; `index` counts the calls of the answer. */
  readonly callId: (id: string, call: { readonly name: string; readonly index: number }) => string
}
