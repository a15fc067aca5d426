import { expect, test } from 'bun:test'
import { translateChat } from '../../support/chat-request.ts'
import { assistant, image, tool, toolResult, toolUse, user } from '../../support/translate.ts'

const longName = `mcp__server__${'x'.repeat(80)}`
const longId = 'functions.Bash:0'

const { body, toClientWords } = translateChat(
  {
    system: 's',
    messages: [
      user('a'),
      assistant(toolUse('t1'), toolUse(longId, longName)),
      user(toolResult('t1', [image()]), toolResult(longId)),
      user('b', image()),
    ],
    tools: [tool('Late', { defer_loading: true }), tool(longName)],
  },
  {},
)

test.each([
  ["Unknown parameter: 'messages[1].role'.", "Unknown parameter: 'messages.0.role'."],
  ['messages.[2].tool_calls', 'messages.1.tool_calls'],
  ['messages.4.content: too long', 'messages.2.content.1.content: too long'],
  ['messages[3] and messages[4]', 'messages.2.content.0 and messages.2.content.1'],
  // The label of the image, the image, and the next message of the client.
  ['messages[5].content[1].image_url', 'messages.2.content.0.tool_result.content.0.image_url'],
  ['messages.5.content.3', 'messages.3.content.1'],
  ['messages[0].content', 'system.content'],
  ['messages[99].role', 'messages[99].role'],
  ["Invalid 'tools[0].function.name'", "Invalid 'tools.1.name'"],
  ['tools.0.function.parameters.properties', 'tools.1.input_schema.properties'],
  ['no place', 'no place'],
])('%p is %p for the client (OU-E14)', (words, expected) => {
  expect(toClientWords(words)).toBe(expected)
})

test('tools and calls have the names that the client gave them (OU-E14)', () => {
  const name = body.tools?.[0]?.function.name ?? ''
  const call = body.messages[2]?.role === 'assistant' ? body.messages[2].tool_calls?.[1]?.id : undefined
  expect(name).not.toBe(longName)
  expect(toClientWords(`Invalid schema for function '${name}' in call ${call}.`)).toBe(
    `Invalid schema for function '${longName}' in call ${longId}.`,
  )
})
