import { describe, expect, test } from 'bun:test'
import type { FaceName } from '../../../src/simulator/openai-chat/face-name.ts'
import { faces } from '../../../src/simulator/openai-chat/faces.ts'
import { createRequestValidator } from '../../../src/simulator/openai-chat/validate-request.ts'
import { sign } from '../../../src/simulator/signature.ts'
import { png } from '../../support/translate.ts'

/** What each server refuses that OpenAI's does not, and what it takes that OpenAI's does not. */

const modelOf = (face: FaceName): string => faces[face].models[0]?.id ?? ''

/** The words of the refusal; undefined where the request is answered. */
const refuse = (face: FaceName, more: object): string | undefined => {
  const value = { model: modelOf(face), messages: [{ role: 'user', content: 'a' }], ...more }
  const validated = createRequestValidator(faces[face], faces[face].models, false)(value)
  return 'refusal' in validated ? validated.refusal.message : undefined
}

const user = (content: unknown = 'a'): object => ({ role: 'user', content })
const calls = (id: string, more: object = {}): object => ({
  role: 'assistant',
  content: null,
  tool_calls: [{ id, type: 'function', function: { name: 'T', arguments: '{}' } }],
  ...more,
})
const result = (id: string): object => ({ role: 'tool', tool_call_id: id, content: 'ok' })
const toolOf = (parameters: object): object => ({ type: 'function', function: { name: 'T', parameters } })
const plain = { type: 'object', properties: {} }
const tools = [toolOf(plain)]
const named = { type: 'function', function: { name: 'T' } }
const image = (url: string): object => ({ type: 'image_url', image_url: { url } })
const pngUrl = `data:image/png;base64,${png}`
const withProperty = (property: unknown): object[] => [toolOf({ type: 'object', properties: { a: property } })]
const loop = (id: string, more: object = {}): object[] => [user(), calls(id, more), result(id)]
const thoughts = { reasoning_content: 'hm' }
const detail = (index: number, text = 'hm', signature = sign(text)): object => ({
  type: 'reasoning.text',
  text,
  signature,
  format: 'anthropic-claude-v1',
  index,
})
const late = [user(), { role: 'assistant', content: 'b' }, { role: 'system', content: 's' }, user()]
const object = { response_format: { type: 'json_object' } }
const schema = { response_format: { type: 'json_schema', json_schema: { name: 'r', schema: plain } } }

const refusals: readonly (readonly [face: FaceName, rule: string, more: object, words: string])[] = [
  ['deepseek', 'an unknown member', { store: false }, 'unknown field `store`'],
  [
    'deepseek',
    'a loop without its thoughts',
    { messages: loop('1'), tools },
    'The `reasoning_content` in the thinking mode must be passed back to the API.',
  ],
  [
    'deepseek',
    'a turn of words without its thoughts',
    { messages: [user(), { role: 'assistant', content: 'b' }, user()] },
    'The `reasoning_content` in the thinking mode must be passed back to the API.',
  ],
  [
    'deepseek',
    'a forced tool while it thinks',
    { tools, tool_choice: 'required' },
    'Thinking mode does not support this tool_choice',
  ],
  ['deepseek', 'a schema for the answer', schema, 'This response_format type is unavailable now'],
  ['deepseek', 'an image', { messages: [user([image(pngUrl)])] }, 'unknown variant `image_url`, expected `text`'],
  ['deepseek', 'developer messages', { messages: [{ role: 'developer', content: 's' }, user()] }, 'developer'],
  [
    'kimi',
    'a call without its thoughts',
    { messages: loop('1'), tools },
    'thinking is enabled but reasoning_content is missing in assistant tool call message at index 1',
  ],
  [
    'kimi',
    'a tool by its name while it thinks',
    { tools, tool_choice: named },
    "tool_choice 'specified' is incompatible with thinking enabled",
  ],
  ['kimi', 'a temperature', { temperature: 0.5 }, 'invalid temperature: only 1 is allowed for this model'],
  ['kimi', 'an image by its URL', { messages: [user([image('https://example.com/a.png')])] }, 'unsupported image url'],
  [
    'kimi',
    'a message that says nothing',
    { messages: [user('')] },
    "Invalid request: the message at position 0 with role 'user' must not be empty",
  ],
  [
    'kimi',
    'type next to anyOf',
    { tools: withProperty({ type: 'string', anyOf: [{ type: 'string' }] }) },
    "tools.function.parameters is not a valid moonshot flavored json schema, details: <At path 'properties.a': when using anyOf, type should be defined in anyOf items instead of the parent schema>",
  ],
  [
    'kimi',
    'anyOf at the root',
    { tools: [toolOf({ ...plain, anyOf: [{ type: 'object', properties: {} }] })] },
    "details: <At path '': when using anyOf",
  ],
  ['kimi', 'a list of items', { tools: withProperty({ type: 'array', items: [] }) }, 'items must be an object'],
  ['kimi', 'a node without a type', { tools: withProperty({ description: 'x' }) }, 'type is not defined'],
  ['kimi', 'a node that is true', { tools: withProperty(true) }, 'type is not defined'],
  ['mistral', 'an unknown member', { top_k: 1 }, 'Extra inputs are not permitted: top_k'],
  [
    'mistral',
    'an id that is not of nine characters',
    { messages: loop('call_1'), tools },
    'Tool call id was call_1 but must be a-z, A-Z, 0-9, with a length of 9.',
  ],
  [
    'mistral',
    'a user message after a result',
    { messages: [...loop('abcdefghi'), user()], tools },
    "Unexpected role 'user' after role 'tool'",
  ],
  [
    'mistral',
    'a turn of the assistant at the end',
    { messages: [user(), { role: 'assistant', content: 'b' }] },
    'Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant',
  ],
  ['nebius', 'developer messages', { messages: [{ role: 'developer', content: 's' }] }, "'developer'"],
  ['nebius', 'a model in lower case', { model: 'zai-org/glm-4.5' }, 'does not exist'],
  ['nebius', 'store', { store: false }, 'Extra inputs are not permitted: store'],
  [
    'openrouter',
    'details that were changed',
    {
      messages: [user(), { role: 'assistant', content: 'b', reasoning_details: [detail(0, 'hm', sign('h'))] }, user()],
    },
    'Invalid `signature` in `reasoning_details`',
  ],
  [
    'openrouter',
    'details in another order',
    { messages: [user(), { role: 'assistant', content: 'b', reasoning_details: [detail(1), detail(0)] }, user()] },
    'the order of `reasoning_details` was changed',
  ],
  ['openrouter', 'a history of tools without tools', { messages: loop('1') }, '(tools= param)'],
  ['vllm', 'a late system message', { messages: late }, 'System message must be at the beginning.'],
  [
    'vllm',
    'arguments that are not an object',
    {
      messages: [
        user(),
        { role: 'assistant', tool_calls: [{ id: '1', type: 'function', function: { name: 'T', arguments: '{' } }] },
        result('1'),
      ],
      tools,
    },
    'Expecting value',
  ],
  ['llamacpp', 'a late system message', { messages: late }, 'System message must be at the beginning.'],
  ['llamacpp', 'two turns of one side', { messages: [user(), user()] }, 'Conversation roles must alternate'],
  [
    'llamacpp',
    'classes in patterns',
    { tools: withProperty({ type: 'string', pattern: '^\\d+$' }) },
    'failed to parse grammar',
  ],
  [
    'llamacpp',
    'big repetitions',
    { tools: withProperty({ type: 'string', maxLength: 100_000 }) },
    'failed to parse grammar',
  ],
  [
    'lmstudio',
    'a tool by its name',
    { tools, tool_choice: named },
    "Invalid tool_choice type: 'object'. Supported string values: none, auto, required",
  ],
  ['lmstudio', 'json_object', object, "'response_format.type' must be 'json_schema' or 'text'"],
  ['ollama', 'an image by its URL', { model: 'gemma3:12b', messages: [user([image('https://a.b/c')])] }, 'image'],
  ['ollama', 'a model that was not pulled', { model: 'x' }, 'model "x" not found, try pulling it first'],
]

describe('each face refuses what its provider refuses', () => {
  test.each(refusals)('%s: %s', (face, _rule, more, words) => {
    expect(refuse(face, more)).toContain(words)
  })
})

const accepted: readonly (readonly [face: FaceName, rule: string, more: object])[] = [
  ['deepseek', 'thoughts of each turn', { messages: loop('1', thoughts), tools }],
  ['deepseek', 'a forced tool that does not think', { thinking: { type: 'disabled' }, tools, tool_choice: named }],
  ['deepseek', 'no thoughts where it does not think', { thinking: { type: 'disabled' }, messages: loop('1'), tools }],
  ['kimi', 'thoughts of each call', { messages: loop('1', thoughts), tools }],
  ['kimi', 'a temperature of the older model', { model: 'kimi-k2-0905-preview', temperature: 0.5 }],
  [
    'kimi',
    'an image in a result',
    { messages: [...loop('1', thoughts).slice(0, 2), { ...result('1'), content: [image(pngUrl)] }] },
  ],
  ['kimi', 'type next to oneOf', { tools: withProperty({ type: 'string', oneOf: [{ type: 'string' }] }) }],
  ['mistral', 'ids of nine characters', { messages: loop('abcdefghi'), tools, tool_choice: 'any' }],
  [
    'mistral',
    'a bridge in front of the user',
    { messages: [...loop('abcdefghi'), { role: 'assistant', content: '(continuing)' }, user()], tools },
  ],
  [
    'mistral',
    'thoughts as parts, and documents by URL',
    {
      messages: [
        user([{ type: 'document_url', document_url: 'data:application/pdf;base64,JVBERi0x' }]),
        { role: 'assistant', content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }] },
        user(),
      ],
    },
  ],
  ['nebius', 'thoughts, and an effort', { reasoning_effort: 'max', messages: loop('1', thoughts), tools }],
  [
    'openrouter',
    'its own details, and cache markers',
    {
      reasoning: { effort: 'high' },
      messages: [
        { role: 'system', content: [{ type: 'text', text: 's', cache_control: { type: 'ephemeral', ttl: '1h' } }] },
        user(),
        { role: 'assistant', content: 'b', reasoning: 'hm', reasoning_details: [detail(0)] },
        user(),
      ],
    },
  ],
  ['vllm', 'what it does not know', { foo: 1, top_k: 4, messages: loop('1', { ...thoughts, reasoning: 'hm' }) }],
  ['llamacpp', 'thoughts of each turn', { top_k: 4, messages: loop('1', thoughts), tools }],
  ['lmstudio', 'a tool by a word', { tools, tool_choice: 'required' }],
  ['ollama', 'a late system message', { messages: late, reasoning_effort: 'max' }],
]

describe('each face accepts what its provider accepts', () => {
  test.each(accepted)('%s: %s', (face, _rule, more) => {
    expect(refuse(face, more)).toBeUndefined()
  })
})

const overflows: readonly (readonly [face: FaceName, words: RegExp])[] = [
  ['strict', /maximum context length is 50 tokens/],
  ['deepseek', /maximum context length is 50 tokens/],
  ['kimi', /exceeded model token limit: 50 \(requested: \d+\)/],
  ['mistral', /Prompt contains \d+ tokens and 0 draft tokens, too large for model with 50 maximum context length/],
  [
    'nebius',
    /maximum context length is 50 tokens\. However, you requested 10 output tokens and your prompt contains at least \d+ input tokens/,
  ],
  ['openrouter', /maximum context length is 50 tokens/],
  ['vllm', /your prompt contains at least \d+ input tokens/],
  ['llamacpp', /the request exceeds the available context size/],
  ['lmstudio', /greater than the context length/],
  ['ollama', /prompt too long; exceeded max context length by \d+ tokens/],
]

test.each(overflows)('%s says in its own words that a prompt is too long', (face, words) => {
  const model = { id: 'small', efforts: [], sampling: true, stop: true, images: false, window: 50, maxOutputTokens: 40 }
  const value = { model: 'small', messages: [user('word '.repeat(60))], max_tokens: 10 }
  const validated = createRequestValidator(faces[face], [model], false)(value)
  expect('refusal' in validated && validated.refusal.message).toMatch(words)
})
