import fc from 'fast-check'
import type { Json } from '../../src/base/json.ts'
import { redact, sign } from '../../src/simulator/signature.ts'
import { encodeThinking } from '../../src/translate/openai-responses-entrance/encrypted-content.ts'
import { anyCharacter } from './any-character.ts'
import { png } from './translate.ts'

/** Random inputs of Responses, with every kind of item that clients send, and tools of every kind. */

export const conversationModel = 'claude-sonnet-4.6'

let serial = 0
/** A word that a test can find in the output, among any characters. */
const word = fc.string({ unit: anyCharacter, maxLength: 6 }).map((text) => {
  serial += 1
  return `w${serial}·${text}`
})

const part = fc.oneof(
  { weight: 5, arbitrary: word.map((text) => ({ type: 'input_text', text })) },
  fc.constant({ type: 'input_image', image_url: `data:image/png;base64,${png}`, detail: 'auto' }),
)

const content = fc.oneof(word, fc.array(part, { minLength: 1, maxLength: 3 }))

const named = (role: string): fc.Arbitrary<Json> =>
  fc
    .tuple(content, fc.boolean())
    .map(([words, isTyped]) => ({ ...(isTyped && { type: 'message' }), role, content: words }))

const system = fc
  .tuple(fc.constantFrom('system', 'developer'), word)
  .map(([role, words]): Json => ({ type: 'message', role, content: words }))

const dropped = fc.constantFrom<Json>(
  { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'x' } },
  { type: 'reasoning', id: 'rs_0', summary: [], encrypted_content: 'gAAAAABp' },
  { type: 'item_reference', id: 'rs_9' },
)

const thinking = word.map((text) => ({
  type: 'thinking' as const,
  thinking: text,
  signature: sign(text.toWellFormed()),
}))
const redacted = word.map((text) => ({ type: 'redacted_thinking' as const, data: redact(text.toWellFormed()) }))

const reasoning = fc.array(fc.oneof(thinking, redacted), { minLength: 1, maxLength: 2 }).map(
  (blocks): Json => ({
    type: 'reasoning',
    id: 'rs_1',
    summary: [],
    encrypted_content: encodeThinking({ modelId: conversationModel, content: blocks }),
  }),
)

const assistant = word.map(
  (text): Json => ({
    type: 'message',
    id: 'msg_1',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text, annotations: [] }],
  }),
)

/** Odd ones, and the same again in other turns. */
const callId = fc.constantFrom('call_1', 'call_2', 'call_3', 'functions.bash:0', 'a|b', 'ü')
const name = fc.constantFrom('add', 'read', 'my.tool', 'x'.repeat(70))
const namespace = fc.constantFrom(undefined, 'mcp__probe', 'functions', 'a__b')
const toolArguments = fc.constantFrom('{}', '', '{"a":', '[1]', '{"a":12345678901234567890}', '{"a":"b"}')

/** A call and its output, without their ids. */
type Pair = readonly [call: Json, output: Json]

const results = fc.oneof(word, fc.array(part, { maxLength: 2 }))

const functionPair = fc.tuple(name, namespace, toolArguments, results).map(
  ([called, space, args, output]): Pair => [
    { type: 'function_call', name: called, ...(space && { namespace: space }), arguments: args },
    { type: 'function_call_output', output },
  ],
)

const customPair = fc.tuple(fc.constantFrom('apply_patch', 'exec'), namespace, word, results).map(
  ([called, space, input, output]): Pair => [
    { type: 'custom_tool_call', name: called, ...(space && { namespace: space }), input },
    { type: 'custom_tool_call_output', output },
  ],
)

const hostedPair = word.chain((words) =>
  fc.constantFrom<Pair>(
    [
      { type: 'local_shell_call', action: { type: 'exec', command: [words], env: {} } },
      { type: 'local_shell_call_output', output: words },
    ],
    [
      { type: 'shell_call', action: { commands: [words], timeout_ms: null, max_output_length: null } },
      { type: 'shell_call_output', output: [{ stdout: words, stderr: '', outcome: { type: 'exit', exit_code: 0 } }] },
    ],
    [
      { type: 'apply_patch_call', operation: { type: 'create_file', path: 'a', diff: words } },
      { type: 'apply_patch_call_output', status: 'failed', output: words },
    ],
    [
      { type: 'tool_search_call', execution: 'client', arguments: { query: words } },
      {
        type: 'tool_search_output',
        execution: 'client',
        tools: [
          { type: 'function', name: 'found', description: words, parameters: { type: 'object', properties: {} } },
        ],
      },
    ],
  ),
)

/** One answer of the model and the outputs of its calls, which may come in any order. */
const round = fc
  .record({
    reasoning: fc.option(reasoning, { nil: undefined, freq: 2 }),
    dropped: fc.option(dropped, { nil: undefined, freq: 4 }),
    said: fc.option(assistant, { nil: undefined }),
    calls: fc.uniqueArray(fc.tuple(callId, fc.oneof(functionPair, customPair, hostedPair), fc.nat()), {
      selector: ([id]) => id,
      maxLength: 3,
    }),
  })
  .map(({ reasoning: thought, dropped: noise, said, calls }) => {
    const outputs = [...calls].sort(([, , left], [, , right]) => left - right)
    return [
      ...[thought, noise, said].filter((item) => item !== undefined),
      ...calls.map(([call_id, [call]]) => ({ ...call, call_id })),
      ...outputs.map(([call_id, [, output]]) => ({ ...output, call_id })),
    ]
  })

const turn = fc
  .tuple(fc.array(round, { maxLength: 3 }), fc.option(system, { nil: undefined, freq: 3 }), named('user'))
  .map(([rounds, instruction, question]) => [...rounds.flat(), ...(instruction ? [instruction] : []), question])

const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }
const member = (tool: string): Json => ({
  type: 'function',
  name: tool,
  description: `The tool ${tool}.`,
  parameters: schema,
})

const tools = fc.subarray<Json>([
  member('add'),
  { type: 'custom', name: 'apply_patch', format: { type: 'grammar', syntax: 'lark', definition: 'start: "a"' } },
  { type: 'namespace', name: 'mcp__probe', description: 'Probes.', tools: [member('add'), member('x'.repeat(70))] },
  { type: 'namespace', name: 'functions', description: '', tools: [{ type: 'custom', name: 'exec' }, member('read')] },
  { type: 'namespace', name: 'a', description: 'A.', tools: [member('b__add')] },
  { type: 'namespace', name: 'a__b', description: 'A.', tools: [member('add')] },
  { type: 'shell', environment: { type: 'local' } },
  { type: 'local_shell' },
  { type: 'tool_search', execution: 'client', parameters: schema },
  member('read'),
])

export interface ResponsesConversation {
  readonly tools: readonly Json[]
  readonly input: readonly Json[]
  /** More items of the same conversation. */
  readonly next: readonly Json[]
}

export const responsesConversations: fc.Arbitrary<ResponsesConversation> = fc
  .record({
    tools,
    leading: fc.array(system, { maxLength: 2 }),
    question: named('user'),
    input: fc.array(turn, { maxLength: 3 }),
    next: fc.array(turn, { maxLength: 2 }),
  })
  .map(({ leading, question, input, next, ...rest }) => ({
    ...rest,
    input: [...leading, question, ...input.flat()],
    next: next.flat(),
  }))
