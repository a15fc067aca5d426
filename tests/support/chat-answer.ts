import { emptyMessage } from '../../src/messages/empty-message.ts'
import { withUnknownFigures } from '../../src/messages/usage.ts'
import type { ChatAnswerPlan } from '../../src/translate/openai-chat-entrance/request.ts'
import type { Message, ResponseBlock } from '../../src/wire/anthropic/response.ts'
import type { Completion, CompletionMessage } from '../../src/wire/openai-chat/completion.ts'

/** Answers of Chat Completions, and a reader of their streams that shares no code with the writer. */

/** The canonical names of the tools: a function, a custom tool, a tool of a namespace, and one with another name. */
export const toolNames = ['look', 'apply_patch', 'mcp__probe__add', 'renamed']

export const chatPlan = (plan: Partial<ChatAnswerPlan> = {}): ChatAnswerPlan => ({
  model: 'claude-sonnet-4.6',
  tools: new Map([
    ['apply_patch', { kind: 'custom', name: 'apply_patch' }],
    ['mcp__probe__add', { kind: 'function', name: 'add', namespace: 'mcp__probe' }],
    ['renamed', { kind: 'function', name: 'a name that Claude does not accept' }],
  ]),
  isJsonObject: false,
  includesUsage: true,
  usesFunctions: false,
  reasoning: 'both',
  ...plan,
})

export const identity = { id: 'chatcmpl-1', created: 1764409000 }

export const caller = { type: 'direct' } as const

const usage = withUnknownFigures({
  input_tokens: 10,
  cache_creation_input_tokens: 200,
  cache_read_input_tokens: 3000,
  cache_creation: { ephemeral_5m_input_tokens: 200, ephemeral_1h_input_tokens: 0 },
  output_tokens: 50,
  service_tier: 'standard',
})

/** A canonical message that ended by itself. */
export const answered = (content: readonly ResponseBlock[], rest: Partial<Message> = {}): Message => ({
  ...emptyMessage('msg_1', 'claude-sonnet-4-6', usage),
  content,
  stop_reason: 'end_turn',
  ...rest,
})

type Mutable = Record<string, unknown>

/** The JSON of each event; the last is `[DONE]`. Throws for anything but `data:` lines, comments and blank lines. */
export const dataOf = (text: string): string[] => {
  for (const line of text.split('\n'))
    if (line !== '' && line !== ': ping' && !line.startsWith('data: ')) throw new Error(`not an event: ${line}`)
  return text
    .split('\n\n')
    .filter((event) => event !== '')
    .map((event) => event.replace(/^(?:: ping\n)*data: /, ''))
}

const joinInto = (target: Mutable, part: Mutable): void => {
  for (const [name, value] of Object.entries(part)) {
    const known = target[name]
    if (typeof value === 'string' && typeof known === 'string') target[name] = known + value
    else if (typeof value === 'object' && value !== null && typeof known === 'object')
      joinInto(known as Mutable, value as Mutable)
    else target[name] = value
  }
}

/** Joins the parts of lists by their `index`. A text is joined, everything else must not be repeated. */
const joinList = (list: Mutable[], parts: readonly Mutable[], repeated: readonly string[]): void => {
  for (const { index, ...part } of parts) {
    const known = list[index as number]
    if (known === undefined) list[index as number] = part
    else {
      for (const name of repeated) delete part[name]
      joinInto(known, part)
    }
  }
}

/** The answer that a client makes of a stream. Content stays a text: a stream cannot begin with null. */
export const collected = (text: string): Completion => {
  const events = dataOf(text)
  if (events.pop() !== '[DONE]') throw new Error('no [DONE]')
  const message: Mutable = { refusal: null, annotations: [] }
  const calls: Mutable[] = []
  const details: Mutable[] = []
  let head: Mutable = {}
  let finish: unknown = null
  for (const event of events) {
    const { choices, ...rest } = JSON.parse(event) as Mutable & { choices: Mutable[] }
    head = { ...rest }
    const [choice] = choices
    if (choice === undefined) continue
    if (finish !== null) throw new Error('a chunk after the last')
    const { tool_calls = [], reasoning_details = [], annotations, refusal, ...delta } = choice['delta'] as Mutable
    joinList(calls, tool_calls as Mutable[], [])
    joinList(details, reasoning_details as Mutable[], ['type', 'format'])
    if (annotations !== undefined) message['annotations'] = annotations
    if (refusal !== undefined) message['refusal'] = refusal
    joinInto(message, delta)
    finish = choice['finish_reason']
  }
  return {
    ...head,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: {
          ...message,
          ...(calls.length > 0 && { tool_calls: calls }),
          ...(details.length > 0 && {
            reasoning_details: details
              .map((detail, index) => ({ ...detail, index }))
              .filter((detail) => 'type' in detail),
          }),
        } as unknown as CompletionMessage,
        logprobs: null,
        finish_reason: finish,
      },
    ],
  } as Completion
}
