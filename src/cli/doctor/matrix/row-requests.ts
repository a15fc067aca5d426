import { estimateTokens, toCount } from '../../../tokens/estimate/estimate.ts'
import { capabilitiesOf } from '../../../translate/capabilities/table.ts'
import { cacheMinimumOf } from '../../../upstreams/nexus/cache-minimum.ts'
import type { Effort, MessagesRequest } from '../../../wire/anthropic/request.ts'
import type { Message } from '../../../wire/anthropic/response.ts'
import { hello, redSquare, toolCall, toolName } from '../probe-requests.ts'
import { tinyPdf } from './tiny-pdf.ts'

/** The requests of the rows. Texts are our own (MX-D2). */

type Messages = MessagesRequest['messages']
type Content = NonNullable<Messages[number]['content']>

/** A model's answer as a turn of the next request. */
const toTurn = ({ content }: Pick<Message, 'content'>): Messages[number] => ({
  role: 'assistant',
  content: content as Content,
})

const userTurn = (content: Content): Messages[number] => ({ role: 'user', content })

/** The model chooses the tool, but must call one. */
export const anyTool = (model: string): MessagesRequest => ({ ...toolCall(model), tool_choice: { type: 'any' } })

/** The second turn: with the result of the tool that the first answer calls. */
export const afterTool = (model: string, answer: Pick<Message, 'content'>): MessagesRequest => {
  const first = anyTool(model)
  const { tool_choice: _choice, ...rest } = first
  const call = answer.content.find(({ type }) => type === 'tool_use')
  const id = call?.type === 'tool_use' ? call.id : 'toolu_0'
  const result = { type: 'tool_result' as const, tool_use_id: id, content: 'The number is stored.' }
  return { ...rest, messages: [...first.messages, toTurn(answer), userTurn([result])] }
}

/** For the price, before there is an answer. */
export const sampleCall: Pick<Message, 'content'> = {
  content: [{ type: 'tool_use', id: 'toolu_0', name: toolName, input: { number: 7 }, caller: { type: 'direct' } }],
}

/** Characters of a signature, for the price. */
const signatureLength = 1000

export const sampleThought: Pick<Message, 'content'> = {
  content: [
    { type: 'thinking', thinking: '17 times 23 is 391.', signature: 'A'.repeat(signatureLength) },
    { type: 'text', text: '391', citations: null },
  ],
}

/** Enough for a thought: the only rows with a longer answer, because the smallest budget has this size. */
const thoughtTokens = 1024

/** Without an effort, which another row asks for. */
export const thought = (model: string): MessagesRequest => {
  const kinds = capabilitiesOf(model).thinking
  return {
    ...hello(model),
    max_tokens: thoughtTokens + hello(model).max_tokens,
    messages: [userTurn('What is 17 times 23? Only the number.')],
    thinking: kinds.includes('adaptive') ? { type: 'adaptive' } : { type: 'enabled', budget_tokens: thoughtTokens },
  }
}

/** The second turn of a conversation with thinking. */
export const afterThinking = (model: string, answer: Pick<Message, 'content'>): MessagesRequest => {
  const first = thought(model)
  return { ...first, messages: [...first.messages, toTurn(answer), userTurn('And 17 times 24? Only the number.')] }
}

export const withEffort = (model: string, effort: Effort): MessagesRequest => ({
  ...hello(model),
  output_config: { effort },
})

/** The estimate may be too low for another tokenizer. */
const cacheMargin = 1.6

/** Long enough to be cached. `salt` begins it: two texts with different salts share no cache. */
export const cachedPrompt = (model: string, salt: string, ttl: '5m' | '1h'): MessagesRequest => {
  const line = 'Notes are short texts, and each of them has a name and a day.'
  const withLines = (count: number): MessagesRequest => ({
    ...hello(model),
    system: [
      {
        type: 'text',
        text: [salt, ...Array.from({ length: count }, (_, index) => `${index + 1}. ${line}`)].join('\n'),
        cache_control: ttl === '5m' ? { type: 'ephemeral' } : { type: 'ephemeral', ttl },
      },
    ],
  })
  const one = toCount(estimateTokens(withLines(1), model))
  const each = toCount(estimateTokens(withLines(2), model)) - one
  return withLines(Math.ceil((cacheMinimumOf(model) * cacheMargin) / Math.max(each, 1)))
}

const redImage = {
  type: 'image' as const,
  source: { type: 'base64' as const, media_type: 'image/png' as const, data: redSquare },
}

/** As an MCP server returns an image. */
export const imageResult = (model: string): MessagesRequest => {
  const { messages, tool_choice: _choice, ...rest } = anyTool(model)
  const content = [{ type: 'text' as const, text: 'The picture:' }, redImage]
  return {
    ...rest,
    messages: [...messages, toTurn(sampleCall), userTurn([{ type: 'tool_result', tool_use_id: 'toolu_0', content }])],
  }
}

export const pdf = (model: string): MessagesRequest => ({
  ...hello(model),
  messages: [
    userTurn([
      { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: tinyPdf() } },
      { type: 'text', text: 'Which number does the page name? One word.' },
    ]),
  ],
})

/** Enough for a small object. */
const objectTokens = 64

export const structured = (model: string): MessagesRequest => ({
  ...hello(model),
  max_tokens: objectTokens,
  messages: [userTurn('Return the number 7.')],
  output_config: {
    format: {
      type: 'json_schema',
      schema: {
        type: 'object',
        properties: { number: { type: 'integer' } },
        required: ['number'],
        additionalProperties: false,
      },
    },
  },
})

export const systemTurn = (model: string): MessagesRequest => ({
  ...hello(model),
  messages: [userTurn('Reply with OK.'), { role: 'system', content: [{ type: 'text', text: 'The date is unknown.' }] }],
})

/** A tool that a search has loaded, next to one that stays away. */
export const loadedTool = (model: string): MessagesRequest => {
  const { tools, messages, ...rest } = toolCall(model)
  const deferred = (tools ?? []).map((tool) => ({ ...tool, defer_loading: true }))
  const schema = { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] }
  const search = { name: 'ToolSearch', description: 'Loads the definitions of tools.', input_schema: schema }
  const unused = { name: 'unused', description: 'Is never loaded.', input_schema: schema, defer_loading: true }
  const call = { type: 'tool_use' as const, id: 'toolu_1', name: search.name, input: { query: toolName } }
  const found = [{ type: 'tool_reference' as const, tool_name: toolName }]
  return {
    ...rest,
    tools: [search, ...deferred, unused],
    messages: [
      ...messages,
      { role: 'assistant', content: [call] },
      userTurn([{ type: 'tool_result', tool_use_id: call.id, content: found }]),
    ],
  }
}

export const longContextBeta = 'context-1m-2025-08-07'

/** More than any model writes: the refusal has the words that the client understands. Costs no tokens if refused. */
const impossibleTokens = 10_000_000

export const tooManyTokens = (model: string): MessagesRequest => ({ ...hello(model), max_tokens: impossibleTokens })
