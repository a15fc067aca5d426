/** What the translation changes or drops in the rows, for the page. The links are relative to `docs/`. */

interface Loss {
  /** The rows that it is about. */
  readonly rows: readonly string[]
  readonly what: string
  readonly link: string
}

export const losses: readonly Loss[] = [
  {
    rows: ['basic_messaging_streaming', 'basic_messaging_non_streaming'],
    what: '`metadata`, `service_tier` and the first line of the system prompt, which changes with each request, are dropped.',
    link: 'translation.md#fields-of-a-request',
  },
  {
    rows: ['prompt_caching_5m', 'prompt_caching_1h'],
    what: 'More than four cache points are reduced to four.',
    link: 'translation.md#prompt-caching',
  },
  {
    rows: ['thinking', 'thinking_with_tool_use', 'resume_other_model'],
    what: 'A budget becomes adaptive thinking, or the reverse; thinking of another model loses its signature.',
    link: 'translation.md#large-budgets',
  },
  {
    rows: ['pdf_input'],
    what: 'The name of a document loses the characters that Bedrock refuses; citations that the client did not request become text.',
    link: 'translation.md#pdfs',
  },
  {
    rows: ['vision', 'media_limit', 'mcp_image_result'],
    what: 'A request with more images or documents than Bedrock accepts loses the oldest ones, with a text in their place.',
    link: 'translation.md#too-many-images-and-documents',
  },
  {
    rows: ['web_search'],
    what: "The search is this server's, with the provider that you choose, not Anthropic's.",
    link: 'web-search.md#what-the-client-sees',
  },
  {
    rows: ['structured_outputs', 'hooks_and_title'],
    what: 'A model without structured output gets the schema as an instruction.',
    link: 'translation.md#fields-of-a-request',
  },
  {
    rows: ['count_tokens'],
    what: 'Without CountTokens, the count is an estimate.',
    link: 'translation.md#counting-tokens',
  },
  {
    rows: ['tool_search'],
    what: 'The server loads the tools that were found; Bedrock never gets a deferred tool.',
    link: 'translation.md#tools',
  },
  {
    rows: ['auto_mode'],
    what: "The check of a call is this server's, by the small model, not Anthropic's.",
    link: 'translation.md#auto-mode',
  },
  {
    rows: ['compaction_by_words', 'max_tokens_overflow', 'mid_stream_failure', 'throttle_24_agents'],
    what: "Bedrock's errors become those of Anthropic that Claude Code acts on; the words of Nexus are in the log.",
    link: 'translation.md#errors',
  },
  {
    rows: ['rejected_capabilities'],
    what: 'The refused part is left out until the server ends, with one line in the log.',
    link: 'translation.md#if-the-table-is-wrong',
  },
]
