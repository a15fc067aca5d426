import { describe, expect, test } from 'bun:test'
import { conversationOf, translateCompletion } from '../../support/openai-chat-entrance.ts'
import { notedPaths, openAiContext, refusalOf } from '../../support/openai-context.ts'

const user = (content: unknown, more: object = {}): object => ({ role: 'user', content, ...more })
const assistant = (content: unknown, more: object = {}): object => ({ role: 'assistant', content, ...more })
const system = (content: unknown): object => ({ role: 'system', content })
const text = (value: string, more: object = {}): object => ({ type: 'text', text: value, ...more })
const call = (id: string, name = 'bash', args: unknown = '{}') => ({
  id,
  type: 'function',
  function: { name, arguments: args },
})
const toolMessage = (id: string, content: unknown = 'ok', more: object = {}): object => ({
  role: 'tool',
  tool_call_id: id,
  content,
  ...more,
})
const use = (id: string, input: object = {}, name = 'bash'): object => ({ type: 'tool_use', id, name, input })
const result = (id: string, more: object = { content: 'ok' }): object => ({
  type: 'tool_result',
  tool_use_id: id,
  ...more,
})
const ephemeral = { type: 'ephemeral' }

describe('messages of every role', () => {
  test('become the system prompt and turns (OE-C2, OE-C30, OE-C32, OE-C33)', () => {
    const messages = [
      system('Be brief.'),
      { role: 'developer', content: [text('Answer in German.\n'), text(' '), text('No lists.')] },
      user('Hello'),
      user([text('and'), text('good evening')]),
      assistant('Guten Abend.'),
      user('Bye'),
    ]
    expect(conversationOf(messages)).toEqual({
      system: [text('Be brief.'), text('Answer in German.\n'), text('No lists.')],
      messages: [
        { role: 'user', content: [text('Hello'), text('and'), text('good evening')] },
        { role: 'assistant', content: [text('Guten Abend.')] },
        { role: 'user', content: [text('Bye')] },
      ],
    } as never)
  })

  test('of the system stay at their position if they come later, successive ones in one message (OE-C31)', () => {
    const messages = [user('a'), assistant('b'), system('c'), { role: 'developer', content: 'd' }, user('e')]
    expect(conversationOf(messages)).toEqual({
      messages: [
        { role: 'user', content: [text('a')] },
        { role: 'assistant', content: [text('b')] },
        { role: 'system', content: [text('c'), text('d')] },
        { role: 'user', content: [text('e')] },
      ],
    } as never)
  })

  test('of the system alone: the last one is the question (OE-C31)', () => {
    expect(conversationOf([system('a'), system([text('b'), text('c')])])).toEqual({
      system: [text('a')],
      messages: [{ role: 'user', content: [text('b'), text('c')] }],
    } as never)
  })

  test('without content are dropped, and a conversation without a user is refused (OE-C32, OE-C33)', () => {
    const empty = [user(''), user(null), user([]), user([text(' \n')]), assistant(null), assistant(''), assistant([])]
    expect(conversationOf([system(''), ...empty, user('a')]).messages).toEqual([
      { role: 'user', content: [text('a')] },
    ] as never)
    const refused = { code: 'invalid_value', param: 'messages' }
    expect(refusalOf(() => translateCompletion({ messages: empty }))).toEqual(refused)
    expect(refusalOf(() => translateCompletion({ messages: [system('a'), assistant('b')] }))).toEqual(refused)
  })

  test('of an assistant who speaks first follow a user without words', () => {
    const context = openAiContext({ policy: { autoCache: false } })
    expect(conversationOf([assistant('How can I help?'), user('Hello')], context).messages.slice(0, 2)).toEqual([
      { role: 'user', content: [text('(no content)')] },
      { role: 'assistant', content: [text('How can I help?')] },
    ] as never)
    expect(notedPaths(context)).toEqual(['messages'])
  })

  test('of the assistant hold text, refusals and calls in this order (OE-C33)', () => {
    const messages = [
      user('a'),
      assistant([text('b'), { type: 'refusal', refusal: 'c' }], { refusal: 'd', audio: null, tool_calls: [call('1')] }),
      toolMessage('1'),
      assistant('', { tool_calls: [call('2')] }),
      toolMessage('2'),
    ]
    expect(conversationOf(messages).messages.filter(({ role }) => role === 'assistant')).toEqual([
      { role: 'assistant', content: [text('b'), text('c'), text('d'), use('1')] },
      { role: 'assistant', content: [use('2')] },
    ] as never)
  })

  test('with audio are refused (OE-C33)', () => {
    const messages = [user('a'), assistant(null, { audio: { id: 'audio_1' } }), user('b')]
    expect(refusalOf(() => translateCompletion({ messages }))).toEqual({
      code: 'unsupported_value',
      param: 'messages[1].audio',
    })
  })

  test('of the assistant at the end are passed on (OE-C42)', () => {
    expect(conversationOf([user('a'), assistant('{')]).messages.at(-1)).toEqual({
      role: 'assistant',
      content: [text('{')],
    } as never)
  })

  test('of several users have names from the second name on (OE-C41)', () => {
    const messages = [
      user('a', { name: 'ada' }),
      user([text('b'), text('c')], { name: 'bob' }),
      user('d', { name: 'ada' }),
      user('e'),
    ]
    const texts = (list: object[]): unknown => conversationOf(list).messages[0]?.content
    expect(texts(messages)).toEqual([text('a'), text('bob: b'), text('c'), text('ada: d'), text('e')] as never)
    expect(texts([messages[0] as object, messages[3] as object])).toEqual([text('a'), text('e')] as never)
  })

  test('keep tags of thinking in a text (OE-C66)', () => {
    const tagged = '<think>hm</think>yes'
    expect(conversationOf([user('a'), assistant(tagged), user('b')]).messages[1]?.content).toEqual([
      text(tagged),
    ] as never)
  })
})

describe('the results of calls', () => {
  test('are in one turn directly after the calls, in their order, before any text (OE-C35, OE-C36)', () => {
    const calls = { tool_calls: [call('1'), call('2'), call('3')] }
    const expected = [
      { role: 'user', content: [text('a')] },
      { role: 'assistant', content: [use('1'), use('2'), use('3')] },
      { role: 'user', content: [result('1'), result('2'), result('3'), text('late')] },
    ]
    const late = user('late')
    expect(
      conversationOf([user('a'), assistant(null, calls), toolMessage('3'), late, toolMessage('1'), toolMessage('2')])
        .messages,
    ).toEqual(expected as never)
    const moved = [
      user('a'),
      assistant(null, calls),
      late,
      assistant('b'),
      system('c'),
      toolMessage('1'),
      user('d'),
      toolMessage('2'),
      toolMessage('3'),
    ]
    expect(conversationOf(moved).messages).toEqual([
      ...expected,
      { role: 'assistant', content: [text('b')] },
      { role: 'system', content: [text('c')] },
      { role: 'user', content: [text('d')] },
    ] as never)
  })

  test('come before a system message between a call and its result (OE-C36)', () => {
    const messages = [user('a'), assistant(null, { tool_calls: [call('1')] }), system('b'), toolMessage('1'), user('c')]
    expect(conversationOf(messages).messages.slice(2)).toEqual([
      { role: 'user', content: [result('1')] },
      { role: 'system', content: [text('b')] },
      { role: 'user', content: [text('c')] },
    ] as never)
  })

  test('have text and images, and no content if they are empty (OE-C35)', () => {
    const png = 'data:image/png;base64,iVBORw0KGgo='
    const messages = [
      user('a'),
      assistant(null, { tool_calls: [call('1'), call('2'), call('3')] }),
      toolMessage('1', [text('b'), { type: 'image_url', image_url: { url: png } }]),
      toolMessage('2', ''),
      toolMessage('3', [], { is_error: true }),
    ]
    expect(conversationOf(messages).messages[2]?.content).toEqual([
      result('1', {
        content: [
          text('b'),
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } },
        ],
      }),
      result('2', {}),
      result('3', { is_error: true }),
    ] as never)
  })

  test('are put in for calls that were interrupted (OE-C37)', () => {
    const context = openAiContext({ policy: { autoCache: false } })
    const messages = [user('a'), assistant('b', { tool_calls: [call('1'), call('2')] }), toolMessage('2'), user('c')]
    const missing = { is_error: true, content: '(no result: the call was interrupted)' }
    expect(conversationOf(messages, context).messages[2]?.content).toMatchObject([
      result('1', missing),
      result('2'),
      text('c'),
    ])
    expect(notedPaths(context)).toEqual(['messages.1'])
  })

  test('are required at the end of the conversation, in the words of OpenAI (OE-C37)', () => {
    const messages = [user('a'), assistant('b', { tool_calls: [call('1'), call('2')] })]
    expect(() => translateCompletion({ messages })).toThrow(
      "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: 1, 2",
    )
    expect(refusalOf(() => translateCompletion({ messages })).param).toBe('messages')
  })

  test('without a call become text of the user (OE-C38)', () => {
    const context = openAiContext({ policy: { autoCache: false } })
    const messages = [toolMessage('gone', 'b'), toolMessage('too', [text('c')]), user('d'), assistant('e'), user('f')]
    expect(conversationOf(messages, context).messages[0]?.content).toMatchObject([
      text('[result of an earlier tool call gone]\nb'),
      text('[result of an earlier tool call too]'),
      text('c'),
      text('d'),
    ])
    expect(notedPaths(context)).toEqual(['messages.0', 'messages.1'])
  })

  test('of a call that has one already become text, too (OE-C38)', () => {
    const messages = [user('a'), assistant(null, { tool_calls: [call('1')] }), toolMessage('1'), toolMessage('1', 'b')]
    expect(conversationOf(messages).messages[2]?.content).toEqual([
      result('1'),
      text('[result of an earlier tool call 1]\nb'),
    ] as never)
  })

  test('have the ids of their calls, which are unique and valid (OE-C39)', () => {
    const round = (id: string): object[] => [assistant(null, { tool_calls: [call(id)] }), toolMessage(id)]
    const ids = ['functions.bash:0', 'functions.bash:0', 'functions_bash_0', 'x', 'x', 'x_2', '', 'call_1|fc_2', 'ü']
    const { messages } = conversationOf([user('a'), ...ids.flatMap(round)])
    const expected = [
      'functions_bash_0',
      'functions_bash_0_2',
      'functions_bash_0_3',
      'x',
      'x_2',
      'x_2_2',
      'call',
      'call_1_fc_2',
      '_',
    ]
    expect(messages.slice(1)).toEqual(
      expected.flatMap((id) => [
        { role: 'assistant', content: [use(id)] },
        { role: 'user', content: [result(id)] },
      ]) as never,
    )
  })

  test('of function_call belong to the last open call of their function (OE-C40)', () => {
    const called = (name: string): object => assistant(null, { function_call: { name, arguments: '{"a":1}' } })
    const answer = (name: string, content: string): object => ({ role: 'function', name, content })
    const messages = [
      user('a'),
      called('f'),
      answer('f', '1'),
      called('g'),
      called('f'),
      answer('f', '2'),
      answer('g', '3'),
    ]
    expect(conversationOf([...messages, answer('h', '4')]).messages.slice(1)).toEqual([
      { role: 'assistant', content: [use('call_fn_1', { a: 1 }, 'f')] },
      { role: 'user', content: [result('call_fn_1', { content: '1' })] },
      { role: 'assistant', content: [use('call_fn_2', { a: 1 }, 'g'), use('call_fn_3', { a: 1 }, 'f')] },
      {
        role: 'user',
        content: [
          result('call_fn_2', { content: '3' }),
          result('call_fn_3', { content: '2' }),
          text('[result of an earlier tool call h]\n4'),
        ],
      },
    ] as never)
  })

  test('without an id or a name are refused', () => {
    const messages = [user('a'), { role: 'tool', content: 'b' }]
    expect(refusalOf(() => translateCompletion({ messages })).param).toBe('messages[1].tool_call_id')
    const functions = [user('a'), { role: 'function', content: 'b' }]
    expect(refusalOf(() => translateCompletion({ messages: functions })).param).toBe('messages[1].name')
  })
})

test('the arguments of calls become objects, and the text of custom calls a member (OE-C34, OE-C51)', () => {
  const context = openAiContext({ policy: { autoCache: false } })
  const calls = [
    call('1', 'bash', '{"a":1}'),
    call('2', 'bash', undefined),
    call('3', 'bash', '{"a":'),
    { id: '4', type: 'custom', custom: { name: 'patch', input: '*** Begin' } },
  ]
  const messages = [user('a'), assistant(null, { tool_calls: calls }), ...calls.map(({ id }) => toolMessage(id))]
  expect(conversationOf(messages, context).messages[1]?.content).toEqual([
    use('1', { a: 1 }),
    use('2'),
    use('3', { _raw: '{"a":' }),
    use('4', { input: '*** Begin' }, 'patch'),
  ] as never)
  expect(notedPaths(context)).toEqual(['messages.1.tool_calls.2.function.arguments'])
  const neither = [user('a'), assistant(null, { tool_calls: [{ id: '1', type: 'function' }] }), toolMessage('1')]
  expect(refusalOf(() => translateCompletion({ messages: neither })).param).toBe('messages[1].tool_calls[0].function')
})

describe("Anthropic's own blocks in a body of OpenAI's form", () => {
  test('are taken as they are (OE-C23, OE-C49)', () => {
    const uses = [text('b'), use('1', { path: 'x' }, 'read')]
    const results = [result('1', { content: [text('c')], is_error: false, cache_control: ephemeral })]
    const { messages } = conversationOf([user('a'), assistant(uses), user(results), assistant('d'), user('e')])
    expect(messages.slice(1, 3)).toEqual([
      { role: 'assistant', content: uses },
      { role: 'user', content: results },
    ] as never)
    expect(
      conversationOf([user('a'), assistant(uses), { role: 'tool', content: [text('f'), ...results] }]).messages[2]
        ?.content,
    ).toEqual([...results, text('f')] as never)
  })

  test('are refused in a message of the other side (OE-C23)', () => {
    const param = 'messages[1].content'
    const refused = (message: object): string =>
      refusalOf(() => translateCompletion({ messages: [user('a'), message] })).param
    expect(refused(user([use('1')]))).toBe(param)
    expect(refused(assistant([result('1')]))).toBe(param)
    expect(refused(system([{ type: 'image_url', image_url: 'https://a.example/b.png' }]))).toBe(param)
  })
})

describe('cache markers', () => {
  test('of messages, calls and results stay on their blocks (OE-C70)', () => {
    const marked = { cache_control: ephemeral }
    const messages = [
      { ...system([text('a'), text('b')]), ...marked },
      user([text('c', marked), text('d')], marked),
      assistant('e', { tool_calls: [{ ...call('1'), ...marked }, call('2')] }),
      toolMessage('1'),
      toolMessage('2', 'ok', marked),
    ]
    expect(conversationOf(messages)).toEqual({
      system: [text('a'), text('b', marked)],
      messages: [
        { role: 'user', content: [text('c', marked), text('d', marked)] },
        { role: 'assistant', content: [text('e'), { ...use('1'), ...marked }, use('2')] },
        { role: 'user', content: [result('1'), result('2', { content: 'ok', ...marked })] },
      ],
    } as never)
  })
})
