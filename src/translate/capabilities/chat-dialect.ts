/**
 * The differences between one OpenAI-compatible provider and OpenAI, as data: the translation reads these
 * cells and names no provider. `src/upstreams/openai/providers.ts` has a row of cells for each provider (OU-P1 to P23).
 */
export interface ChatDialect {
  /** The provider's id, which also marks reasoning that only this provider accepts in the history (OU-Q90). */
  readonly id: string

  // Limits and sampling
  /** The member that limits the output (OU-Q1). */
  readonly maxTokens: 'max_tokens' | 'max_completion_tokens'
  /** The model's output limit in tokens, if a refusal has shown it (OU-H19). */
  readonly maximumOutputTokens: number | undefined
  /** Accepts `temperature` and `top_p` (OU-Q3). */
  readonly sampling: boolean
  /** Accepts `top_k`, which OpenAI's API does not have (OU-Q4). */
  readonly topK: boolean
  /** Accepts `stop`; if not, the translation of the response finds the stop sequences (OU-Q5, S12). */
  readonly stop: boolean

  // Reasoning
  /** How reasoning is switched on and off (OU-Q70 to Q84). */
  readonly reasoning: ReasoningDialect
  /** Levels of effort that the model has, lowest first (OU-Q70). */
  readonly efforts: readonly Effort[]
  /** The value for every effort except `none`, if the model has only one (OU-Q80). */
  readonly effortWord: 'default' | undefined
  /** With function tools the effort must be `none` (OU-Q71). */
  readonly noEffortWithTools: boolean
  /** Accepts `thinking` in addition to its other members (OU-Q77). */
  readonly thinkingSwitch: boolean
  /** The chat template's name of the switch (OU-Q76). */
  readonly templateSwitch: 'enable_thinking' | 'thinking'
  /** Accepts the client's token budget instead of an effort (OU-Q78). */
  readonly reasoningBudget: boolean
  /** Accepts a forced tool while it reasons, if reasoning cannot be switched off (OU-Q65). */
  readonly forcedToolWithReasoning: boolean
  /** How reasoning of earlier turns is sent back (OU-Q94 to Q101). */
  readonly replay: ReasoningReplay
  /** Sends `reasoning_history: "preserved"` (OU-P11). */
  readonly preservesReasoningHistory: boolean
  /** The chat template writes the opening `<think>` itself (OU-S11). */
  readonly thinkPrefilled: boolean

  // Tools
  /** The form of the choice of one tool (OU-Q62); `free` if every form was refused (OU-H11). */
  readonly choice: 'object' | 'string' | 'any' | 'none' | 'free'
  /** Form of tool call ids: at most 40 characters, or exactly 9 letters and digits (OU-Q58). */
  readonly ids: 'upTo40' | 'exactly9'
  /** JSON Schema that tools may use: all, Moonshot's subset, or no patterns and lengths (OU-Q53, Q54). */
  readonly schema: 'full' | 'mfjs' | 'plain'
  readonly maximumTools: number
  /** Accepts `strict` on tools (OU-Q52). */
  readonly strict: boolean
  /** Accepts `parallel_tool_calls` (OU-Q64). */
  readonly parallelToolCalls: boolean
  /** A history with tool calls needs tools in the request (OU-Q57). */
  readonly toolsForHistory: boolean
  /** Tool messages carry the tool's name (OU-Q39). */
  readonly toolName: boolean
  /** Sends `tool_stream: true` with a stream and tools (OU-P6). */
  readonly toolStream: boolean

  // Messages and media
  /** What may follow tool messages in the same user turn (OU-Q23). */
  readonly afterTool: 'user' | 'fold' | 'bridge'
  /** Where media of tool results go (OU-Q40). */
  readonly toolMedia: 'after' | 'inside'
  /** Content of an assistant message with only tool calls (OU-Q24). */
  readonly emptyAssistant: null | ''
  /** Content must be a string: media become placeholders (OU-H18). */
  readonly stringsOnly: boolean
  /** The model accepts images (OU-Q33). */
  readonly images: boolean
  /** Accepts images by https URL (OU-Q32). */
  readonly imageUrl: boolean
  readonly pdf: 'none' | 'file' | 'url'
  /** How a started answer is continued (OU-Q27). */
  readonly prefill: 'none' | 'prefix' | 'partial' | 'continue'

  // The rest
  /** The kinds of `response_format` that it accepts; otherwise the schema is sent as an instruction (OU-Q8). */
  readonly json: 'schema' | 'object' | 'none'
  /** Prompt caching by markers (OU-Q110 to Q112). */
  readonly cache: 'drop' | 'anthropic' | 'breakpoint'
  /** Cache markers keep their `ttl` (OU-Q111). */
  readonly cacheTtl: boolean
  /** Accepts `prompt_cache_key` (OU-Q10). */
  readonly promptCacheKey: boolean
  /** The member for a hashed user id (OU-Q9); `none` if both were refused (OU-H17). */
  readonly userIdMember: 'user' | 'safety_identifier' | 'none'
  /** Sends `store: false` (OU-Q15). */
  readonly store: boolean
  /** Accepts `stream_options` (OU-Q6). */
  readonly streamOptions: boolean
  /** How whole responses are requested: whole, or as a stream (OU-T5). */
  readonly wholeBy: 'whole' | 'stream'
  /** `maybeCumulative`: each delta may repeat all earlier text (OU-S13). */
  readonly deltas: 'incremental' | 'maybeCumulative'
  /** Tool calls written as text at the end become tool calls (OU-S18). */
  readonly textToolCalls: boolean
}

export type ReasoningDialect =
  | 'none'
  | 'openai'
  | 'deepseek'
  | 'zai'
  | 'kimi'
  | 'qwen'
  | 'template'
  | 'minimax'
  | 'openrouter'
  | 'together'
  | 'groq'
  | 'mistral'
  | 'ollama'
  | 'nebius'

export type Effort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max'

export type ReasoningReplay =
  | 'none'
  | 'content'
  | 'content-always'
  | 'content-calls'
  | 'content-current'
  | 'reasoning'
  | 'both'
  | 'details'
  | 'details-text'
  | 'parts'
  | 'token'

/** OpenAI allows this many; most others follow (OU-Q55). */
const usualMaximumTools = 128

/** The dialect of an unknown server (OU section 6). */
export const unknownDialect: ChatDialect = {
  id: 'unknown',
  maxTokens: 'max_tokens',
  maximumOutputTokens: undefined,
  sampling: true,
  topK: false,
  stop: true,
  reasoning: 'none',
  efforts: ['low', 'medium', 'high'],
  effortWord: undefined,
  noEffortWithTools: false,
  thinkingSwitch: false,
  templateSwitch: 'enable_thinking',
  reasoningBudget: false,
  forcedToolWithReasoning: false,
  replay: 'none',
  preservesReasoningHistory: false,
  thinkPrefilled: false,
  choice: 'object',
  ids: 'upTo40',
  schema: 'full',
  maximumTools: usualMaximumTools,
  strict: true,
  parallelToolCalls: true,
  toolsForHistory: false,
  toolName: false,
  toolStream: false,
  afterTool: 'user',
  toolMedia: 'after',
  emptyAssistant: null,
  stringsOnly: false,
  images: true,
  imageUrl: true,
  pdf: 'none',
  prefill: 'none',
  json: 'schema',
  cache: 'drop',
  cacheTtl: false,
  promptCacheKey: false,
  userIdMember: 'user',
  store: false,
  streamOptions: true,
  wholeBy: 'whole',
  deltas: 'incremental',
  textToolCalls: false,
}

/** Changes to a dialect by a provider's row, a pattern of its models, the configuration or a refusal. */
export type ChatDialectChange = Partial<Omit<ChatDialect, 'id'>>
