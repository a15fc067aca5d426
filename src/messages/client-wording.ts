/**
 * Error messages that make Claude Code repair a request: it compacts, shortens, or leaves a part out. Since 2.1.228 it
 * reads `capability_rejected: <class>` in a 400; older versions match the text itself. One message serves both. The
 * order of the classes is the client's: the first match counts.
 */

/** Leaves out unknown figures, because the client calculates with them. */
export const promptTooLong = (figures?: { readonly tokens: string; readonly maximum: string }): string =>
  figures === undefined
    ? 'prompt is too long'
    : `prompt is too long: ${figures.tokens} tokens > ${figures.maximum} maximum`

export const maxTokensTooLarge = (maxTokens: number, limit: string, model: string): string =>
  `max_tokens: ${maxTokens} > ${limit}, which is the maximum allowed number of output tokens for ${model}`

/** The input alone fits: the client lowers `max_tokens` and retries. */
export const inputAndMaxTokensTooLong = (figures: {
  readonly input: number
  readonly output: number
  readonly maximum: number
}): string =>
  `input length and \`max_tokens\` exceed context limit: ${figures.input} + ${figures.output} > ${figures.maximum}, decrease input length or \`max_tokens\` and try again`

/** `messageIndex`: the message with the tool uses. `ids`: a list as text. */
export const toolResultsMissing = (messageIndex: number, ids: string): string =>
  `messages.${messageIndex}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${ids}`

/** `path`: the message with the results (`messages.3`). */
export const toolResultsSurplus = (path: string): string =>
  `${path}: unexpected \`tool_use_id\` found in \`tool_result\` blocks`

const capabilityPrefix = /^capability_rejected: \S+ — /

/** A message of `withCapability`, for clients that do not read the class. */
export const withoutCapability = (message: string): string => message.replace(capabilityPrefix, '')

type Matcher = (message: string) => boolean

const has =
  (...patterns: readonly RegExp[]): Matcher =>
  (message) =>
    patterns.every((pattern) => pattern.test(message))
const any =
  (...matchers: readonly Matcher[]): Matcher =>
  (message) =>
    matchers.some((matches) => matches(message))

const isPromptTooLong = has(/prompt is too long|input is too long for requested model/i)
const isInputAndMaxTokensTooLong = has(/input length and `max_tokens` exceed context limit/i)

/** Whether the conversation is too long for the model, alone or with the answer's limit. */
export const isContextOverflow = any(isPromptTooLong, isInputAndMaxTokensTooLong)

/** Whether a message with the role `system` was refused, for its role or its position. */
export const isSystemRejected = any(
  has(/role .{0,2}system.{0,2} is not supported|role .{0,2}system.{0,2} must (?:precede|follow)/i),
  has(/Unexpected role/, /input message role/),
  has(
    /\.role'? failed to satisfy constraint: Member must satisfy enum value set: \[(?:user, assistant|assistant, user)\]/,
  ),
  has(/text-only role .{0,2}system.{0,2} messages require/i),
)

const cacheField: Matcher = (message) =>
  /cache_control|cachePoint/.test(message) &&
  !/\bsystem\.\d|tool_result|\bttl\b|empty text block/.test(message) &&
  /not permitted|cannot be set|unknown (?:name|field)|unrecognized|additional propert/i.test(message)

const thinkingSignature: Matcher = (quoted) => {
  const message = quoted.replaceAll('`', '')
  return any(
    has(/signature in thinking block/i),
    has(/invalid data in redacted_thinking block/i),
    has(/thinking\.signature/i, /field required/i),
    has(/thinking block|redacted_thinking/i, /cannot be modified|invalid signature/i),
  )(message)
}

/** Whether a model has refused the thinking that a request gives back: other bytes, or behind other messages. */
export const isThinkingRefused = any(thinkingSignature, has(/bound to a different conversation/i))

/** The type of thinking that was refused. Words far apart belong to different sentences. */
export const rejectedThinking = (message: string): 'enabled' | 'adaptive' | undefined => {
  const found =
    /thinking\.type[^a-z]{1,8}(enabled|adaptive)[\s\S]{0,200}?not supported/i.exec(message) ??
    /\b(adaptive) thinking is not supported/i.exec(message) ??
    /thinking: Input tag '(enabled|adaptive)' found using 'type'/.exec(message) ??
    /thinking.{0,20}['"](enabled|adaptive)['"].{0,20}not supported/i.exec(message)
  const type = found?.[1]?.toLowerCase()
  return type === 'enabled' || type === 'adaptive' ? type : undefined
}

const mediaAt = (message: string): string | undefined =>
  /messages[.[]\d+[\].]+content[.[]\d+[\].]+(?:tool_result[.[]content[.[]\d+[\].]+)?(image|document|pdf)/.exec(
    message,
  )?.[1]

const imageWords =
  /could not process image|image exceeds|image dimensions exceed|image does not match the provided media type|image cannot be empty|exceeds? (?:the )?api limit/i
const documentWords =
  /could not process pdf|pdf pages|the pdf specified (?:was not valid|is password protected)|pdf cannot be empty|does not support pdfs?\b/i

/** Each class, how to recognize it, and text for it that every client version recognizes. */
const classes: readonly {
  readonly name: string
  readonly matches: Matcher
  /** Put in front of a refusal without text that older clients recognize. */
  readonly words?: { readonly known: RegExp; readonly text: string }
}[] = [
  {
    name: 'mid_conv_system',
    matches: isSystemRejected,
    words: {
      known: /role .{0,2}system.{0,100}not supported|Unexpected role/is,
      text: "role 'system' is not supported",
    },
  },
  { name: 'cache_control_field', matches: cacheField },
  { name: 'thinking_signature', matches: thinkingSignature },
  { name: 'thinking_type:enabled', matches: (message) => rejectedThinking(message) === 'enabled' },
  { name: 'thinking_type:adaptive', matches: (message) => rejectedThinking(message) === 'adaptive' },
  {
    name: 'structured_outputs_unsupported',
    matches: has(/output_config\.format: Extra inputs are not permitted|extraneous key \[outputConfig\]/i),
    words: {
      known: /output_config\.format: Extra inputs are not permitted/i,
      text: 'output_config.format: Extra inputs are not permitted',
    },
  },
  {
    name: 'effort_unsupported',
    matches: any(
      has(/effort parameter/i, /not support/i),
      has(/output_config/i, /extra inputs are not permitted|requires a model that supports/i),
    ),
  },
  { name: 'media_budget', matches: has(/too much media/i) },
  { name: 'image_block', matches: (message) => mediaAt(message) === 'image' || imageWords.test(message) },
  { name: 'document_block', matches: (message) => mediaAt(message) !== undefined || documentWords.test(message) },
  { name: 'prompt_too_long', matches: isPromptTooLong },
  { name: 'max_tokens_context_overflow', matches: isInputAndMaxTokensTooLong },
]

/** The rejected flag: the one that the refusal names, or the only one sent. */
const rejectedBeta = (message: string, betas: readonly string[]): string | undefined => {
  const named = /anthropic[-_]beta/.test(message) ? betas.find((beta) => message.includes(beta)) : undefined
  const [only, ...others] = betas
  return named ?? (/invalid beta flag/i.test(message) && others.length === 0 ? only : undefined)
}

/** Puts the class, if any, in front of a 400's message. `betas`: the flags that were sent. */
export const withCapability = (message: string, betas: readonly string[]): string => {
  const found = classes.find(({ matches }) => matches(message))
  if (found === undefined) {
    const beta = rejectedBeta(message, betas)
    return beta === undefined ? message : `capability_rejected: beta_header:${beta} — ${message}`
  }
  const { name, words } = found
  const known = words === undefined || words.known.test(message) ? message : `${words.text} (${message})`
  return `capability_rejected: ${name} — ${known}`
}
