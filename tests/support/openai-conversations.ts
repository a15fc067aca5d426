import fc from 'fast-check'
import { redact, sign } from '../../src/simulator/signature.ts'
import { anyCharacter } from './any-character.ts'
import { png } from './translate.ts'

/** Random histories of Chat Completions, with everything that clients send, and more. */

let serial = 0
/** A word that a test can find in the output, among any characters. */
const word = fc.string({ unit: anyCharacter, maxLength: 6 }).map((text) => {
  serial += 1
  return `w${serial}·${text}`
})
const text = fc.oneof({ weight: 5, arbitrary: word }, { weight: 1, arbitrary: fc.constantFrom('', ' ', '\n\t ') })

const marked = (part: fc.Arbitrary<object>): fc.Arbitrary<object> =>
  fc
    .tuple(part, fc.boolean())
    .map(([made, isMarked]) => (isMarked ? { ...made, cache_control: { type: 'ephemeral' } } : made))

const textPart = marked(
  fc.tuple(fc.constantFrom('text', 'input_text'), text).map(([type, value]) => ({ type, text: value })),
)
const imagePart = marked(
  fc.constantFrom<object>(
    { type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } },
    { type: 'image_url', image_url: `data:image/png;base64,${png}` },
    { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } },
  ),
)
const filePart = word.map((data) => ({
  type: 'file',
  file: {
    filename: 'a.txt',
    file_data: `data:text/plain;base64,${Buffer.from(data.toWellFormed()).toString('base64')}`,
  },
}))

const system = fc.record({
  role: fc.constantFrom('system', 'developer'),
  content: fc.oneof(text, fc.array(textPart, { maxLength: 2 })),
})

const user = marked(
  fc.record(
    {
      role: fc.constant('user'),
      content: fc.oneof(
        text,
        fc.array(fc.oneof({ weight: 4, arbitrary: textPart }, imagePart, filePart), { maxLength: 3 }),
      ),
      name: fc.constantFrom('ada', 'bob', ''),
    },
    { requiredKeys: ['role', 'content'] },
  ),
)

/** Odd ones, and the same again in other turns. */
const callId = fc.oneof(
  fc.constantFrom('call_1', 'call_2', 'functions.bash:0', 'functions_bash_0', 'a|b', '', 'ü'),
  fc.string({ unit: anyCharacter, maxLength: 5 }),
)

const toolArguments = fc.oneof(
  fc.object({ maxDepth: 1 }).map((value) => JSON.stringify(value)),
  fc.object({ maxDepth: 1 }),
  fc.constantFrom(undefined, null, '', '{"a":', '[1]', 'null', '"x"'),
)

const call = fc
  .record({
    name: fc.constantFrom('bash', 'read'),
    isCustom: fc.boolean(),
    args: toolArguments,
    input: word,
    result: fc.oneof(text, fc.array(fc.oneof(textPart, imagePart), { maxLength: 2 }), fc.constant(null)),
    isAnswered: fc.integer({ min: 0, max: 9 }).map((chance) => chance > 0),
    /** The position of the result among the messages after the calls. */
    position: fc.nat(5),
  })
  .map(({ name, isCustom, args, input, ...others }) => ({
    ...others,
    called: isCustom
      ? { type: 'custom', custom: { name, input } }
      : { type: 'function', function: { name, arguments: args } },
  }))

const thought = (value: string): object => ({ text: value, signature: sign(value) })

/** Each form in which a client sends thinking back: with signatures, or without words that the output must have. */
const thinking: fc.Arbitrary<object> = fc.oneof(
  fc.constant({}),
  fc.constantFrom('hm', '').map((reasoning_content) => ({ reasoning_content })),
  fc.array(word, { minLength: 1, maxLength: 2 }).map((texts) => ({
    reasoning_details: texts.flatMap((value, index) => [
      { type: 'reasoning.text', text: value.slice(0, 2), index, format: 'anthropic-claude-v1' },
      { type: 'reasoning.text', ...thought(value), text: value.slice(2), index, format: 'anthropic-claude-v1' },
    ]),
  })),
  word.map((value) => ({
    reasoning_content: 'hm',
    thinking_blocks: [
      { type: 'thinking', thinking: value, signature: sign(value) },
      { type: 'redacted_thinking', data: redact('x') },
    ],
  })),
)

interface Exchange {
  readonly before: object[]
  readonly user: object
  readonly said: unknown
  readonly thinking: object
  readonly calls: { called: object; result: unknown; isAnswered: boolean; position: number; id: string }[]
  readonly later: object[]
}

const exchange: fc.Arbitrary<Exchange> = fc.record({
  before: fc.array(system, { maxLength: 1 }),
  user,
  said: fc.oneof(word, fc.array(textPart, { maxLength: 2 }), fc.constantFrom(null, '')),
  thinking,
  calls: fc
    .array(fc.tuple(call, callId), { maxLength: 3 })
    .map((all) => all.map(([made, id]) => ({ ...made, id })))
    // Parallel calls have different ids.
    .map((all) => all.filter(({ id }, index) => all.findIndex((other) => other.id === id) === index)),
  /** Between the calls and the last result. */
  later: fc.array(
    fc.oneof(
      user,
      system,
      word.map((content) => ({ role: 'assistant', content })),
    ),
    { maxLength: 2 },
  ),
})

const toMessages = ({ before, user: words, said, thinking: thoughts, calls, later }: Exchange): object[] => {
  const after = [...later]
  for (const { id, result, isAnswered, position } of calls) {
    if (isAnswered) after.splice(position % (after.length + 1), 0, { role: 'tool', tool_call_id: id, content: result })
  }
  const hasContent = calls.length > 0 || (typeof said === 'string' && said !== '')
  return [
    ...before,
    words,
    {
      role: 'assistant',
      content: said,
      ...(hasContent && thoughts),
      ...(calls.length > 0 && { tool_calls: calls.map(({ id, called }) => ({ id, ...called })) }),
    },
    ...after,
  ]
}

/** A round of a client that still uses `functions`. */
const functionRound: fc.Arbitrary<object[]> = fc
  .tuple(fc.constantFrom('bash', 'read'), toolArguments, text)
  .map(([name, args, content]) => [
    { role: 'assistant', content: null, function_call: { name, arguments: args } },
    { role: 'function', name, content },
  ])

/** A round in Anthropic's form (OE-C23). */
const anthropicRound: fc.Arbitrary<object[]> = fc.tuple(word, word, word).map(([thinks, says, found]) => [
  {
    role: 'assistant',
    content: [
      { type: 'thinking', thinking: thinks, signature: sign(thinks) },
      { type: 'text', text: says },
      { type: 'tool_use', id: 'toolu_1', name: 'read', input: { path: 'x' } },
    ],
  },
  { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: found }] },
])

/** The result of a call that the client has cut off. */
const orphan: fc.Arbitrary<object[]> = word.map((content) => [{ role: 'tool', tool_call_id: 'gone', content }])

const part: fc.Arbitrary<object[]> = fc.oneof(
  { weight: 5, arbitrary: exchange.map(toMessages) },
  functionRound,
  anthropicRound,
  orphan,
)

/** The user speaks: what is open before it stays open. */
const speech = word.map((content) => ({ role: 'user', content }))
const reply = word.map((content) => ({ role: 'assistant', content }))

const parameters = {
  $schema: 'x',
  type: 'object',
  properties: { a: { type: 'string', format: 'byte' } },
  anyOf: [{ required: ['a'] }],
}

/** In each form in which clients declare tools. */
const tools = [
  { type: 'function', function: { name: 'bash', description: 'Runs a command.', parameters, strict: null } },
  { type: 'function', name: 'read', parameters },
  { name: 'write', input_schema: { type: 'object', properties: {} }, cache_control: { type: 'ephemeral', ttl: '1h' } },
  { type: 'custom', custom: { name: 'patch', format: { type: 'text' } } },
  { type: 'function', function: { name: 'list' } },
]

/** Members besides the messages. */
const members = fc.record(
  {
    tools: fc.subarray(tools),
    tool_choice: fc.constantFrom('auto', 'none'),
    parallel_tool_calls: fc.boolean(),
    temperature: fc.constantFrom(0, 0.5, 2),
    top_p: fc.constantFrom(1, 0.9),
    stop: fc.constantFrom('END', ['a', 'b', ' ']),
    max_tokens: fc.constantFrom(10, 2000, 1_000_000),
    reasoning_effort: fc.constantFrom('none', 'minimal', 'low', 'max', 'other'),
    response_format: fc.constantFrom<object>(
      { type: 'text' },
      { type: 'json_object' },
      {
        type: 'json_schema',
        json_schema: {
          name: 'a',
          schema: {
            type: 'object',
            properties: { a: { type: 'string' } },
            required: ['a'],
            additionalProperties: false,
          },
        },
      },
    ),
    user: word,
    prompt_cache_retention: fc.constantFrom('24h', 'in_memory'),
    seed: fc.nat(),
    stream: fc.boolean(),
    an_unknown_member: fc.anything({ maxDepth: 1 }),
  },
  { requiredKeys: [] },
)

/** `messages` is a whole history; `next` continues it, and gives no result to an earlier call. */
export interface OpenAiConversation {
  readonly messages: object[]
  readonly next: object[]
  readonly members: object
}

export const openAiConversations: fc.Arbitrary<OpenAiConversation> = fc.record({
  messages: fc
    .tuple(fc.array(part, { minLength: 1, maxLength: 4 }), speech)
    .map(([parts, last]) => [...parts.flat(), last]),
  next: fc
    .tuple(reply, fc.array(part, { maxLength: 2 }), speech)
    .map(([first, parts, last]) => [first, ...parts.flat(), last]),
  members,
})
