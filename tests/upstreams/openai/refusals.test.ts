import { describe, expect, test } from 'bun:test'
import { type ChatDialect, unknownDialect } from '../../../src/translate/capabilities/chat-dialect.ts'
import { toAnswerError, type WordingContext } from '../../../src/upstreams/openai/errors.ts'
import { overrideFor } from '../../../src/upstreams/openai/refusals.ts'

const context: WordingContext = {
  provider: 'api.example.com',
  model: 'm',
  path: '/v1/chat/completions',
  secrets: [],
  toClientWords: (message) => message,
  isBareOverflow: false,
}

interface Sample {
  readonly rule: string
  readonly message: string
  readonly status?: number
  readonly code?: string
  readonly param?: string
  readonly dialect?: Partial<ChatDialect>
  /** Undefined: nothing is to be learned. */
  readonly change: object | undefined
}

const learn = ({ message, status = 400, code, param, dialect }: Sample) => {
  const body = JSON.stringify({ error: { message, code, param, type: 'invalid_request_error' } })
  const error = toAnswerError({ status, headers: new Headers(), body }, context)
  return overrideFor(error, { ...unknownDialect, ...dialect })?.change
}

/** Each in the words of a server that really refused. */
const samples: readonly Sample[] = [
  {
    rule: 'OU-H1',
    message:
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    code: 'unsupported_parameter',
    param: 'max_tokens',
    change: { maxTokens: 'max_completion_tokens' },
  },
  {
    rule: 'OU-H1',
    message: 'max_completion_tokens: Extra inputs are not permitted',
    dialect: { maxTokens: 'max_completion_tokens' },
    change: { maxTokens: 'max_tokens' },
  },
  { rule: 'OU-H2', message: 'System message must be at the beginning.', status: 500, change: { afterTool: 'bridge' } },
  {
    rule: 'OU-H2',
    message: 'Conversation roles must alternate user/assistant/user/assistant/...',
    change: { afterTool: 'bridge' },
  },
  {
    rule: 'OU-H3',
    message: 'stream_options: Extra inputs are not permitted',
    status: 422,
    change: { streamOptions: false },
  },
  {
    rule: 'OU-H3',
    message: 'Unknown parameter: stream_options',
    dialect: { streamOptions: false },
    change: undefined,
  },
  {
    rule: 'OU-H4',
    message: "Unsupported parameter: 'parallel_tool_calls' is not supported with this model.",
    change: { parallelToolCalls: false },
  },
  {
    rule: 'OU-H5',
    message: '"m" does not support thinking',
    dialect: { reasoning: 'ollama' },
    change: { reasoning: 'none' },
  },
  {
    rule: 'OU-Q75',
    message: 'parameter.enable_thinking must be set to false for non-streaming calls',
    code: 'invalid_parameter_error',
    dialect: { reasoning: 'qwen' },
    change: { wholeBy: 'stream' },
  },
  {
    rule: 'OU-P8',
    message: 'This model only support stream mode, please enable the stream parameter to access the model.',
    change: { wholeBy: 'stream' },
  },
  {
    rule: 'OU-H5',
    message:
      "Unsupported value: 'minimal' is not supported with the 'm' model. Supported values are: 'low', 'medium', and 'high'.",
    param: 'reasoning_effort',
    dialect: { reasoning: 'openai', efforts: ['minimal', 'low', 'medium', 'high'] },
    change: { efforts: ['low', 'medium', 'high'] },
  },
  {
    rule: 'OU-H6',
    message: 'messages.1.assistant.reasoning_content: Extra inputs are not permitted',
    dialect: { replay: 'content' },
    change: { replay: 'none' },
  },
  {
    rule: 'OU-H6',
    message: 'Unrecognized key: "reasoning_content"',
    dialect: { replay: 'content' },
    change: { replay: 'none' },
  },
  {
    rule: 'OU-H6',
    message: 'The reasoning_content in the thinking mode must be passed back to the API.',
    dialect: { replay: 'content' },
    change: { replay: 'content-always' },
  },
  {
    rule: 'OU-H6',
    message: 'thinking is enabled but reasoning_content is missing in assistant tool call message at index 3',
    change: { replay: 'content-always' },
  },
  {
    rule: 'OU-H7',
    message:
      "Unsupported value: 'temperature' does not support 0.5 with this model. Only the default (1) value is supported.",
    change: { sampling: false },
  },
  { rule: 'OU-H7', message: 'top_k: Extra inputs are not permitted', dialect: { topK: true }, change: { topK: false } },
  {
    rule: 'OU-H7',
    message: "Unsupported parameter: 'stop' is not supported with this model.",
    param: 'stop',
    change: { stop: false },
  },
  {
    rule: 'OU-H8',
    message: 'unknown variant `image_url`, expected `text` at line 1 column 200',
    change: { images: false },
  },
  { rule: 'OU-H8', message: 'No endpoints found that support image input', status: 404, change: { images: false } },
  {
    rule: 'OU-H9',
    message: 'This response_format type is unavailable now, json_schema is not supported',
    change: { json: 'object' },
  },
  {
    rule: 'OU-H9',
    message: "'response_format' is not supported",
    dialect: { json: 'object' },
    change: { json: 'none' },
  },
  { rule: 'OU-H10', message: 'failed to parse grammar', status: 500, change: { schema: 'plain' } },
  {
    rule: 'OU-H10',
    message: 'tools.function.parameters is not a valid moonshot flavored json schema, details: <At path x: y>',
    change: { schema: 'mfjs' },
  },
  {
    rule: 'OU-H11',
    message: "Invalid tool_choice type: 'object'. Supported string values: none, auto, required",
    change: { choice: 'string' },
  },
  {
    rule: 'OU-H11',
    message: 'tool_choice is not supported',
    dialect: { choice: 'string' },
    change: { choice: 'free' },
  },
  {
    rule: 'OU-H11',
    message: "tool_choice 'specified' is incompatible with thinking enabled",
    dialect: { choice: 'string' },
    change: { choice: 'free' },
  },
  {
    rule: 'OU-H11',
    message: '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
    change: undefined,
  },
  {
    rule: 'OU-H12',
    message: 'Tool call id was toolu_0123 but must be a-z, A-Z, 0-9, with a length of 9.',
    change: { ids: 'exactly9' },
  },
  {
    rule: 'OU-H13',
    message: "litellm.UnsupportedParamsError: Bedrock doesn't support tool calling without `tools=` param specified.",
    change: { toolsForHistory: true },
  },
  {
    rule: 'OU-H13',
    message: 'The toolConfig field must be defined when using toolUse and toolResult content blocks.',
    change: { toolsForHistory: true },
  },
  {
    rule: 'OU-H14',
    message: "Unexpected role 'user' after role 'tool'",
    code: '3230',
    change: { afterTool: 'bridge' },
  },
  {
    rule: 'OU-H15',
    message:
      "Function tools with reasoning_effort are not supported for gpt-5.6 in /v1/chat/completions. Please use /v1/responses or set reasoning_effort to 'none'.",
    dialect: { reasoning: 'openai' },
    change: { noEffortWithTools: true },
  },
  {
    rule: 'OU-H16',
    message:
      "Invalid schema for function 'x': In context=(), 'additionalProperties' is required to be supplied and to be false.",
    change: { strict: false },
  },
  {
    rule: 'OU-H17',
    message: 'Unknown parameter: prompt_cache_key',
    dialect: { promptCacheKey: true },
    change: { promptCacheKey: false },
  },
  {
    rule: 'OU-H17',
    message: 'Unrecognized request argument supplied: safety_identifier',
    change: { userIdMember: 'none' },
  },
  {
    rule: 'OU-H17',
    message: 'messages.0.content.0.cache_control: Extra inputs are not permitted',
    dialect: { cache: 'anthropic' },
    change: { cache: 'drop' },
  },
  {
    rule: 'OU-H18',
    message: 'messages[1].content: invalid type: sequence, expected a string at line 1 column 99',
    change: { stringsOnly: true },
  },
  {
    rule: 'OU-H19',
    message:
      'This request requires more credits, or fewer max_tokens. You requested up to 64000 tokens, but can only afford 2,666.',
    status: 402,
    change: { maximumOutputTokens: 2666 },
  },
  {
    rule: 'OU-H19',
    message: '`max_tokens` must be less than or equal to `8192`, the maximum value',
    change: { maximumOutputTokens: 8192 },
  },
  {
    rule: 'OU-H19',
    message: 'Invalid max_tokens (64000): must be less than or equal to 32768.',
    change: { maximumOutputTokens: 32_768 },
  },
  {
    rule: 'OU-H19',
    message: 'max_tokens is too large: 64000. This model supports at most 16384 completion tokens.',
    change: { maximumOutputTokens: 16_384 },
  },
  {
    rule: 'OU-H19',
    message: 'max_tokens is too large: 64000. This model supports at most 16384 completion tokens.',
    dialect: { maximumOutputTokens: 16_384 },
    change: undefined,
  },
  { rule: 'OU-H5', message: 'The prompt talks about temperature and thinking.', change: undefined },
  { rule: 'OU-H5', message: "'reasoning_effort' is not supported", status: 429, change: undefined },
]

describe('a refusal changes the dialect', () => {
  test.each(samples.map((sample) => [sample.message, sample.rule, sample] as const))(
    '%s (%s)',
    (_name, _rule, sample) => {
      expect(learn(sample)).toEqual(sample.change as object)
    },
  )

  test('only once: after each override, the same refusal has no further override (OU-H1 to H19)', () => {
    for (const sample of samples) {
      const change = learn(sample)
      if (change === undefined) continue
      const again = learn({ ...sample, dialect: { ...sample.dialect, ...change } })
      expect({ message: sample.message, again: JSON.stringify(again) }).not.toEqual({
        message: sample.message,
        again: JSON.stringify(change),
      })
    }
  })
})
