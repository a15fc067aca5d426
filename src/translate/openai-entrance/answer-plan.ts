/** How the client declared a tool, and so how a call of it is written. */
export interface ToolIdentity {
  readonly kind: 'function' | 'custom' | 'local_shell' | 'shell' | 'apply_patch' | 'tool_search'
  /** The client's name of the tool. */
  readonly name: string
  /** Only in Responses: the namespace that the client put the tool in (OE-R22). */
  readonly namespace?: string
}

/** What the translation of a request passes to the translation of its answer. */
export interface AnswerPlan {
  /** The model's name as the client wrote it (OE-C1). */
  readonly model: string
  /** By the tool's name in the canonical request. A tool that is absent is a function of the same name. */
  readonly tools: ReadonlyMap<string, ToolIdentity>
  /** The client requires a JSON object: fences around the answer are removed (OE-C56). */
  readonly isJsonObject: boolean
}
