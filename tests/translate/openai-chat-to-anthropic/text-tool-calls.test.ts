import { describe, expect, test } from 'bun:test'
import type { ChatResponse } from '../../../src/wire/openai-chat/response.ts'
import {
  answer,
  type ContextMembers,
  callPiece,
  chatContext,
  contentOfStream,
  contentOfText,
  says,
  textSoFar,
  whole,
} from '../../support/chat-response.ts'

/** Tool calls that a model writes as text: words of a file could be such a call, too. */

const offeredTools = {
  Read: { type: 'object', properties: { path: { type: 'string' }, limit: { type: 'integer' } } },
  Write: { type: 'object', properties: { path: { type: 'string' }, content: { type: 'string' } } },
}
const optedIn: ContextMembers = { offeredTools, dialect: { textToolCalls: true } }

const ofStream = (chunks: readonly ChatResponse[], reason?: string) => contentOfStream(chunks, optedIn, reason)
const contentsOf = (text: string) => contentOfText(text, optedIn)

const json = '<tool_call>\n{"name": "Read", "arguments": {"path": "a", "limit": 9007199254740993}}\n</tool_call>'
const read = (input: object, id = 'tooluse') => ({ Read: input, id })

describe('tool calls written as text', () => {
  test.each([
    ['of Hermes', json],
    ['of Qwen3-Coder', '<function=Read><parameter=path>a</parameter></function>'],
    ['of gpt-oss', '<|channel|>commentary to=functions.Read <|constrain|>json<|message|>{"path":"a"}<|call|>'],
  ])('%s stay text (OU-S18)', (_, text) => {
    expect(contentOfText(text, { offeredTools })).toEqual([text])
  })

  test.each<[string, string, unknown[]]>([
    [
      'an object as Hermes writes it',
      '<tool_call>{"name":"Read","arguments":{"path":"a"}}</tool_call>',
      [read({ path: 'a' })],
    ],
    [
      'parameters in a JSON string',
      '<tool_call>{"name":"Read","parameters":"{\\"path\\":\\"a\\"}"}</tool_call>',
      [read({ path: 'a' })],
    ],
    ['a name alone', '<tool_call>{"name":"Read"}</tool_call>\n', [read({})]],
    [
      'several with a text in front',
      'Look.\n<tool_call>{"name":"Read","arguments":{"path":"a"}}</tool_call>\n<tool_call>{"name":"Read","arguments":{"path":"b"}}</tool_call>',
      ['Look.\n', read({ path: 'a' }), read({ path: 'b' }, 'tooluse-2')],
    ],
    [
      'functions of Qwen3-Coder in tags',
      '<tool_call>\n<function=Read>\n<parameter=path>\na\n</parameter>\n<parameter=limit>\n5\n</parameter>\n</function>\n</tool_call>',
      [read({ path: 'a', limit: 5 })],
    ],
    [
      'a function of Qwen3-Coder without tags',
      '<function=Read>\n<parameter=path>12</parameter>\n</function>',
      [read({ path: '12' })],
    ],
    [
      'a JSON text for a parameter of type string',
      '<function=Write><parameter=path>a.json</parameter><parameter=content>\n{"b":1}\n\n</parameter></function>',
      [{ Write: { path: 'a.json', content: '{"b":1}\n' }, id: 'tooluse' }],
    ],
    [
      'keys and values of GLM',
      '<tool_call>Read\n<arg_key>path</arg_key>\n<arg_value>a</arg_value>\n<arg_key>limit</arg_key>\n<arg_value>5</arg_value>\n</tool_call>',
      [read({ path: 'a', limit: 5 })],
    ],
    ['a name of GLM', '<tool_call>Read</tool_call>', [read({})]],
    [
      'a channel of gpt-oss with its start',
      '<|start|>assistant<|channel|>commentary to=functions.Read <|constrain|>json<|message|>{"path":"a"}<|call|>',
      [read({ path: 'a' })],
    ],
    [
      'a channel of gpt-oss without its end',
      '<|channel|>commentary to=Read<|message|>{"path":"a"}',
      [read({ path: 'a' })],
    ],
    [
      'behind a closed code fence',
      '`x` and ```\ncode\n``` so\n<tool_call>Read</tool_call>',
      ['`x` and ```\ncode\n``` so\n', read({})],
    ],
  ])('become calls if the configuration says so: %s (OU-S18)', (_, text, expected) => {
    expect(contentsOf(text)).toEqual(expected)
    expect(whole(answer({ content: text }), chatContext(optedIn)).stop_reason).toBe('tool_use')
  })

  test('keep the digits of their numbers (OU-S18)', () => {
    const [block] = whole(answer({ content: json }), chatContext(optedIn)).content
    expect(JSON.stringify(block)).toContain('"limit":9007199254740993')
  })

  test.each([
    ['of a tool that is not on offer', '<tool_call>{"name":"Delete","arguments":{}}</tool_call>'],
    ['of which one is not on offer', '<tool_call>Read</tool_call><tool_call>Delete</tool_call>'],
    ['in front of more text', `${json}\nThat was it.`],
    ['in a code fence', `An example:\n\`\`\`xml\n${json}\n\`\`\``],
    ['in a code fence without an end', `An example:\n\`\`\`\n${json}`],
    ['that are not JSON', '<tool_call>{"name":"Read","arguments":{"path":}}</tool_call>'],
    ['whose arguments are not an object', '<tool_call>{"name":"Read","arguments":[1]}</tool_call>'],
    ['without an end', '<tool_call>{"name":"Read","arguments":{}}'],
    ['without the end of a parameter', '<function=Read><parameter=path>a</function>'],
    ['with words between the parameters', '<function=Read>x<parameter=path>a</parameter></function>'],
    ['with a key without value', '<tool_call>Read<arg_key>path</arg_key></tool_call>'],
    ['without a recipient', '<|channel|>final<|message|>{"path":"a"}'],
    ['that only begin', 'A <tool_'],
  ])('%s stay text (OU-S18)', (_, text) => {
    expect(contentsOf(text)).toEqual([text])
  })

  test('stay text after or before a real call (OU-S18)', () => {
    const call = callPiece({ name: 'Read', arguments: '{}' }, { id: 'a', index: 0 })
    expect(ofStream([call, says(json)])).toEqual([read({}, 'a'), json])
    expect(ofStream([says(json), call])).toEqual([json, read({}, 'a')])
  })

  test.each(['length', 'content_filter', 'tool_calls'])('stay text if %s ends the answer (OU-S18)', (reason) => {
    expect(ofStream([says(json)], reason)).toEqual([json])
  })

  test('do not hold back the text before them (OU-S18)', () => {
    expect(textSoFar([says('Look. <'), says('b> <tool_ca'), says('ll>')], optedIn)).toBe('Look. <b> ')
  })
})
