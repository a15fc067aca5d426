/**
 * The members of Chat Completions responses that we read, whole and in chunks. Nothing is checked in advance: servers
 * omit members, send null for them, or use other types, so every use checks its member.
 * @see https://platform.openai.com/docs/api-reference/chat
 */

/** Tokens. `prompt_tokens` includes those from the cache. */
export interface ChatUsage {
  readonly prompt_tokens?: unknown
  readonly completion_tokens?: unknown
  readonly total_tokens?: unknown
  readonly prompt_tokens_details?: { readonly cached_tokens?: unknown; readonly cache_write_tokens?: unknown } | null
  readonly completion_tokens_details?: { readonly reasoning_tokens?: unknown } | null
  /** DeepSeek's name of the cached tokens. */
  readonly prompt_cache_hit_tokens?: unknown
  /** Moonshot's name of the cached tokens. */
  readonly cached_tokens?: unknown
}

/** A tool call, or a piece of one. */
export interface ChatToolCall {
  readonly index?: unknown
  readonly id?: unknown
  readonly type?: unknown
  readonly function?: ChatFunction | null
  readonly custom?: { readonly name?: unknown; readonly input?: unknown } | null
  /** Gemini's token, which must be sent back with the call. */
  readonly extra_content?: { readonly google?: { readonly thought_signature?: unknown } | null } | null
}

interface ChatFunction {
  readonly name?: unknown
  /** JSON text of an object; some servers send the object itself. */
  readonly arguments?: unknown
}

/** The model's output: the message of a whole response, or the delta of a chunk. */
export interface ChatOutput {
  /** A text, or parts. */
  readonly content?: unknown
  readonly refusal?: unknown
  readonly reasoning_content?: unknown
  readonly reasoning?: unknown
  readonly reasoning_text?: unknown
  readonly reasoning_details?: unknown
  readonly tool_calls?: unknown
  /** The only call, in the older form, before `tool_calls`. */
  readonly function_call?: ChatFunction | null
}

export interface ChatChoice {
  readonly index?: unknown
  readonly delta?: ChatOutput | null
  readonly message?: ChatOutput | null
  readonly finish_reason?: unknown
  /** vLLM: the stop sequence that ended the output, or the id of a token. */
  readonly stop_reason?: unknown
  /** SGLang: the same. */
  readonly matched_stop?: unknown
  readonly usage?: ChatUsage | null
  readonly error?: unknown
}

/** A whole response, or a chunk of a streamed one. */
export interface ChatResponse {
  readonly id?: unknown
  readonly choices?: unknown
  readonly usage?: ChatUsage | null
  readonly x_groq?: { readonly usage?: ChatUsage | null } | null
  readonly service_tier?: unknown
}
