import { isObject } from '../../../src/base/json.ts'
import { collected, dataOf } from '../../../tests/support/chat-answer.ts'
import type { SseEvent } from '../../../tests/support/sse.ts'
import { type ClientFormat, parsed, type StreamResult } from './format.ts'
import { isTextOrNull, openAiErrorFault, usageFault } from './openai-error.ts'

/** Answers of Chat Completions. */

const finishReasons = new Set(['stop', 'length', 'tool_calls', 'content_filter', 'function_call'])

const callFault = (call: unknown): string | undefined => {
  if (!isObject(call) || typeof call['id'] !== 'string' || call['id'] === '') return 'a call without an id'
  const { function: called, custom } = call
  if (isObject(custom)) return typeof custom['input'] === 'string' ? undefined : 'a call without input'
  // Clients parse the arguments.
  return isObject(called) && typeof called['arguments'] === 'string' && called['arguments'] !== ''
    ? undefined
    : 'a call without arguments'
}

const callsFault = (calls: unknown, reason: string): string | undefined => {
  if (calls === undefined) return reason === 'tool_calls' ? 'the reason tool_calls without a call' : undefined
  if (!Array.isArray(calls) || calls.length === 0) return 'no list of calls'
  return calls.map(callFault).find((fault) => fault !== undefined)
}

const answerFault = (value: unknown): string | undefined => {
  if (!isObject(value) || value['object'] !== 'chat.completion' || !Array.isArray(value['choices']))
    return 'no completion'
  const [choice, ...others] = value['choices'] as unknown[]
  if (!isObject(choice) || !isObject(choice['message']) || others.length > 0) return 'not one choice with a message'
  const { finish_reason: reason, message } = choice
  if (typeof reason !== 'string' || !finishReasons.has(reason)) return `the reason ${String(reason)}`
  if (!isTextOrNull(message['content']) || !isTextOrNull(message['refusal'])) return 'content that is not a text'
  return callsFault(message['tool_calls'], reason)
}

const tokensFault = (usage: unknown): string | undefined => usageFault(usage, 'prompt_tokens', 'completion_tokens')

interface Chunk {
  readonly error?: unknown
  readonly choices?: readonly {
    readonly delta: {
      readonly content?: string
      readonly reasoning_content?: string
      readonly tool_calls?: readonly { readonly function?: { readonly arguments?: string } }[]
    }
    readonly finish_reason: string | null
  }[]
}

const toDeltas = ({ choices = [] }: Chunk): SseEvent[] =>
  choices
    .flatMap(({ delta }) => [
      { thinking: delta.reasoning_content ?? '' },
      { text: delta.content ?? '' },
      ...(delta.tool_calls ?? []).map((call) => ({ partial_json: call.function?.arguments ?? '' })),
    ])
    .map((delta) => ({ type: 'content_block_delta', delta }))

const failureFault = (chunks: readonly Chunk[], last: Chunk): string | undefined => {
  if (chunks.some(({ error }) => error !== undefined)) return 'an error before the end'
  if (chunks.some(({ choices }) => choices?.some((choice) => choice.finish_reason !== null)))
    return 'a reason before an error'
  return openAiErrorFault(last)
}

const readChunks = (text: string): StreamResult => {
  const chunks = dataOf(text)
    .slice(0, -1)
    .map((data) => parsed(data) as Chunk)
  const deltas = chunks.flatMap(toDeltas)
  const last = chunks.pop()
  if (last?.error !== undefined)
    return { end: 'error', fault: failureFault(chunks, last), events: [...deltas, { type: 'error' }] }
  const whole = collected(text)
  // Null, or absent, unless the request asks for it.
  const usage: unknown = whole.usage
  const fault = answerFault(whole) ?? (isObject(usage) ? tokensFault(usage) : undefined)
  return { end: String(whole.choices[0]?.finish_reason), fault, events: [...deltas, { type: 'message_stop' }] }
}

export const chatFormat: ClientFormat = {
  errorFault: openAiErrorFault,
  answerFault: (value) => answerFault(value) ?? tokensFault(isObject(value) ? value['usage'] : undefined),
  readStream(text) {
    if (!text.endsWith('data: [DONE]\n\n')) return { end: '', fault: 'no [DONE] at the end', events: [] }
    try {
      return readChunks(text)
    } catch (error) {
      return { end: '', fault: `no chunks: ${String(error)}`, events: [] }
    }
  },
}
