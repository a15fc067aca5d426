import { createSseDecoder } from '../../src/codec/sse/decode.ts'
import { type ChatDialectChange, unknownDialect } from '../../src/translate/capabilities/chat-dialect.ts'
import { MessageEvents } from '../../src/translate/openai-chat-to-anthropic/events.ts'
import { collectMessage, toMessage } from '../../src/translate/openai-chat-to-anthropic/response.ts'
import type { ChatResponseContext } from '../../src/translate/openai-chat-to-anthropic/response-context.ts'
import { readChatEvent, readLastChatEvent } from '../../src/translate/openai-chat-to-anthropic/stream-event.ts'
import type { MessageStreamEvent } from '../../src/wire/anthropic/events.ts'
import type { Message, ResponseBlock } from '../../src/wire/anthropic/response.ts'
import type { ChatOutput, ChatResponse } from '../../src/wire/openai-chat/response.ts'
import { countingIds } from './response-context.ts'

/** Responses of Chat Completions servers, whole and streamed, and their translation. */

export type ContextMembers = Partial<Omit<ChatResponseContext, 'dialect' | 'offeredTools'>> & {
  readonly dialect?: ChatDialectChange & { readonly id?: string }
  readonly offeredTools?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** Numbers that no fixture has, so that a test recognises the estimate. */
export const estimate = { inputTokens: 1001, outputTokens: 1002 } as const

/** The request that a response is translated for, with the members that a test adds. */
export const chatContext = ({ dialect, offeredTools, ...members }: ContextMembers = {}): ChatResponseContext => ({
  model: 'claude-sonnet-4-6',
  dialect: { ...unknownDialect, ...dialect },
  isPrewarm: false,
  maxTokens: 4096,
  toClientToolName: (name) => name,
  offeredTools: new Map(Object.entries(offeredTools ?? { Read: {}, Bash: {} })),
  usedToolCallIds: () => new Set(),
  stopSequences: [],
  watchedStops: [],
  isOneCallAllowed: false,
  hourShare: () => 0,
  estimateUsage: () => estimate,
  ...members,
})

/** Events of a stream, and the error that ended it. */
export interface Outcome {
  readonly events: readonly MessageStreamEvent[]
  readonly error: unknown
}

/** Reads a stream as an upstream does. Throws an `error` body unchanged. */
export const readBytes = (chunks: Iterable<Uint8Array>, context = chatContext()): Outcome => {
  const decoder = createSseDecoder()
  const events = new MessageEvents(context, countingIds())
  const taken: MessageStreamEvent[] = []
  const handler = {
    onChunk: (chunk: ChatResponse) => events.accept(chunk),
    onDone: () => events.done(),
    onError: (body: unknown) => {
      throw body
    },
  }
  try {
    for (const chunk of chunks) {
      decoder.push(chunk, (event) => readChatEvent(event, handler))
      taken.push(...events.take())
    }
    const last = decoder.end()
    if (last !== undefined) readLastChatEvent(last, handler)
    events.end()
  } catch (error) {
    return { events: [...taken, ...events.take()], error }
  }
  return { events: [...taken, ...events.take()], error: undefined }
}

const utf8 = new TextEncoder()

export const readText = (text: string, context = chatContext()): Outcome => readBytes([utf8.encode(text)], context)

export const dataLine = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`

/** A stream of chunks, which ends with `[DONE]` by default. */
export const toStream = (chunks: readonly unknown[], end = 'data: [DONE]\n\n'): string =>
  chunks.map(dataLine).join('') + end

export const chunk = (delta: ChatOutput, more: object = {}): ChatResponse => ({
  choices: [{ index: 0, delta, ...more }],
})

export const finish = (finish_reason: string | null, more: object = {}): ChatResponse =>
  chunk({}, { finish_reason, ...more })

export const usage = { prompt_tokens: 30, completion_tokens: 7, total_tokens: 37 } as const

/** A piece of a streamed call. */
export const callPiece = (
  called: { readonly name?: unknown; readonly arguments?: unknown },
  { id, index }: { readonly id?: string; readonly index?: number } = {},
): ChatResponse =>
  chunk({ tool_calls: [{ ...(id !== undefined && { id }), ...(index !== undefined && { index }), function: called }] })

/** The message of a complete stream. */
export const streamed = (chunks: readonly unknown[], context = chatContext()): Message => {
  const { events, error } = readText(toStream(chunks), context)
  if (error !== undefined) throw error
  return collectMessage(events)
}

export const whole = (response: ChatResponse, context = chatContext()): Message =>
  toMessage(response, context, countingIds())

/** A chunk of text. */
export const says = (content: string): ChatResponse => chunk({ content })

/** The content of a complete stream, in short form. */
export const contentOfStream = (
  chunks: readonly ChatResponse[],
  members?: ContextMembers,
  reason = 'stop',
): unknown[] => contentOf(streamed([...chunks, finish(reason)], chatContext(members)))

/** The content of a whole text. Throws if a stream of the same text, cut anywhere, has other content. */
export const contentOfText = (text: string, members?: ContextMembers): unknown[] => {
  const expected = contentOf(whole(answer({ content: text }), chatContext(members)))
  const inTwo = Array.from({ length: text.length + 1 }, (_, at) => [text.slice(0, at), text.slice(at)])
  for (const pieces of [...inTwo, [...text]]) {
    const content = contentOfStream(pieces.map(says), members)
    if (!Bun.deepEquals(content, expected)) throw new Error(`${JSON.stringify(pieces)}: ${JSON.stringify(content)}`)
  }
  return expected
}

/** The text so far of an unfinished stream. */
export const textSoFar = (chunks: readonly ChatResponse[], members?: ContextMembers): string =>
  readText(toStream(chunks, ''), chatContext(members))
    .events.map((event) =>
      event.type === 'content_block_delta' && event.delta.type === 'text_delta' ? event.delta.text : '',
    )
    .join('')

/** A whole response with one choice. */
export const answer = (message: ChatOutput, more: object = {}): ChatResponse => ({
  choices: [{ index: 0, message, finish_reason: 'stop', ...more }],
  usage,
})

const carriedBy = (signature: string): unknown =>
  JSON.parse(Buffer.from(signature.slice('ou1.'.length), 'base64url').toString())

/** A block in short form: a text, thinking with the content of its signature, or a call with its id. */
export const briefly = (block: ResponseBlock): unknown => {
  if (block.type === 'text') return block.text
  if (block.type === 'thinking') {
    return { thinking: block.thinking, ...(block.signature && { carried: carriedBy(block.signature) }) }
  }
  return !('input' in block) ? block : { [block.name]: block.input, id: block.id }
}

export const contentOf = (message: Message): unknown[] => message.content.map(briefly)
