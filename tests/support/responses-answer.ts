import { emptyMessage } from '../../src/messages/empty-message.ts'
import { noUsage } from '../../src/messages/usage.ts'
import type { ToolIdentity } from '../../src/translate/openai-entrance/answer-plan.ts'
import { toEcho } from '../../src/translate/openai-responses-entrance/echo.ts'
import { ResponseEvents } from '../../src/translate/openai-responses-entrance/events.ts'
import type { ResponsesAnswerPlan } from '../../src/translate/openai-responses-entrance/request.ts'
import { messageToResponse } from '../../src/translate/openai-responses-entrance/response.ts'
import type { Message, ResponseBlock } from '../../src/wire/anthropic/response.ts'
import type { ResponseEvent } from '../../src/wire/openai-responses/events.ts'
import { streamOf } from './random-answers.ts'

/** A plan with a tool of each kind, by the tools' canonical names. */
const tools = new Map<string, ToolIdentity>([
  ['exec', { kind: 'function', name: 'exec' }],
  ['mcp__probe__add', { kind: 'function', name: 'add', namespace: 'mcp__probe' }],
  ['apply', { kind: 'custom', name: 'apply' }],
  ['functions__exec', { kind: 'custom', name: 'exec', namespace: 'functions' }],
  ['local_shell', { kind: 'local_shell', name: 'local_shell' }],
  ['shell', { kind: 'shell', name: 'shell' }],
  ['apply_patch', { kind: 'apply_patch', name: 'apply_patch' }],
  ['tool_search', { kind: 'tool_search', name: 'tool_search' }],
])

export const toolNames: readonly string[] = ['unknown', ...tools.keys()]

export const responsesPlan = (members: Partial<ResponsesAnswerPlan> = {}): ResponsesAnswerPlan => ({
  model: 'gpt-5',
  modelId: 'anthropic.claude',
  tools,
  isJsonObject: false,
  showsSummary: true,
  isCompaction: false,
  showsSources: false,
  echo: toEcho({ model: 'gpt-5', input: 'Hello' }),
  ...members,
})

export const identity = { id: 'resp_0a', created: 1_700_000_000 }
export const clock = () => 1_700_000_005

export const textBlock = (value: string): ResponseBlock => ({ type: 'text', text: value, citations: null })
export const callBlock = (name: string, input: Record<string, unknown>): ResponseBlock => ({
  type: 'tool_use',
  id: 'toolu_1',
  name,
  input: input as never,
  caller: { type: 'direct' },
})
const usage = {
  ...noUsage,
  input_tokens: 10,
  cache_read_input_tokens: 5,
  cache_creation_input_tokens: 3,
  output_tokens: 7,
}

export const answerWith = (content: ResponseBlock[], members: Partial<Message> = {}): Message => ({
  ...emptyMessage('msg_1', 'm', usage),
  content,
  stop_reason: 'end_turn',
  ...members,
})

/** The events between the start and the end, of a stream whose deltas have four characters. */
export const itemEvents = (
  content: ResponseBlock[],
  plan: Partial<ResponsesAnswerPlan> = {},
): readonly ResponseEvent[] =>
  new ResponseEvents(responsesPlan(plan), identity, clock).batch(streamOf(answerWith(content), 4)).slice(2, -1)

export const wholeOf = (
  content: ResponseBlock[],
  members: Partial<Message> = {},
  plan: Partial<ResponsesAnswerPlan> = {},
) => messageToResponse(answerWith(content, members), responsesPlan(plan), identity, clock)
