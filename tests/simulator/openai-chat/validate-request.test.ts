import { describe, expect, test } from 'bun:test'
import type { FaceName } from '../../../src/simulator/openai-chat/face-name.ts'
import { faces } from '../../../src/simulator/openai-chat/faces.ts'
import type { ChatRefusal } from '../../../src/simulator/openai-chat/refusal.ts'
import { createRequestValidator } from '../../../src/simulator/openai-chat/validate-request.ts'
import { png } from '../../support/translate.ts'

/** Every refusal of OpenAI's own server once: a simulator that accepts everything proves nothing. */

const refuse = (body: object, face: FaceName = 'strict'): ChatRefusal | undefined => {
  const validated = createRequestValidator(faces[face], faces[face].models, false)(body)
  return 'refusal' in validated ? validated.refusal : undefined
}

const user = (content: unknown): object => ({ role: 'user', content })
const call = (id: string, name = 'T', input = '{}'): object => ({
  id,
  type: 'function',
  function: { name, arguments: input },
})
const calls = (...ids: string[]): object => ({
  role: 'assistant',
  content: null,
  tool_calls: ids.map((id) => call(id)),
})
const result = (id: string, content = 'ok'): object => ({ role: 'tool', tool_call_id: id, content })
const parameters = { type: 'object', properties: {} }
const tool = (name: string, more: object = {}): object => ({
  type: 'function',
  function: { name, parameters, ...more },
})
const tools = [tool('T')]
const body = (more: object = {}): object => ({ model: 'gpt-4.1', messages: [user('Hello')], ...more })
const said = (...messages: object[]): object => body({ messages: [user('Hello'), ...messages] })
const image = (url: string): object => ({ type: 'image_url', image_url: { url } })
const pngUrl = `data:image/png;base64,${png}`
const file = (more: object): object => ({ type: 'file', file: more })
const format = (schema: object, strict = true): object => ({
  response_format: { type: 'json_schema', json_schema: { name: 'response', schema, strict } },
})
const closed = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false }

describe('a valid request is answered', () => {
  test.each([
    [body()],
    [body({ stream: true, stream_options: { include_usage: true }, store: false, prompt_cache_key: 'a'.repeat(32) })],
    [body({ temperature: 0, top_p: 1, stop: ['a', 'b', 'c', 'd'], seed: null, max_tokens: 32_768 })],
    [body({ stop: 'a' })],
    [body({ tools, tool_choice: { type: 'function', function: { name: 'T' } }, parallel_tool_calls: false })],
    [body({ tools: Array.from({ length: 128 }, (_, index) => tool(`T${index}`)) })],
    [said(calls('1', '2'), result('2'), result('1'), user('next'), user('and next'))],
    [said({ ...calls('1'), content: 'Let me look.' }, result('1'), calls('2'), result('2'))],
    [said({ role: 'assistant', content: '' }, user('b'))],
    [body({ messages: [{ role: 'system', content: [{ type: 'text', text: 's' }] }, user([image(pngUrl)])] })],
    [body({ messages: [user([image('https://example.com/a.png'), { type: 'text', text: 'a' }])] })],
    [body({ messages: [user([file({ filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0x' })])] })],
    [body(format(closed))],
    [body(format({ type: 'object', properties: { a: { type: 'string', minLength: 1 } } }, false))],
    [body({ messages: [user('Say it as JSON')], response_format: { type: 'json_object' } })],
    [{ ...body({ reasoning_effort: 'low', max_completion_tokens: 1000 }), model: 'gpt-5' }],
    [{ ...body({ reasoning_effort: 'none', tools }), model: 'gpt-5.6' }],
    [{ ...body({ temperature: 1 }), model: 'gpt-5' }],
  ])('%#', (value) => {
    expect(refuse(value)).toBeUndefined()
  })
})

/** Message, place and code. */
const refusals: readonly (readonly [rule: string, value: object, ...words: string[]])[] = [
  // Shapes
  ['a missing model', { messages: [user('a')] }, 'you must provide a model parameter'],
  [
    'missing messages',
    { model: 'gpt-4.1' },
    "Missing required parameter: 'messages'.",
    'messages',
    'missing_required_parameter',
  ],
  [
    'no messages',
    body({ messages: [] }),
    "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
    'messages',
    'empty_array',
  ],
  ['an unknown member', body({ top_k: 1 }), 'Unrecognized request argument supplied: top_k'],
  [
    "a member of Anthropic's in a message",
    body({ messages: [{ ...user('a'), cache_control: { type: 'ephemeral' } }] }),
    "Unknown parameter: 'messages[0].cache_control'.",
    'messages[0].cache_control',
    'unknown_parameter',
  ],
  [
    'an unknown member of a part',
    body({ messages: [user([{ type: 'text', text: 'a', cache_control: {} }])] }),
    "Unknown parameter: 'messages[0].content[0].cache_control'.",
    'messages[0].content[0].cache_control',
    'unknown_parameter',
  ],
  [
    'reasoning in a message',
    said({ role: 'assistant', content: 'a', reasoning_content: 'b' }),
    "Unknown parameter: 'messages[1].reasoning_content'.",
    'messages[1].reasoning_content',
    'unknown_parameter',
  ],
  [
    'an unknown role',
    body({ messages: [{ role: 'human', content: 'a' }] }),
    "Invalid value: 'human'. Supported values are: 'system', 'developer', 'user', 'assistant', 'tool', and 'function'.",
    'messages[0].role',
    'invalid_value',
  ],
  [
    'content of another type',
    body({ messages: [user(1)] }),
    "Invalid type for 'messages[0].content': expected one of a string or array of objects, but got an integer instead.",
    'messages[0].content',
    'invalid_type',
  ],
  [
    'an image in a tool message',
    said(calls('1'), { role: 'tool', tool_call_id: '1', content: [image(pngUrl)] }),
    "Invalid value: 'image_url'. Supported values are: 'text'.",
    'messages[2].content[0].type',
    'invalid_value',
  ],
  [
    'an image of the assistant',
    said({ role: 'assistant', content: [image(pngUrl)] }),
    "Invalid value: 'image_url'. Supported values are: 'text' and 'refusal'.",
    'messages[1].content[0].type',
    'invalid_value',
  ],
  [
    'an id of 41 characters',
    said(calls('i'.repeat(41)), result('i'.repeat(41))),
    "Invalid 'messages[1].tool_calls[0].id': string too long. Expected a string with maximum length 40, but got a string with length 41 instead.",
    'messages[1].tool_calls[0].id',
    'string_above_max_length',
  ],
  [
    'a tool name with a dot',
    body({ tools: [tool('a.b')] }),
    "Invalid 'tools[0].function.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
    'tools[0].function.name',
    'invalid_value',
  ],
  [
    'a tool name of 65 characters',
    body({ tools: [tool('n'.repeat(65))] }),
    "Invalid 'tools[0].function.name': string too long. Expected a string with maximum length 64, but got a string with length 65 instead.",
    'tools[0].function.name',
    'string_above_max_length',
  ],
  [
    'no tools in a list of tools',
    body({ tools: [] }),
    "Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty array instead.",
    'tools',
    'empty_array',
  ],
  [
    '129 tools',
    body({ tools: Array.from({ length: 129 }, (_, index) => tool(`T${index}`)) }),
    "Invalid 'tools': array too long. Expected an array with maximum length 128, but got an array with length 129 instead.",
    'tools',
    'array_above_max_length',
  ],
  [
    'five stop sequences',
    body({ stop: ['a', 'b', 'c', 'd', 'e'] }),
    "Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array with length 5 instead.",
    'stop',
    'array_above_max_length',
  ],
  [
    'a stop sequence that is not a text',
    body({ stop: [1] }),
    "Invalid type for 'stop[0]': expected a string, but got an integer instead.",
    'stop[0]',
    'invalid_type',
  ],
  [
    "Anthropic's word for any tool",
    body({ tools, tool_choice: 'any' }),
    "Invalid value: 'any'. Supported values are: 'none', 'auto', and 'required'.",
    'tool_choice',
    'invalid_value',
  ],
  [
    "Anthropic's form of a tool choice",
    body({ tools, tool_choice: { type: 'tool', name: 'T' } }),
    "Invalid value: 'tool'. Supported values are: 'function', 'custom', and 'allowed_tools'.",
    'tool_choice.type',
    'invalid_value',
  ],
  [
    'max_tokens 0',
    body({ max_tokens: 0 }),
    "Invalid 'max_tokens': integer below minimum value. Expected a value >= 1, but got 0 instead.",
    'max_tokens',
    'integer_below_min_value',
  ],
  [
    'a temperature of 2.5',
    body({ temperature: 2.5 }),
    "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 2.5 instead.",
    'temperature',
    'decimal_above_max_value',
  ],
  [
    'a cache key of 65 characters',
    body({ prompt_cache_key: 'k'.repeat(65) }),
    "Invalid 'prompt_cache_key': string too long. Expected a string with maximum length 64, but got a string with length 65 instead.",
    'prompt_cache_key',
    'string_above_max_length',
  ],
  // The order law
  [
    'calls without results',
    said(calls('1', '2'), result('1'), user('b')),
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: 2",
    'messages.[3].role',
  ],
  [
    'calls at the end',
    said(calls('1')),
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: 1",
    'messages',
  ],
  [
    'a user message between a call and its result',
    said(calls('1'), user('b'), result('1')),
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: 1",
    'messages.[2].role',
  ],
  [
    'a result without calls',
    said(result('1')),
    "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
    'messages.[1].role',
  ],
  [
    'a result of an unknown call',
    said(calls('1'), result('1'), result('2')),
    "Invalid parameter: 'tool_call_id' of '2' not found in 'tool_calls' of previous message.",
    'messages.[3].tool_call_id',
  ],
  [
    'two results of one call',
    said(calls('1'), result('1'), result('1')),
    "Duplicate value for 'tool_call_id' of '1' in message[3]",
    'messages.[3].tool_call_id',
  ],
  [
    'two calls of one id',
    said(calls('1', '1'), result('1')),
    "Duplicate value for 'id' of '1' in message[1]",
    'messages.[1].tool_calls',
  ],
  [
    'an assistant message without anything',
    said({ role: 'assistant', content: null }),
    "Invalid value for 'content': expected a string, got null.",
    'messages.[1].content',
  ],
  [
    'no calls in a list of calls',
    said({ role: 'assistant', content: 'a', tool_calls: [] }),
    "Invalid 'messages[1].tool_calls': empty array. Expected an array with minimum length 1, but got an empty array instead.",
    'messages[1].tool_calls',
    'empty_array',
  ],
  // Tools
  [
    'a choice without tools',
    body({ tool_choice: 'none' }),
    "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
    'tool_choice',
  ],
  [
    'parallel_tool_calls without tools',
    body({ parallel_tool_calls: false }),
    "Invalid value for 'parallel_tool_calls': 'parallel_tool_calls' is only allowed when 'tools' are specified.",
    'parallel_tool_calls',
  ],
  [
    'a choice of an unknown tool',
    body({ tools, tool_choice: { type: 'function', function: { name: 'U' } } }),
    "Tool choice 'U' not found in 'tools' parameter.",
    'tool_choice',
  ],
  [
    'parameters without a type',
    body({ tools: [tool('T', { parameters: {} })] }),
    `Invalid schema for function 'T': schema must be a JSON Schema of 'type: "object"', got 'type: "None"'.`,
    'tools[0].function.parameters',
    'invalid_function_parameters',
  ],
  [
    'parameters without properties',
    body({ tools: [tool('T', { parameters: { type: 'object' } })] }),
    "Invalid schema for function 'T': In context=(), object schema missing properties.",
    'tools[0].function.parameters',
    'invalid_function_parameters',
  ],
  [
    'parameters with required: null',
    body({ tools: [tool('T', { parameters: { ...parameters, required: null } })] }),
    "Invalid schema for function 'T': In context=(), None is not of type 'array'",
    'tools[0].function.parameters',
    'invalid_function_parameters',
  ],
  [
    'an array without items',
    body({ tools: [tool('T', { parameters: { type: 'object', properties: { a: { type: 'array' } } } })] }),
    "Invalid schema for function 'T': In context=('properties', 'a'), array schema missing items.",
    'tools[0].function.parameters',
    'invalid_function_parameters',
  ],
  [
    'a strict tool that is open',
    body({ tools: [tool('T', { strict: true, parameters: { type: 'object', properties: {} } })] }),
    "Invalid schema for function 'T': In context=(), 'additionalProperties' is required to be supplied and to be false.",
    'tools[0].function.parameters',
    'invalid_function_parameters',
  ],
  [
    'a strict answer with an optional property',
    body(format({ ...closed, required: [] })),
    "Invalid schema for response_format 'response': In context=(), 'required' is required to be supplied and to be an array including every key in properties. Missing 'a'.",
    'response_format',
  ],
  [
    'a strict answer with a keyword outside of the subset',
    body(format({ ...closed, properties: { a: { type: 'string', oneOf: [] } } })),
    "Invalid schema for response_format 'response': In context=('properties', 'a'), 'oneOf' is not permitted.",
    'response_format',
  ],
  [
    'a JSON answer that no message requests',
    body({ response_format: { type: 'json_object' } }),
    "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
    'messages',
  ],
  // Parameters
  [
    'both limits',
    body({ max_tokens: 1, max_completion_tokens: 1 }),
    "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
    'max_tokens',
    'invalid_parameter_combination',
  ],
  [
    'max_tokens of a reasoning model',
    { ...body({ max_tokens: 1 }), model: 'gpt-5' },
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    'max_tokens',
    'unsupported_parameter',
  ],
  [
    'more output than the model has',
    body({ max_tokens: 40_000 }),
    'max_tokens is too large: 40000. This model supports at most 32768 completion tokens, whereas you provided 40000.',
    'max_tokens',
    'invalid_value',
  ],
  [
    'the temperature of a reasoning model',
    { ...body({ temperature: 0.5 }), model: 'gpt-5' },
    "Unsupported value: 'temperature' does not support 0.5 with this model. Only the default (1) value is supported.",
    'temperature',
    'unsupported_value',
  ],
  [
    'stop of a reasoning model',
    { ...body({ stop: ['a'] }), model: 'gpt-5' },
    "Unsupported parameter: 'stop' is not supported with this model.",
    'stop',
    'unsupported_parameter',
  ],
  [
    'the effort of a model that does not reason',
    body({ reasoning_effort: 'low' }),
    'Unrecognized request argument supplied: reasoning_effort',
  ],
  [
    'an effort that the model lacks',
    { ...body({ reasoning_effort: 'minimal' }), model: 'gpt-5.1' },
    "Unsupported value: 'reasoning_effort' does not support 'minimal' with this model. Supported values are: 'none', 'low', 'medium', and 'high'.",
    'reasoning_effort',
    'unsupported_value',
  ],
  [
    'stream options without a stream',
    body({ stream_options: { include_usage: true } }),
    "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
    'stream_options',
  ],
  [
    'top_logprobs without logprobs',
    body({ top_logprobs: 1 }),
    "'top_logprobs' is only allowed when 'logprobs' is true.",
    'top_logprobs',
  ],
  // Media
  [
    'an image of a model without eyes',
    { ...body({ messages: [user([image(pngUrl)])] }), model: 'blind' },
    'Invalid content type. image_url is only supported by certain models.',
    'messages.[0].content.[0].type',
  ],
  [
    'an image that is not a URL',
    body({ messages: [user([image(png)])] }),
    "Invalid 'messages[0].content[0].image_url.url'. Expected a valid URL, but got a value with an invalid format.",
    'messages[0].content[0].image_url.url',
    'invalid_value',
  ],
  [
    'an image of another type',
    body({ messages: [user([image('data:image/bmp;base64,Qk0=')])] }),
    'Invalid MIME type. Only image types are supported.',
    'messages[0].content[0].image_url.url',
    'invalid_image_format',
  ],
  [
    'an image with white space in its base64',
    body({ messages: [user([image('data:image/png;base64,iVBO Rw0K')])] }),
    'Invalid base64 image_url.',
    'messages[0].content[0].image_url.url',
    'invalid_base64',
  ],
  [
    'bytes that are not an image',
    body({ messages: [user([image('data:image/png;base64,AAAA')])] }),
    "You uploaded an unsupported image. Please make sure your image has of one the following formats: ['png', 'jpeg', 'gif', 'webp'].",
    'messages[0].content[0].image_url.url',
    'invalid_image_format',
  ],
  [
    'a file without a name',
    body({ messages: [user([file({ file_data: 'data:application/pdf;base64,JVBERi0x' })])] }),
    "Missing required parameter: 'messages[0].content[0].file.filename'.",
    'messages[0].content[0].file.filename',
    'missing_required_parameter',
  ],
  [
    'a file without content',
    body({ messages: [user([file({ filename: 'a.pdf' })])] }),
    "Missing required parameter: 'messages[0].content[0].file.file_id'.",
    'messages[0].content[0].file.file_id',
    'missing_required_parameter',
  ],
  [
    'a file that is not a PDF',
    body({ messages: [user([file({ filename: 'a.txt', file_data: 'data:text/plain;base64,YQ==' })])] }),
    "Invalid file data: 'messages[0].content[0].file.file_data'. Expected a base64-encoded data URL with an application/pdf MIME type (e.g. 'data:application/pdf;base64,aW1nIGJ5dGVzIGhlcmU='), but got unsupported MIME type 'text/plain'.",
    'messages[0].content[0].file.file_data',
    'invalid_value',
  ],
]

const blind = { id: 'blind', efforts: [], sampling: true, stop: true, images: false, window: 50, maxOutputTokens: 40 }
const withBlind = (value: object): ChatRefusal | undefined => {
  const validated = createRequestValidator(faces.strict, [...faces.strict.models, blind], false)(value)
  return 'refusal' in validated ? validated.refusal : undefined
}

describe('OpenAI refuses', () => {
  test.each(refusals.map(([rule, value, ...words]) => [rule, value, words] as const))('%s', (_rule, value, words) => {
    const { message, param, code, ...more } = withBlind(value) ?? {}
    expect([message, param, code].slice(0, words.length)).toEqual(words)
    expect([message, param, code].slice(words.length).every((word) => word === undefined)).toBe(true)
    expect(more).toEqual({})
  })

  test('tools with reasoning of gpt-5.6', () => {
    const message =
      "Function tools with reasoning_effort are not supported for gpt-5.6 in /v1/chat/completions. To use function tools, use /v1/responses or set reasoning_effort to 'none'."
    const wanted = { message, param: 'reasoning_effort' }
    expect(refuse({ ...body({ tools }), model: 'gpt-5.6' }, 'gpt-5.6')).toEqual(wanted)
    expect(refuse({ ...body({ tools, reasoning_effort: 'low' }), model: 'gpt-5.6' }, 'gpt-5.6')).toEqual(wanted)
  })

  test('an unknown model', () => {
    expect(refuse({ ...body(), model: 'gpt-9' })).toEqual({
      status: 404,
      message: 'The model `gpt-9` does not exist or you do not have access to it.',
      code: 'model_not_found',
    })
  })

  test('a request over the window, by the prompt alone or with the output', () => {
    const long = { ...body({ messages: [user('word '.repeat(60))] }), model: 'blind' }
    expect(withBlind(long)?.message).toMatch(
      /^This model's maximum context length is 50 tokens\. However, your messages resulted in 6\d tokens\. /,
    )
    expect(withBlind({ ...body({ max_tokens: 40 }), model: 'blind', messages: [user('word '.repeat(20))] })).toEqual({
      message: expect.stringMatching(
        /^This model's maximum context length is 50 tokens\. However, you requested 6\d tokens \(2\d in the messages, 40 in the completion\)\. /,
      ),
      param: 'messages',
      code: 'context_length_exceeded',
    })
  })
})
