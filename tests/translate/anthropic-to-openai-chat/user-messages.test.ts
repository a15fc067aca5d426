import { describe, expect, test } from 'bun:test'
import type { MediaPart } from '../../../src/wire/openai-chat/message.ts'
import { chatMessages, notesIn, translateChat } from '../../support/chat-request.ts'
import { assistant, image, png, refusalMessage, toolResult, toolUse, user } from '../../support/translate.ts'

const reminder = '<system-reminder>\nTodo list is empty\n</system-reminder>'
const dataUrl = `data:image/png;base64,${png}`
const imagePart: MediaPart = { type: 'image_url', image_url: { url: dataUrl } }

/** A call of two tools, and the turn of their results. */
const afterCalls = (...content: unknown[]): object[] => [
  user('go'),
  assistant(toolUse('t1', 'Bash'), toolUse('t2', 'Read')),
  user(...content),
]

describe('tool messages', () => {
  test('follow their calls directly, in the order of the results, before the rest of the turn (OU-Q21)', () => {
    const messages = chatMessages(
      afterCalls('between', toolResult('t2', 'two'), image(), toolResult('t1', 'one'), 'end'),
    )
    expect(messages.slice(2)).toEqual([
      { role: 'tool', tool_call_id: 't2', content: 'two' },
      { role: 'tool', tool_call_id: 't1', content: 'one' },
      { role: 'user', content: [{ type: 'text', text: 'between' }, imagePart, { type: 'text', text: 'end' }] },
    ])
  })

  test('join the texts of a result by a line break, and leave out blank ones (OU-Q39)', () => {
    const content = [
      { type: 'text', text: 'a' },
      { type: 'text', text: ' ' },
      { type: 'text', text: 'b' },
    ]
    expect(chatMessages(afterCalls(toolResult('t1', content), toolResult('t2')))[2]).toEqual({
      role: 'tool',
      tool_call_id: 't1',
      content: 'a\nb',
    })
  })

  test.each([
    ['', {}, '(no output)'],
    [null, {}, '(no output)'],
    [[], {}, '(no output)'],
    ['', { is_error: true }, '[ERROR] (tool failed without output)'],
    ['bad', { is_error: true }, '[ERROR] bad'],
    [
      [
        { type: 'text', text: 'x' },
        { type: 'text', text: 'y' },
      ],
      { is_error: true },
      '[ERROR] x\ny',
    ],
    [[image()], { is_error: true }, '[ERROR] (see the images below)'],
    [[image()], {}, '(see the images below)'],
    [[{ type: 'tool_reference', tool_name: 'Late' }], {}, 'Tool available: Late'],
    [[{ type: 'browser_state', url: 'https://x.example' }], {}, '{"type":"browser_state","url":"https://x.example"}'],
  ])('contain the result: %p with %p is %p (OU-Q39, OU-Q41, OU-Q42)', (content, more, expected) => {
    const [, , tool] = chatMessages(afterCalls(toolResult('t1', content, more), toolResult('t2')))
    expect(tool?.content).toBe(expected)
  })

  test('have the tool name if the provider requires it (OU-Q39)', () => {
    const long = `mcp__server__${'x'.repeat(80)}`
    const messages = chatMessages([user('go'), assistant(toolUse('t1', long)), user(toolResult('t1'))], {
      dialect: { toolName: true },
    })
    const [, call, tool] = messages
    const name = call?.role === 'assistant' ? call.tool_calls?.[0]?.function.name : undefined
    expect(name).toHaveLength(64)
    expect(tool).toEqual({ role: 'tool', tool_call_id: 't1', name: name as string, content: 'ok' })
  })

  test('without a call, duplicate or missing, are refused in the words that Claude Code acts on (OU-Q22)', () => {
    const refusal = (...messages: object[]): string => refusalMessage(() => chatMessages(messages))
    expect(refusal(user('a'), assistant('b'), user(toolResult('t9')))).toStartWith(
      'messages.2.content.0: unexpected `tool_use_id` found in `tool_result` blocks: t9.',
    )
    expect(refusal(user('a'), assistant(toolUse('t1')), user('b'))).toStartWith(
      'messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: t1.',
    )
    expect(refusal(user('a'), assistant(toolUse('t1')), user(toolResult('t1'), toolResult('t1')))).toStartWith(
      'messages.2.content.1: each tool_use must have a single result.',
    )
    const twice = [assistant(toolUse('t1')), user(toolResult('t1'))]
    expect(refusal(user('a'), ...twice, ...twice)).toBe('messages.3.content.0: `tool_use` ids must be unique')
  })
})

describe('content after tool results in their turn', () => {
  const content = [toolResult('t1', 'one'), toolResult('t2', 'two'), reminder, 'and now?']
  const last = (policy: object, dialect: object, ...more: unknown[]) =>
    chatMessages(afterCalls(...content, ...more), { policy, dialect }).slice(3)

  test('is a user message (OU-Q23)', () => {
    expect(last({}, {})).toEqual([
      { role: 'tool', tool_call_id: 't2', content: 'two' },
      { role: 'user', content: `${reminder}\n\nand now?` },
    ])
  })

  test("fold: reminders join the last result, other words stay the user's (OU-Q23)", () => {
    expect(last({}, { afterTool: 'fold' })).toEqual([
      { role: 'tool', tool_call_id: 't2', content: `two\n\n${reminder}` },
      { role: 'user', content: 'and now?' },
    ])
  })

  test('fold: a turn of results and reminders has no user message (OU-Q23)', () => {
    const messages = chatMessages(afterCalls(toolResult('t1'), toolResult('t2', 'two'), reminder, reminder), {
      dialect: { afterTool: 'fold' },
    })
    expect(messages.slice(3)).toEqual([
      { role: 'tool', tool_call_id: 't2', content: `two\n\n${reminder}\n\n${reminder}` },
    ])
  })

  test('bridge: all words join the last result (OU-Q23)', () => {
    expect(last({}, { afterTool: 'bridge' })).toEqual([
      { role: 'tool', tool_call_id: 't2', content: `two\n\n${reminder}\n\nand now?` },
    ])
  })

  test('bridge: an assistant message comes before a user message with images (OU-Q23)', () => {
    expect(last({}, { afterTool: 'bridge' }, image()).slice(1)).toEqual([
      { role: 'assistant', content: '(continuing)' },
      { role: 'user', content: [imagePart] },
    ])
  })

  test('bridge: the filler has the reasoning that the provider requires on each message (OU-Q23, OU-Q96)', () => {
    expect(last({}, { afterTool: 'bridge', replay: 'content-always' }, image())[1]).toEqual({
      role: 'assistant',
      content: '(continuing)',
      reasoning_content: '',
    })
  })

  test('the configuration overrides the dialect (OU-Q23)', () => {
    expect(last({ afterToolResults: 'user' }, { afterTool: 'bridge' })).toEqual(last({}, {}))
    expect(last({ afterToolResults: 'fold' }, {})).toEqual(last({}, { afterTool: 'fold' }))
  })

  test('fold and bridge do not change turns without results (OU-Q23)', () => {
    expect(chatMessages([user('go', reminder)], { dialect: { afterTool: 'bridge' } })).toEqual([
      { role: 'user', content: `go\n\n${reminder}` },
    ])
  })
})

describe('images and files of results', () => {
  const pdf = {
    type: 'document',
    title: 'Plan',
    source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0xLjQK' },
  }

  test('follow all tool messages in one user message that names their tools (OU-Q40)', () => {
    const shot = [{ type: 'text', text: 'a shot' }, image(), image()]
    const messages = chatMessages(afterCalls(toolResult('t1', shot), toolResult('t2', [image()]), 'compare'))
    expect(messages.slice(2)).toEqual([
      { role: 'tool', tool_call_id: 't1', content: 'a shot' },
      { role: 'tool', tool_call_id: 't2', content: '(see the images below)' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Images of the result of Bash:' },
          imagePart,
          imagePart,
          { type: 'text', text: 'Images of the result of Read:' },
          imagePart,
          { type: 'text', text: 'compare' },
        ],
      },
    ])
  })

  test('files follow after the same text (OU-Q40)', () => {
    const messages = chatMessages(afterCalls(toolResult('t1', [pdf]), toolResult('t2')), { dialect: { pdf: 'file' } })
    expect(messages[2]?.content).toBe('(see the images below)')
    expect(messages[4]?.content).toEqual([
      { type: 'text', text: 'Images of the result of Bash:' },
      { type: 'file', file: { filename: 'Plan.pdf', file_data: 'data:application/pdf;base64,JVBERi0xLjQK' } },
    ])
  })

  test('stay in the tool message if the provider accepts them there (OU-Q40)', () => {
    const shot = [{ type: 'text', text: 'a shot' }, image()]
    const dialect = { toolMedia: 'inside', afterTool: 'fold' } as const
    const content = [toolResult('t1', shot), toolResult('t2', [image()], { is_error: true }), reminder]
    expect(chatMessages(afterCalls(...content), { dialect }).slice(2)).toEqual([
      { role: 'tool', tool_call_id: 't1', content: [{ type: 'text', text: 'a shot' }, imagePart] },
      {
        role: 'tool',
        tool_call_id: 't2',
        content: [{ type: 'text', text: '[ERROR]' }, imagePart, { type: 'text', text: reminder }],
      },
    ])
  })

  test('an image in another format becomes a text (OU-Q31, OU-Q40)', () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>').toString('base64')
    const translation = translateChat({
      messages: afterCalls(toolResult('t1', [image(svg, 'image/svg+xml')]), toolResult('t2')),
    })
    expect(translation.body.messages[2]?.content).toBe(
      '[image omitted: its format is not supported, only JPEG, PNG, GIF and WebP are]',
    )
    expect(notesIn(translation)).toContain(
      'info messages.2.content.0.tool_result.content.0: image of a format that providers do not accept: replaced by a text',
    )
  })
})

describe('user content', () => {
  test('is a string of its texts, joined by a blank line (OU-Q24)', () => {
    expect(chatMessages([user('a', ' ', 'b'), user('c')])).toEqual([{ role: 'user', content: 'a\n\nb\n\nc' }])
  })

  test('is a list of parts in order if it has an image (OU-Q24)', () => {
    expect(chatMessages([user('a', image(), 'b')])).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'a' }, imagePart, { type: 'text', text: 'b' }] },
    ])
  })

  test('is never empty (OU-Q26)', () => {
    expect(chatMessages([user(' ')])).toEqual([{ role: 'user', content: '(no content)' }])
    expect(chatMessages([user('a'), assistant('b'), user()])[2]).toEqual({ role: 'user', content: '(no content)' })
  })
})

test('without tools, calls and results become text (OU-R11)', () => {
  const { body } = translateChat(
    {
      messages: [
        user('go'),
        assistant('I look.', toolUse('t1', 'Bash', { command: 'ls' })),
        user(toolResult('t1', [{ type: 'text', text: 'a.txt' }, image()]), 'next'),
      ],
      tools: [{ name: 'Bash', input_schema: { type: 'object' } }],
      tool_choice: { type: 'any' },
    },
    { policy: { disableTools: true } },
  )
  expect(body.messages).toEqual([
    { role: 'user', content: 'go' },
    { role: 'assistant', content: 'I look.\n\n[Bash: ls]' },
    {
      role: 'user',
      content: [
        { type: 'text', text: '[Bash result]' },
        { type: 'text', text: 'a.txt' },
        imagePart,
        { type: 'text', text: 'next' },
      ],
    },
  ])
  expect(body.tools).toBeUndefined()
  expect(body.tool_choice).toBeUndefined()
})
