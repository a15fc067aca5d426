import type { ChatDialect, ChatDialectChange } from '../../translate/capabilities/chat-dialect.ts'
import { outputLimit, type Refused, withListedEfforts } from './refused-values.ts'

/** The known refusals, as a table (OU-H1 to H19). A new one needs a row, and a line in the test. */

export interface Refusal {
  /** All patterns must match. */
  readonly words: readonly RegExp[]
  /** Undefined if the model's dialect already has the change. */
  readonly change: (refused: Refused) => ChatDialectChange | undefined
  readonly without: string
  readonly note: string
  readonly isPassing?: true
}

/** Matches words of servers that do not accept a member. */
const unsupported =
  /unsupported|not supported|not support|unknown|unrecognized|unexpected|extra(?:_forbidden| inputs| fields)|not permitted|not allowed|deprecated|only the default|invalid (?:argument|parameter|value)|cannot specify|no such/i

const once =
  (isKnown: (dialect: ChatDialect) => boolean, change: ChatDialectChange) =>
  ({ dialect }: Refused): ChatDialectChange | undefined =>
    isKnown(dialect) ? undefined : change

/** If the refusal names the sent name of the output limit, switches to the other name. */
const otherName = ({ text, dialect: { maxTokens } }: Refused): ChatDialectChange | undefined => {
  if (!new RegExp(`\\b${maxTokens}\\b`).test(text)) return undefined
  return { maxTokens: maxTokens === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens' }
}

/** The order matters: a row for a value comes before the row for its member. */
export const refusals: readonly Refusal[] = [
  {
    words: [/function tools with reasoning_effort/i],
    change: once(({ noEffortWithTools }) => noEffortWithTools, { noEffortWithTools: true }),
    without: 'reasoning with tools',
    note: 'The model accepts function tools only with reasoning_effort "none" (OU-H15).',
  },
  {
    words: [
      /can only afford [\d,]+|max_(?:completion_)?tokens/i,
      /afford|less than or equal|too large|at most|between 1 and|\[1,/i,
    ],
    change: outputLimit,
    without: 'long answers',
    note: 'max_tokens is limited to what the provider allows (OU-H19).',
  },
  {
    words: [/max_(?:completion_)?tokens/, unsupported],
    change: otherName,
    without: 'the usual name of max_tokens',
    note: 'The output limit is sent under its other name (OU-H1).',
  },
  {
    words: [
      /system message must be at the beginning|developer.{0,20}role|role.{0,20}developer|roles must alternate|3230|unexpected role .?user.? after role .?tool/i,
    ],
    change: once(({ afterTool }) => afterTool === 'bridge', { afterTool: 'bridge' }),
    without: 'user messages after tool messages',
    note: 'Texts after tool results go into the last tool message (OU-H2, H14).',
  },
  {
    words: [/stream_options/, unsupported],
    change: once(({ streamOptions }) => !streamOptions, { streamOptions: false }),
    without: 'stream_options',
    note: 'The usage of streams is estimated (OU-H3).',
  },
  {
    words: [/parallel_tool_calls/, unsupported],
    change: once(({ parallelToolCalls }) => !parallelToolCalls, { parallelToolCalls: false }),
    without: 'parallel_tool_calls',
    note: 'This server drops surplus calls of a turn (OU-H4).',
  },
  {
    words: [
      /reasoning_content|reasoning_details|\breasoning\b/,
      /must be passed back|is missing in assistant tool call/i,
    ],
    change: once(({ replay }) => replay === 'content-always', { replay: 'content-always' }),
    without: 'turns without their reasoning',
    note: 'Each turn is sent with its reasoning (OU-H6).',
  },
  {
    words: [
      /invalid_encrypted_content|reasoning_details/i,
      /unsupported|unknown|unrecognized|unexpected|extra|not permitted|invalid/i,
    ],
    change: once(({ replay }) => replay === 'none', { replay: 'none' }),
    without: 'reasoning of earlier turns',
    isPassing: true,
    note: 'The provider refuses details of earlier reasoning (OU-H6, Q99).',
  },
  {
    words: [
      /messages.{0,40}reasoning|\breasoning_content\b/i,
      /unsupported|unknown|unrecognized|unexpected|extra|not permitted|invalid/i,
    ],
    change: once(({ replay }) => replay === 'none', { replay: 'none' }),
    without: 'reasoning of earlier turns',
    note: 'The provider refuses the reasoning of earlier turns (OU-H6).',
  },
  {
    words: [
      /reasoning_effort|effort/,
      /supported values|must be one of|expected one of|available values|allowed values/i,
    ],
    change: withListedEfforts,
    without: 'some levels of effort',
    note: 'Effort is lowered to a level that the model has (OU-H5).',
  },
  {
    words: [/non-streaming calls?|only supports? stream(?:ing)? mode/i],
    change: once(({ wholeBy }) => wholeBy === 'stream', { wholeBy: 'stream' }),
    without: 'whole answers',
    note: 'Whole answers are collected from a stream (OU-Q75, P8).',
  },
  {
    words: [/reasoning_effort|enable_thinking|chat_template_kwargs|\bthinking\b|\breasoning\b/, unsupported],
    change: once(({ reasoning }) => reasoning === 'none', { reasoning: 'none' }),
    without: 'reasoning controls',
    note: 'The model does not accept the switch for reasoning (OU-H5).',
  },
  {
    words: [/temperature|top_p/, unsupported],
    change: once(({ sampling }) => !sampling, { sampling: false }),
    without: 'temperature and top_p',
    note: 'The model accepts only its default sampling (OU-H7).',
  },
  {
    words: [/top_k/, unsupported],
    change: once(({ topK }) => !topK, { topK: false }),
    without: 'top_k',
    note: 'The provider does not accept top_k (OU-H7).',
  },
  {
    words: [/\bstop\b/, unsupported],
    change: once(({ stop }) => !stop, { stop: false }),
    without: 'stop',
    note: 'This server stops responses at the stop sequences (OU-H7).',
  },
  {
    words: [
      /unknown variant .?image_url|image input|does not support image|not a multimodal model|not support(?:ed)? (?:image|vision)|image_url.{0,60}not supported/i,
    ],
    change: once(({ images }) => !images, { images: false }),
    without: 'images',
    note: 'The model does not accept images: placeholders replace them (OU-H8).',
  },
  {
    words: [/response_format|json_schema|structured output/, unsupported],
    change: ({ dialect: { json } }) => (json === 'none' ? undefined : { json: json === 'schema' ? 'object' : 'none' }),
    without: 'response_format',
    note: 'The schema of the answer is sent as an instruction (OU-H9).',
  },
  {
    words: [/moonshot flavored json schema/i],
    change: once(({ schema }) => schema === 'mfjs', { schema: 'mfjs' }),
    without: "schemas beyond Moonshot's subset",
    note: 'Schemas of tools are rewritten (OU-H10).',
  },
  {
    words: [/failed to parse grammar|unsupported pattern|repetitions exceeds/i],
    change: once(({ schema }) => schema === 'plain', { schema: 'plain' }),
    without: 'patterns and lengths in schemas of tools',
    note: 'The server cannot compile the schemas of tools (OU-H10).',
  },
  {
    words: [/tool_choice/, new RegExp(`${unsupported.source}|incompatible|invalid tool_choice type`, 'i')],
    change: ({ dialect: { choice } }) =>
      choice === 'free' ? undefined : { choice: choice === 'object' ? 'string' : 'free' },
    without: 'a forced tool',
    note: 'The choice of one tool is sent in a simpler form, or not at all (OU-H11).',
  },
  {
    words: [/tool.?call.?(?:s\[\d+\]\.)?id/i, /length|too long|must be a-z/i],
    change: ({ dialect: { ids }, text }) => {
      const wanted = /length of 9|must be a-z/i.test(text) ? 'exactly9' : 'upTo40'
      return ids === wanted ? undefined : { ids: wanted }
    },
    without: 'long ids of tool calls',
    note: 'Ids of tool calls are rewritten (OU-H12).',
  },
  {
    words: [/tools=`? param|toolConfig field must be defined|tools.{0,40}must be (?:provided|defined|present)/i],
    change: once(({ toolsForHistory }) => toolsForHistory, { toolsForHistory: true }),
    without: 'a history of calls without tools',
    note: 'Placeholders for tools are sent with a history that used them (OU-H13).',
  },
  {
    words: [/additionalProperties.{0,60}to be false|\bstrict\b|must include every key/i],
    change: once(({ strict }) => !strict, { strict: false }),
    without: 'strict tools',
    note: 'Tools are sent without strict (OU-H16).',
  },
  {
    words: [/prompt_cache_key/, unsupported],
    change: once(({ promptCacheKey }) => !promptCacheKey, { promptCacheKey: false }),
    without: 'prompt_cache_key',
    note: 'The provider does not accept prompt_cache_key (OU-H17).',
  },
  {
    words: [/safety_identifier|\buser\b.{0,30}(?:extra|unknown|unsupported|not supported|not permitted)/, unsupported],
    change: once(({ userIdMember }) => userIdMember === 'none', { userIdMember: 'none' }),
    without: 'a hashed user id',
    note: 'The provider does not accept a user id (OU-H17).',
  },
  {
    words: [/cache_control/, unsupported],
    change: once(({ cache }) => cache === 'drop', { cache: 'drop' }),
    without: 'cache_control',
    note: 'The provider does not accept cache markers (OU-H17).',
  },
  {
    words: [/invalid type: sequence, expected a string|content.{0,20}(?:must be|should be) a (?:valid )?string/i],
    change: once(({ stringsOnly }) => stringsOnly, { stringsOnly: true }),
    without: 'content in parts',
    note: 'Content is sent as text: placeholders replace media (OU-H18).',
  },
]
