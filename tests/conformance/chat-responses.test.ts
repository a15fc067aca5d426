import { describe, expect, test } from 'bun:test'
import { MessageStream } from '@anthropic-ai/sdk/lib/MessageStream'
import type OpenAI from 'openai'
import { collectMessage } from '../../src/translate/openai-chat-to-anthropic/response.ts'
import type { MessageStreamEvent } from '../../src/wire/anthropic/events.ts'
import type {
  ChatChoice,
  ChatOutput,
  ChatResponse,
  ChatToolCall,
  ChatUsage,
} from '../../src/wire/openai-chat/response.ts'
import { answer, chatContext, chunk, finish, readText, streamed, whole } from '../support/chat-response.ts'
import { chatStreams } from '../support/chat-streams.ts'

/** OpenAI's types say what servers send; Anthropic's client says what it understands of our events. */

const utf8 = new TextEncoder()

/** The message that Anthropic's own accumulator makes from our events. */
const accumulated = (events: readonly MessageStreamEvent[]) =>
  MessageStream.fromReadableStream(
    new ReadableStream({
      start(controller) {
        for (const event of events) controller.enqueue(utf8.encode(`${JSON.stringify(event)}\n`))
        controller.close()
      },
    }),
  ).finalMessage()

/** The SDK adds `parsed_output` to streams, and drops `cache_creation`. */
const comparable = (message: object): object => {
  const { usage, parsed_output: _parsed, ...rest } = JSON.parse(JSON.stringify(message))
  const { cache_creation: _creation, ...figures } = usage
  return { ...rest, usage: figures }
}

describe("Anthropic's client reads our translation of recorded streams", () => {
  for (const { title, text, members } of chatStreams) {
    test(`${title}: the same message as our own accumulator (OU-S4, OU-S19)`, async () => {
      const { events } = readText(text, chatContext(members))
      expect(comparable(await accumulated(events))).toEqual(comparable(collectMessage(events)))
    })
  }

  test('and no message from a broken stream (OU-S14)', async () => {
    const { events } = readText('data: {"choices":[{"index":0,"delta":{"content":"x"}}]}\n\n')
    await expect(accumulated(events)).rejects.toThrow()
  })
})

type Completion = OpenAI.ChatCompletion
type Chunk = OpenAI.ChatCompletionChunk
type Choice = Completion['choices'][number] | Chunk['choices'][number]
type Delta = Chunk['choices'][number]['delta']
type Message = OpenAI.ChatCompletionMessage
type Keys<T> = T extends T ? keyof T : never
type Call = OpenAI.ChatCompletionMessageToolCall | NonNullable<Delta['tool_calls']>[number]

/** Members of the official types that we do not read, with the reason. A new member is a compile error here. */
const unread = {
  response: {
    created: 'has no information for the client',
    metadata: 'is what the client sent',
    model: 'the client gets the name that it requested',
    object: 'some servers leave it out',
    moderation: 'has no place in a Message',
    obfuscation: 'is padding',
    system_fingerprint: 'has no place in a Message',
  } satisfies Record<Exclude<Keys<Completion | Chunk>, keyof ChatResponse>, string>,
  choice: { logprobs: 'has no place in a Message' } satisfies Record<Exclude<Keys<Choice>, keyof ChatChoice>, string>,
  output: {
    role: 'is always the assistant',
    audio: 'is not requested',
    annotations: 'have no place in a Message',
  } satisfies Record<Exclude<Keys<Message | Delta>, keyof ChatOutput>, string>,
  call: {} satisfies Record<Exclude<Keys<Call>, keyof ChatToolCall>, string>,
  usage: {} satisfies Record<Exclude<Keys<OpenAI.CompletionUsage>, keyof ChatUsage>, string>,
}

/** Members that we read and the official types do not have, with the providers that send them. */
const extensions = {
  response: { x_groq: 'Groq' } satisfies Record<Exclude<keyof ChatResponse, Keys<Completion | Chunk>>, string>,
  choice: {
    stop_reason: 'vLLM',
    matched_stop: 'SGLang',
    usage: 'Moonshot',
    error: 'OpenRouter',
  } satisfies Record<Exclude<keyof ChatChoice, Keys<Choice>>, string>,
  output: {
    reasoning_content: 'DeepSeek, and most of the others',
    reasoning: 'OpenRouter, Groq, Cerebras, Ollama, vLLM',
    reasoning_text: 'Copilot',
    reasoning_details: 'OpenRouter, MiniMax',
  } satisfies Record<Exclude<keyof ChatOutput, Keys<Message | Delta>>, string>,
  call: { extra_content: 'Gemini' } satisfies Record<Exclude<keyof ChatToolCall, Keys<Call>>, string>,
  usage: {
    prompt_cache_hit_tokens: 'DeepSeek',
    cached_tokens: 'Moonshot',
  } satisfies Record<Exclude<keyof ChatUsage, Keys<OpenAI.CompletionUsage>>, string>,
}

const withEach = (names: object): object =>
  Object.fromEntries(Object.keys(names).map((name) => [name, { any: ['thing'] }]))

describe("OpenAI's types", () => {
  test('have only members that we read or skip for a reason (OU-A10)', () => {
    const output = { content: 'Hello', ...withEach(unread.output) }
    const choice = withEach(unread.choice)
    const response = withEach(unread.response)
    expect(whole({ ...answer(output, choice), ...response })).toEqual(whole(answer({ content: 'Hello' })))
    const chunks = [{ ...chunk(output, choice), ...response }, finish('stop')]
    expect(streamed(chunks)).toEqual(streamed([chunk({ content: 'Hello' }), finish('stop')]))
  })

  test('lack members that providers send: recorded streams have all of them except errors (OU-A5, OU-A30)', () => {
    const members = Object.values(extensions).flatMap((section) => Object.keys(section))
    const isRecorded = (member: string): boolean => chatStreams.some(({ text }) => text.includes(`"${member}":`))
    expect(members.filter((member) => !isRecorded(member))).toEqual(['error'])
  })
})
